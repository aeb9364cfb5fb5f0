"""Is every step in the audit log, and is nothing in it, or in the operator's log, that should be nowhere?"""

from __future__ import annotations

import logging
import re

import pytest
from flask import Flask

from tests import people
from tests.conftest import PASSWORD
from tests.people import (
    OTHER_PHONE,
    PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    comes_in,
    confirms,
    does,
    events,
    kills_code,
    mistypes,
    rows,
)
from tests.visitor import Visitor

later = people.later


def steps(app: Flask, **of: object) -> list[tuple[str, str]]:
    """The entries of people's steps; what becomes of each message is told apart."""
    return [(event, outcome) for event, outcome in events(app, **of) if event not in ("message", "user created")]


def test_a_sign_in_leaves_its_trace(app: Flask, visitor: Visitor, make_user: MakeUser, both_databases: str) -> None:
    user_id = make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", "not the password")
    visitor.logs_in("li.na", PASSWORD)
    mistypes(visitor, code := visitor.reads_code(PHONE), 1)
    visitor.fills(code=code).submits().submits("Log out")
    assert steps(app, user_id=user_id) == [
        ("first factor refused", "refused"), ("first factor passed", "ok"), ("code sent", "ok"), ("code refused", "wrong"),
        ("code accepted", "ok"), ("sign-in complete", "rules"), ("sign-in ended", "logged out")]
    assert ("message", "sent") in events(app, user_id=user_id)


def test_binding_leaves_its_trace(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="owner", phone=PHONE)
    new = make_user(username="new")
    visitor.logs_in("new", PASSWORD)
    for number in (PHONE, OTHER_PHONE):
        visitor.fills(country="DE", phone=number).submits().enters_code(number)
    assert steps(app, user_id=new) == [
        ("first factor passed", "ok"), ("code sent", "ok"), ("phone refused", "taken"), ("code sent", "ok"),
        ("phone bound", "ok"), ("code accepted", "ok"), ("sign-in complete", "rules")]


def test_dead_codes_and_cancelled_sign_ins_leave_their_trace(
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later,
) -> None:
    make_user(username="li.na", phone=PHONE)
    kills_code(visitor.logs_in("li.na", PASSWORD), PHONE)
    visitor.posts("/login/code/resend")
    later(61)
    kills_code(visitor.posts("/login/code/resend"), PHONE)
    visitor.logs_in("li.na", PASSWORD).submits("Cancel and log in as somebody else")
    told = [step for step in steps(app) if step != ("code refused", "wrong")]
    assert told == [
        ("first factor passed", "ok"), ("code sent", "ok"), ("code ended", "too many tries"), ("code not sent", "paused"),
        ("code sent", "ok"), ("code ended", "too many tries"), ("sign-in ended", "too many wrong codes"),
        ("first factor passed", "ok"), ("code not sent", "paused"), ("sign-in ended", "cancelled")]


@pytest.mark.parametrize(("words", "entry"), [
    (["suspend", "li.na"], ("user suspended", "ok")), (["resume", "li.na"], ("user resumed", "ok")),
    (["unlock", "li.na"], ("user unlocked", "ok")), (["reset-mfa", "li.na"], ("mfa reset", "ok")),
    (["delete", "li.na"], ("user deleted", "ok")), (["bypass", "li.na", "--minutes", "5"], ("bypass given", "ok")),
    (["set-password", "li.na", "--password-stdin"], ("password changed", "ok")),
])
def test_whoever_acts_on_another_is_named(app: Flask, make_user: MakeUser, words: list[str], entry: tuple[str, str]) -> None:
    user_id = make_user(username="li.na", phone=PHONE)
    does(app, "user", *words, given=f"{PASSWORD}\n")
    assert events(app, actor="command", user_id=user_id) == [entry]


def test_whoever_acts_with_an_account_is_named_with_it(
    app: Flask, visitor: Visitor, make_user: MakeUser, both_databases: str,
) -> None:
    boss = make_user(username="boss", phone=PHONE, administrator=True)
    confirms(comes_in(visitor, "boss", PHONE).opens("/settings/mfa").fills("portal.sms", False).submits("Save changes"))
    assert events(app, actor="boss", actor_id=boss) == [("switch thrown", "off")]


def test_a_command_acts_with_no_account(app: Flask, make_user: MakeUser) -> None:
    make_user(username="li.na")
    does(app, "user", "suspend", "li.na")
    assert [row.actor_id for row in rows(app, "SELECT actor_id FROM audit_entry WHERE event = 'user suspended'")] == [None]


def test_an_entry_says_from_where_and_belongs_to_its_request(
    app: Flask, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor = another_visitor(address="192.0.2.7", agent="Lynx/2.9").logs_in("li.na", PASSWORD)
    entry = rows(app, "SELECT address, agent, request_id, sign_in_id FROM audit_entry WHERE event = 'first factor passed'")[0]
    assert (entry.address, entry.agent) == ("192.0.2.7", "Lynx/2.9")
    assert re.fullmatch(r"[0-9a-f]{16}", entry.request_id)
    assert entry.sign_in_id is not None
    assert visitor.answer.header("X-Request-ID") != entry.request_id


def a_long_day(visitor: Visitor, app: Flask, make_user: MakeUser, later: Later) -> dict[str, str]:
    """All that can go right and wrong, and every secret met on the way by what it is."""
    make_user(username="li.na", phone=PHONE)
    make_user(username="new")
    visitor.logs_in("li.na", "hunter2-is-wrong")
    visitor.logs_in("li.na", PASSWORD)
    secrets = {"password": PASSWORD, "wrong password": "hunter2-is-wrong", "half cookie": visitor.cookies["portal"].value}
    mistypes(visitor, code := visitor.reads_code(PHONE), 2)
    later(31)
    visitor.posts("/login/code/resend").fills(code=code).submits()
    secrets |= {"code": code, "cookie": visitor.cookies["portal"].value, "csrf": visitor.tokens[0]}
    visitor.submits("Log out").logs_in("new", PASSWORD)
    visitor.fills(country="DE", phone=OTHER_PHONE).submits()
    secrets["binding code"] = bound = visitor.reads_code(OTHER_PHONE)
    visitor.fills(code=bound).submits().posts("/logout", csrf_token="forged")
    does(app, "user", "create", "--username", "made", "--password-stdin", given="a made up passphrase\n")
    return secrets | {"made": "a made up passphrase", "phone": PHONE, "other phone": OTHER_PHONE, "national": PHONE[3:],
                      "key": str(app.secret_key)}


def test_nothing_secret_and_no_whole_number_is_in_either_log(
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later, caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger().setLevel(logging.DEBUG)
    secrets = a_long_day(visitor, app, make_user, later)
    entries = rows(app, "SELECT event, outcome, actor, agent, detail FROM audit_entry")
    assert len(entries) > 15
    logged = [f"{record.getMessage()} {getattr(record, 'facts', {})} {record.exc_text or ''}" for record in caplog.records]
    written = [str(value) for row in entries for value in row] + logged
    found = [(name, line) for name, secret in secrets.items() for line in written if secret in line]
    assert not found


@pytest.mark.settings(PORTAL_LOG_LEVEL="DEBUG")
def test_what_is_really_written_at_debug_holds_no_secret(
    capsys: pytest.CaptureFixture[str], app: Flask, visitor: Visitor, make_user: MakeUser, later: Later,
) -> None:
    logging.getLogger("portal").debug("the log is heard")
    secrets = a_long_day(visitor, app, make_user, later)
    written = capsys.readouterr().err
    assert "the log is heard" in written
    assert not [name for name, secret in secrets.items() if secret in written]


def test_a_number_in_a_message_of_the_log_is_cut() -> None:
    from portal.logs import hide

    assert hide(f"to {PHONE} now") == "to +49…78 now"


def test_no_code_stands_in_an_address(visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", PASSWORD)
    places = [location for _, location in visitor.redirects]
    code = visitor.reads_code(PHONE)
    visitor.fills(code=code).submits()
    places += [location for _, location in visitor.redirects]
    assert places
    assert not [place for place in places if code in place]
