"""Is the audit log sealed behind everybody's back, is each entry counted once, and is every tampering found?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal import clock, create_app
from portal.audit import Event, What, record, seals, tallies
from portal.database import writing
from portal.extensions import db
from tests import people
from tests.conftest import _make_user, settings
from tests.people import PHONE, Later, MakeUser, comes_in, command, does, rows, told
from tests.processes import until
from tests.servers import Portal
from tests.transports import OverNetwork
from tests.visitor import Visitor

later = people.later


def writes(app: Flask, count: int = 1, **about: Any) -> None:
    """So many entries, in a transaction of their own."""
    with app.app_context(), writing() as connection:
        record(connection, None, *(Event(**{"event": What.MFA_RESET, "detail": {"at": at}} | about) for at in range(count)))


def seal(app: Flask) -> int:
    with app.app_context():
        return seals.seal_some()


def sealed(app: Flask) -> list[tuple[int, Any]]:
    """Of each seal, how many entries it covers, and in which ranges of ids."""
    found = rows(app, "SELECT entries, ranges FROM audit_seal ORDER BY id")
    return [(row.entries, json.loads(row.ranges) if isinstance(row.ranges, str) else row.ranges) for row in found]


def tampers(app: Flask, statement: str, **values: Any) -> None:
    """What somebody does who has the database alone."""
    with app.app_context(), writing() as connection:
        assert connection.exec_driver_sql(statement).rowcount > 0


def findings(app: Flask, *more: str) -> list[tuple[str, int | None, int | None, int | None]]:
    """What a check finds; fails when the exit status says something else."""
    result = command(app, "audit", "verify", "--json", *more)
    answer = json.loads(result.stdout)
    assert (result.exit_code == 0) is answer["sound"], result.output
    assert (answer["findings"] == []) is answer["sound"]
    return [(each["fault"], each["seal"], each["first"], each["last"]) for each in answer["findings"]]


@pytest.fixture
def log(app: Flask, later: Later) -> Flask:
    """Three seals over entries 1–4, 5–8 and 9–12, and two entries more."""
    for _ in range(3):
        writes(app, 4)
        later(6)
        assert seal(app) == 4
    writes(app, 2)
    return app


def test_entries_are_sealed_when_they_are_some_seconds_old(app: Flask, later: Later, both_databases: str) -> None:
    writes(app, 3)
    assert seal(app) == 0
    later(6)
    writes(app, 1)
    assert seal(app) == 3
    assert sealed(app) == [(3, [[1, 3]])]
    later(6)
    assert seal(app) == 1
    assert seal(app) == 0
    assert sealed(app) == [(3, [[1, 3]]), (1, [[4, 4]])]


def test_a_sound_log_says_what_is_not_sealed_yet(log: Flask, both_databases: str) -> None:
    answer = told(log, "audit", "verify")
    assert answer["sound"] is True
    assert (answer["seals"], answer["entries"]) == (3, 12)
    assert answer["unsealed"] == {"entries": 2, "first": 13, "last": 14}
    assert "Not sealed yet: 2 entries, 13 to 14." in does(log, "audit", "verify")


@pytest.mark.parametrize(("statement", "found"), [
    ("UPDATE audit_entry SET outcome = 'other' WHERE id = 6", [("entries changed", 2, 5, 8)]),
    ("UPDATE audit_entry SET detail = '{\"at\": 7}' WHERE id = 6", [("entries changed", 2, 5, 8)]),
    ("UPDATE audit_entry SET at = at + 0.001 WHERE id = 12", [("entries changed", 3, 9, 12)]),
    ("UPDATE audit_entry SET user_id = 1 WHERE id = 1", [("entries changed", 1, 1, 4)]),
    ("DELETE FROM audit_entry WHERE id IN (6, 7)", [("entries deleted", 2, 6, 7)]),
    ("DELETE FROM audit_entry WHERE id BETWEEN 5 AND 8", [("entries deleted", 2, 5, 8)]),
    ("UPDATE audit_entry SET id = -7 WHERE id = 7", [("entries deleted", 2, 7, 7), ("entries inserted", None, -7, -7)]),
    ("UPDATE audit_seal SET sealed_at = 0 WHERE id = 2", [("seal changed", 2, None, None)]),
    ("UPDATE audit_seal SET archived_at = 1 WHERE id = 1",
     [("seal changed", 1, None, None), ("entries inserted", None, 1, 4)]),
    ("UPDATE audit_seal SET ranges = '7' WHERE id = 3", [("seal changed", 3, None, None)]),
    ("DELETE FROM audit_seal WHERE id = 1",
     [("seal missing", 1, None, None), ("does not rest on the seal before it", 2, 5, 8), ("entries inserted", None, 1, 4)]),
])
def test_each_tampering_is_found(log: Flask, both_databases: str, statement: str, found: list[Any]) -> None:
    tampers(log, statement)
    assert findings(log) == found
    result = command(log, "audit", "verify")
    assert result.exit_code == 1
    assert "TAMPERED WITH" in result.stdout


def test_an_entry_that_is_put_between_others_is_found(app: Flask, later: Later, both_databases: str) -> None:
    writes(app, 4)
    tampers(app, "DELETE FROM audit_entry WHERE id = 2")
    later(6)
    assert seal(app) == 3
    later(3_600)
    writes(app)
    later(6)
    assert seal(app) == 1
    assert findings(app) == []
    tampers(app, "UPDATE audit_entry SET id = 2 WHERE id = 3")
    assert findings(app) == [("entries deleted", 1, 3, 3), ("entries inserted", None, 2, 2)]


def test_who_writes_the_chain_anew_without_the_secret_is_found(log: Flask) -> None:
    from portal.audit import chain
    from portal.audit.canonical import line
    from portal.audit.sealed import of
    from portal.audit.sealed import seal as stored

    tampers(log, "UPDATE audit_entry SET user_id = 1 WHERE id = 2")
    with log.app_context():
        digest = chain.FIRST
        for id_ in (1, 2, 3):
            its = stored(id_)
            assert its
            digest = chain.digest(digest, [line(entry) for entry in of(its.ranges)])
            tampers(log, f"UPDATE audit_seal SET digest = x'{digest.hex()}' WHERE id = {id_}")
    assert findings(log) == [("seal changed", id_, None, None) for id_ in (1, 2, 3)]


def test_a_log_that_was_cut_or_sealed_anew_is_found_by_a_seal_that_was_noted(log: Flask, later: Later) -> None:
    head = told(log, "audit", "verify")["head"]
    assert findings(log, "--head", head) == []
    tampers(log, "DELETE FROM audit_entry WHERE id > 8")
    tampers(log, "DELETE FROM audit_seal WHERE id = 3")
    assert findings(log) == []
    assert findings(log, "--head", head) == [("is not the seal that was noted", 3, None, None)]
    writes(log, 4)
    later(6)
    seal(log)
    assert findings(log, "--head", head) == [("is not the seal that was noted", 3, None, None)]


def test_after_a_change_of_the_secret_old_marks_are_checked_by_what_rests_on_them(
    log: Flask, later: Later, database_url: str,
) -> None:
    old, new = log.config["PORTAL"].portal_secret, "another secret that is long enough " * 2
    changed = create_app(settings(DATABASE_URL=database_url, PORTAL_SECRET=new))
    assert findings(changed) == []
    assert told(changed, "audit", "verify")["unverified_seals"] == 3
    both = create_app(settings(DATABASE_URL=database_url, PORTAL_SECRET=new, PORTAL_SECRET_OLD=old))
    assert told(both, "audit", "verify")["unverified_seals"] == 0
    later(6)
    seal(changed)
    assert told(changed, "audit", "verify")["unverified_seals"] == 0
    tampers(changed, "UPDATE audit_entry SET user_id = 1 WHERE id = 2")
    assert findings(changed) == [("entries changed", 1, 1, 4)]
    for application in (changed, both):
        with application.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("both_databases", ["postgres"], indirect=True)
def test_an_entry_of_a_long_transaction_is_sealed_late(app: Flask, later: Later, both_databases: str) -> None:
    writes(app, 2)
    with app.app_context(), writing() as slow:
        record(slow, None, Event(event=What.USER_DELETED))
        writes(app, 2)
        later(6)
        assert seal(app) == 4
        assert sealed(app) == [(4, [[1, 2], [4, 5]])]
    assert told(app, "audit", "verify")["unsealed"] == {"entries": 1, "first": 3, "last": 3}
    writes(app, 2)
    later(6)
    assert seal(app) == 3
    assert sealed(app)[1:] == [(3, [[3, 3], [6, 7]])]
    assert findings(app) == []


@pytest.mark.parametrize("both_databases", ["postgres"], indirect=True)
def test_a_late_entry_is_sealed_though_the_sender_was_away(app: Flask, later: Later, both_databases: str) -> None:
    with app.app_context(), writing() as slow:
        record(slow, None, Event(event=What.USER_DELETED))
        writes(app, 2)
        later(6)
        assert seal(app) == 2
    later(86_400)
    writes(app)
    later(6)
    assert seal(app) == 2
    assert findings(app) == []


def test_of_several_that_seal_at_once_one_goes_on(app: Flask, later: Later, both_databases: str) -> None:
    from tests.town import at_once

    writes(app, 2_500)
    later(6)
    done = at_once(lambda _: seal(app), list(range(4)))
    while seal(app):
        pass
    assert sum(done) <= 2_500
    assert sum(count for count, _ranges in sealed(app)) == 2_500
    assert findings(app) == []
    assert [row.count for row in rows(app, "SELECT sum(count) AS count FROM tally")] == [2_500]


def test_a_great_backlog_is_sealed_in_turns(app: Flask, later: Later) -> None:
    for _ in range(5):
        writes(app, 5_000)
    later(6)
    turns = []
    while done := seal(app):
        turns.append(done)
    assert sum(turns) == 25_000
    assert max(turns) <= seals.BATCH * seals.BATCHES
    assert seals.full(turns[0])
    assert max(count for count, _ranges in sealed(app)) == seals.BATCH


def test_entries_are_counted_by_hour_and_day(
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later, both_databases: str,
) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", "not the password")
    comes_in(visitor, "li.na", PHONE)
    writes(app, event=What.SIGN_IN_COMPLETE, outcome="rules", detail={"trial": 1})
    later(6)
    seal(app)
    with app.app_context():
        hours, days = tallies.last_hours(), tallies.last_days()
    assert (len(hours), len(days)) == (24, 30)
    assert days[0][0] == (clock.now() // 86_400 - 29) * 86_400
    happened = {name: sum(counts[name] for _start, counts in hours) for name in tallies.TOLD}
    assert happened == dict.fromkeys(tallies.TOLD, 0) | {
        "sign-in complete": 1, "first factor refused": 1, "code sent": 1, "code accepted": 1, "message sent": 1}
    assert sum(days[-1][1].values()) + sum(days[-2][1].values()) == 5


def test_the_last_sign_in_is_noted_when_it_is_sealed(
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later, both_databases: str,
) -> None:
    user_id = make_user(username="li.na", phone=PHONE)
    statement = 'SELECT last_sign_in_at FROM "user"'
    comes_in(visitor, "li.na", PHONE)
    at = rows(app, "SELECT at FROM audit_entry WHERE event = 'sign-in complete'")[0].at
    writes(app, event=What.SIGN_IN_COMPLETE, user_id=user_id, detail={"trial": 1})
    assert rows(app, statement)[0].last_sign_in_at is None
    later(6)
    seal(app)
    assert rows(app, statement)[0].last_sign_in_at == at
    tampers(app, f'UPDATE "user" SET last_sign_in_at = {at + 1000}')
    writes(app, event=What.SIGN_IN_COMPLETE, user_id=user_id)
    later(6)
    seal(app)
    assert rows(app, statement)[0].last_sign_in_at == at + 1000


def test_two_senders_seal_one_log(portals: Callable[..., Portal], postgres: str) -> None:
    first, second = portals(DATABASE_URL=postgres), portals(DATABASE_URL=postgres)
    app = create_app(settings(DATABASE_URL=postgres))
    _make_user(app, username="li.na", phone=PHONE)
    for portal in (first, second):
        comes_in(Visitor(OverNetwork(portal.url)), "li.na", PHONE)
    entries = rows(app, "SELECT count(*) AS number FROM audit_entry")[0].number
    until(lambda: sum(count for count, _ranges in sealed(app)) >= entries, what="seals over all entries")
    assert findings(app) == []
    assert rows(app, 'SELECT last_sign_in_at FROM "user"')[0].last_sign_in_at
    said = first.said() + second.said()
    heads = re.findall(r"audit log sealed up_to=\d+ head=(\d+:[0-9a-f]{64})", said)
    assert heads
    assert findings(app, *(word for head in heads for word in ("--head", head))) == []
    with app.app_context():
        db.engine.dispose()
