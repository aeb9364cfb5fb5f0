"""Is one active administrator always left, whoever removes the others, on a page, by command or both at once?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, comes_in, command, does, events, is_home, is_outside, rows
from tests.town import at_once

SENTENCE = "that is the last active administrator"


def active(app: Flask) -> list[str]:
    statement = """SELECT username FROM "user" WHERE role = 'administrator' AND suspended = false ORDER BY id"""
    return [row.username for row in rows(app, statement)]


@pytest.mark.parametrize(("words", "said"), [
    (("suspend", "boss"), "Not suspended"), (("delete", "boss"), "Not deleted"), (("role", "boss", "auditor"), "Not changed"),
    (("role", "boss", "none"), "Not changed"),
])
def test_a_command_does_not_take_the_last_one_away(app: Flask, make_user: MakeUser, words: tuple[str, ...], said: str) -> None:
    make_user(username="boss", administrator=True)
    make_user(username="li.na", role="helpdesk")
    make_user(username="away", administrator=True)
    does(app, "user", "suspend", "away")
    result = command(app, "user", *words)
    assert result.exit_code == 1
    assert f"{said}: {SENTENCE}" in result.stderr
    assert active(app) == ["boss"]
    assert events(app)[-1] == ("change refused", "last administrator")


@pytest.mark.parametrize("words", [("suspend", "boss"), ("delete", "boss"), ("role", "boss", "helpdesk")])
def test_with_another_one_it_does(app: Flask, make_user: MakeUser, words: tuple[str, ...], both_databases: str) -> None:
    make_user(username="boss", administrator=True)
    make_user(username="deputy", administrator=True)
    does(app, "user", *words)
    assert active(app) == ["deputy"]


def test_one_who_is_suspended_already_can_be_deleted(app: Flask, make_user: MakeUser) -> None:
    make_user(username="boss", administrator=True)
    make_user(username="away", administrator=True)
    does(app, "user", "suspend", "away")
    does(app, "user", "delete", "away")
    assert active(app) == ["boss"]


def test_a_role_that_is_taken_away_ends_the_sign_ins(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    make_user(username="boss", administrator=True)
    make_user(username="li.na", phone=PHONE, role="helpdesk")
    make_user(username="jo", phone=OTHER_PHONE)
    inside, unconcerned = another_visitor(), another_visitor()
    comes_in(inside, "li.na", PHONE)
    comes_in(unconcerned, "jo", OTHER_PHONE)
    does(app, "user", "role", "li.na", "none")
    does(app, "user", "role", "jo", "auditor")
    assert is_outside(inside)
    assert is_home(unconcerned.opens("/"), "jo")


def test_the_role_that_one_has_already_changes_nothing(app: Flask, make_user: MakeUser) -> None:
    make_user(username="boss", administrator=True)
    before = events(app)
    does(app, "user", "role", "boss", "administrator")
    assert events(app) == before


def test_the_audit_log_says_what_the_role_was(app: Flask, make_user: MakeUser) -> None:
    make_user(username="li.na", role="auditor")
    does(app, "user", "role", "li.na", "helpdesk")
    told = rows(app, "SELECT actor, outcome, detail FROM audit_entry WHERE event = 'role changed'")
    assert [(row.actor, row.outcome) for row in told] == [("command", "ok")]
    assert all(role in str(told[0].detail) for role in ("auditor", "helpdesk"))


def _acts() -> dict[str, Callable[[int], None]]:
    from portal.signin import oversight
    from portal.trace import COMMAND, COMMAND_ACTOR

    return {
        "remove": lambda user_id: oversight.remove(user_id, COMMAND, actor=COMMAND_ACTOR),
        "suspend": lambda user_id: oversight.suspend(user_id, COMMAND, actor=COMMAND_ACTOR),
        "demote": lambda user_id: oversight.set_role(user_id, None, COMMAND, actor=COMMAND_ACTOR),
    }


@pytest.mark.parametrize(("one", "other"), [("remove", "remove"), ("suspend", "demote"), ("suspend", "remove")])
def test_of_two_who_take_each_other_away_at_once_one_stays(
    app: Flask, make_user: MakeUser, both_databases: str, one: str, other: str,
) -> None:
    from portal.signin.oversight import LastAdministrator

    def act(given: tuple[str, int]) -> bool:
        with app.app_context():
            try:
                _acts()[given[0]](given[1])
            except LastAdministrator:
                return False
            return True

    for turn in range(8):
        pair = [make_user(username=f"boss{turn}.{at}", administrator=True) for at in range(2)]
        assert sorted(at_once(act, [(one, pair[0]), (other, pair[1])])) == [False, True]
        assert len(active(app)) == 1
        _retire(app)


def _retire(app: Flask) -> None:
    """Begin anew with nobody in the console, which no command can."""
    from sqlalchemy import text

    from portal.database import writing

    with app.app_context(), writing() as connection:
        connection.execute(text("""UPDATE "user" SET role = NULL"""))
