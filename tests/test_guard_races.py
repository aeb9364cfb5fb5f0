"""Does the guard count in full what happens at the same moment, on two processes and either database?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count

import pytest
from flask import Flask

from portal import trace
from portal.audit import What
from portal.audit.changes import Overtaken
from portal.database import reading, writing
from portal.messages import standing
from portal.messages.guard import ledger, upkeep
from portal.trace import Actor
from tests.conftest import PASSWORD
from tests.people import MakeUser, MakeVisitor, rows
from tests.town import Town, at_once, post
from tests.transports import Answer
from tests.visitor import Visitor

pytest_plugins = ["tests.towns"]
CROWD = 24
BOSS = Actor("boss")
_numbers = count(1)


def crowd_at_the_window(town: Town, most: int = CROWD) -> list[Visitor]:
    """People without a number, each with the window open in which one is named."""
    return [town.visitor().logs_in(town.person(phone=False)[0], PASSWORD) for _ in range(most)]


def name_numbers(crowd: list[Visitor], beginning: str) -> Counter[int]:
    """All of them name a number of their own at the same moment; the statuses of the answers."""
    def named(visitor: Visitor) -> Answer:
        return post(visitor, "/login/phone", country="DE", phone=f"{beginning}{next(_numbers):06}")

    return Counter(answer.status for answer in at_once(named, crowd))


def texts_to(town: Town, prefix: str) -> int:
    return int(town.value("SELECT count(*) FROM message WHERE phone LIKE :begins", begins=f"{prefix}%"))


def closings(town: Town, prefix: str) -> list[int]:
    return [row.closings for row in town.rows("SELECT closings FROM closed_prefix WHERE prefix = :prefix", prefix=prefix)]


def told_of(town: Town, what: What, prefix: str) -> int:
    told = town.rows("SELECT detail FROM audit_entry WHERE event = :what", what=what.value)
    return sum(f'"{prefix}"' in str(row.detail).replace("'", '"') for row in told)


def time_passes(town: Town, prefix: str) -> None:
    """The closing of that calling code is over, and every process has heard of it."""
    town.writes("UPDATE closed_prefix SET closed_until = closed_until - 1000 WHERE prefix = :prefix", prefix=prefix)
    with town.app.app_context():
        standing.forget()
    time.sleep(1.1)


def test_of_many_new_numbers_at_once_ten_get_a_text_and_the_country_is_closed_once(town: Town) -> None:
    assert name_numbers(crowd_at_the_window(town), "+447400") == {303: 10, 429: CROWD - 10}
    assert texts_to(town, "+447400") == 10
    assert closings(town, "+44") == [1]
    assert told_of(town, What.PREFIX_CLOSED, "+44") == 1

    time_passes(town, "+44")
    assert name_numbers(crowd_at_the_window(town), "+447400") == {303: 2, 429: CROWD - 2}
    assert texts_to(town, "+447400") == 12
    assert closings(town, "+44") == [2]
    assert told_of(town, What.PREFIX_CLOSED, "+44") == 2


def test_codes_that_come_back_while_others_ask_open_it_and_nobody_waits_for_each_other(town: Town) -> None:
    crowd = crowd_at_the_window(town)
    assert name_numbers(crowd, "+33612")[303] == 10
    holders = [visitor for visitor in crowd if visitor.opens("/login/code").path == "/login/code"]
    codes = {id(visitor): code_of(town, visitor) for visitor in holders}
    others = crowd_at_the_window(town, 14)

    def act(visitor: Visitor) -> int:
        if id(visitor) in codes:
            return post(visitor, "/login/code", code=codes[id(visitor)]).status
        return post(visitor, "/login/phone", country="FR", phone=f"+33612{next(_numbers):06}").status

    statuses = at_once(act, [*holders[:9], *others])
    assert statuses[:9] == [303] * 9
    assert set(statuses[9:]) <= {303, 429}
    assert closings(town, "+33") in ([], [1])
    # However those met: the code that comes back last pays for three more, and opens the country to them.
    assert act(holders[9]) == 303
    assert closings(town, "+33") == []
    time.sleep(1.1)
    assert name_numbers(crowd_at_the_window(town, 3), "+33612") == {303: 3}


def code_of(town: Town, visitor: Visitor) -> str:
    """The code on its way to whoever has that browser: found by the last digits on the page."""
    shown = visitor.page.by_id("state")
    assert shown is not None
    ending = visitor.page.text.split("ending in ")[1][:2]
    phones = [row.phone for row in town.rows("SELECT DISTINCT phone FROM message WHERE phone LIKE :ends", ends=f"+33%{ending}")]
    assert len(phones) == 1
    return visitor.reads_code(phones[0])


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_IN_A_DAY="5")
def test_the_ceiling_of_the_day_is_exact(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    people = [make_user(username=f"user{at}", phone=f"+4915112345{at:03}") for at in range(12)]
    visitors = [another_visitor(address=f"192.0.2.{at}").opens("/login") for at in range(len(people))]

    def logs_in(at: int) -> int:
        return post(visitors[at], "/login", identifier=f"user{at}", password=PASSWORD).status

    assert set(at_once(logs_in, list(range(len(people))))) == {303}
    assert len(rows(app, "SELECT id FROM message")) == 5
    assert rows(app, "SELECT used FROM allowance WHERE key = 'today'")[0].used == 5


def in_app(app: Flask, work: Callable[[], object]) -> object:
    with app.app_context():
        return work()


def test_prices_told_at_once_are_all_counted(app: Flask, both_databases: str) -> None:
    def spend() -> None:
        with writing() as connection:
            ledger.spent(connection, 33_300, "EUR")

    at_once(lambda work: in_app(app, work), [spend] * 12)
    with app.app_context(), reading() as connection:
        assert ledger.today(connection, ("EUR",)) == {"EUR": 12 * 333}


def test_of_two_administrators_who_change_the_rules_at_once_one_does(app: Flask, both_databases: str) -> None:
    with app.app_context():
        for _round in range(4):
            seen = upkeep.saved()
            changes = [partial(upkeep.change, replace(seen.rules, unverified=seen.rules.unverified + at), trace.COMMAND,
                               version=seen.version, reason="race", actor=BOSS) for at in range(1, 5)]
            done = at_once(lambda work: in_app(app, work), changes)
            assert done.count(True) == 1
            assert all(one is True or isinstance(one, Overtaken) for one in done)
            assert upkeep.saved().version == seen.version + 1
