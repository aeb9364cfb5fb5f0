"""Do the commands do what they say, in words for people and as JSON for programs, and do they fail aloud?"""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from tests import people
from tests.conftest import PASSWORD
from tests.people import OTHER_PHONE, PHONE, Later, MakeUser, MakeVisitor, comes_in, command, does, is_home, rows, told
from tests.visitor import Visitor

later = people.later
CREATED = {"username": "li.na", "email": "li.na@example.com", "phone": PHONE, "phone_state": "not proven", "name": "Li Na",
           "role": "administrator", "suspended": False, "password": True, "locked": False, "bypass": False}


def creates(app: Flask, *words: str, given: str = f"{PASSWORD}\n") -> dict[str, object]:
    user: dict[str, object] = told(app, "user", "create", *words, "--password-stdin", given=given)
    return user


def test_a_user_is_created_and_can_log_in(app: Flask, visitor: Visitor, both_databases: str) -> None:
    names = ["--username", "li.na", "--email", "li.na@example.com", "--phone", "+49 151 12345678", "--name", "Li Na"]
    user = creates(app, *names, "--admin")
    assert user | CREATED == user
    assert is_home(comes_in(visitor, "li.na@example.com", PHONE), "Li Na")


@pytest.mark.settings(PORTAL_HOME_COUNTRY="DE")
def test_a_number_may_be_given_in_the_home_country_s_spelling(app: Flask) -> None:
    assert creates(app, "--phone", "0151 12345678")["phone"] == PHONE


def test_without_a_password_nobody_can_log_in_with_one(app: Flask, visitor: Visitor) -> None:
    assert told(app, "user", "create", "--username", "li.na")["password"] is False
    assert visitor.logs_in("li.na", PASSWORD).status == 422


@pytest.mark.parametrize("words", [
    (), ("--username", "x"), ("--username", "123456"), ("--username", "+li"), ("--username", "li@na"), ("--email", "nobody"),
    ("--phone", "12345"), ("--phone", "0151 12345678"),
])
def test_a_user_who_cannot_be_is_not_created(app: Flask, words: tuple[str, ...]) -> None:
    result = command(app, "user", "create", *words)
    assert result.exit_code == 1
    assert "Not created:" in result.output
    assert told(app, "user", "list") == []


@pytest.mark.parametrize("words", [("--username", "LI.NA"), ("--email", "Li.Na@EXAMPLE.com"), ("--phone", PHONE)])
def test_no_identifier_is_given_twice(app: Flask, words: tuple[str, ...], both_databases: str) -> None:
    creates(app, "--username", "li.na", "--email", "li.na@example.com", "--phone", PHONE)
    result = command(app, "user", "create", *words)
    assert result.exit_code == 1
    assert "somebody has that username, email or phone already" in result.output
    assert len(told(app, "user", "list")) == 1


def test_users_are_listed_and_shown(app: Flask, make_user: MakeUser) -> None:
    ids = [make_user(username=f"user{number}") for number in range(3)]
    assert [user["username"] for user in told(app, "user", "list")] == ["user0", "user1", "user2"]
    assert [user["id"] for user in told(app, "user", "list", "--after", str(ids[0]), "--limit", "1")] == [ids[1]]
    assert told(app, "user", "show", "USER1")["id"] == ids[1]
    assert "user1" in does(app, "user", "show", "user1")


@pytest.mark.parametrize("words", [
    ("show",), ("suspend",), ("resume",), ("unlock",), ("reset-mfa",), ("delete",), ("set-password", "--password-stdin"),
    ("bypass", "--minutes", "5"),
])
def test_nobody_of_that_name_is_a_failure(app: Flask, words: tuple[str, ...]) -> None:
    result = command(app, "user", *words, "nobody", given="a wholly new passphrase\n")
    assert result.exit_code == 1
    assert "There is no user nobody." in result.output


def test_a_suspended_user_comes_in_again_when_resumed(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    does(app, "user", "suspend", "li.na")
    assert told(app, "user", "show", "li.na")["suspended"] is True
    assert visitor.logs_in("li.na", PASSWORD).status == 422
    does(app, "user", "resume", "li.na")
    assert is_home(comes_in(visitor, "li.na", PHONE), "li.na")


def test_a_reset_takes_the_number_away(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    does(app, "user", "reset-mfa", "li.na")
    assert told(app, "user", "show", "li.na")["phone"] is None
    visitor.logs_in("li.na", PASSWORD).fills(country="DE", phone=OTHER_PHONE).submits().enters_code(OTHER_PHONE)
    assert is_home(visitor, "li.na")


def test_a_password_is_changed(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    does(app, "user", "set-password", "li.na", "--password-stdin", given="a wholly new passphrase\n")
    assert visitor.logs_in("li.na", PASSWORD).status == 422
    visitor.logs_in("li.na", "a wholly new passphrase").enters_code(PHONE)
    assert is_home(visitor, "li.na")


def test_a_deleted_user_is_gone_and_what_they_did_is_not(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(username="li.na", phone=PHONE)
    comes_in(visitor, "li.na", PHONE)
    does(app, "user", "delete", "li.na")
    assert told(app, "user", "list") == []
    assert rows(app, "SELECT id FROM sign_in") == []
    assert len(people.events(app, user_id=user_id)) > 3
    assert len(rows(app, "SELECT id FROM message")) == 1


@pytest.mark.parametrize("words", [
    ("set-password", "li.na"), ("set-password", "li.na", "a secret as an argument"),
    ("create", "--username", "x1", "--password", "secret"),
    ("set-password", "li.na", "--password", "secret"),
])
def test_no_secret_is_taken_as_an_argument(app: Flask, make_user: MakeUser, words: tuple[str, ...]) -> None:
    make_user(username="li.na")
    assert command(app, "user", *words, given="a wholly new passphrase\n").exit_code != 0


@pytest.mark.parametrize("words", [("create", "--username", "li.na"), ("set-password", "omar")])
def test_an_empty_standard_input_is_no_password(app: Flask, make_user: MakeUser, words: tuple[str, ...]) -> None:
    make_user(username="omar")
    result = command(app, "user", *words, "--password-stdin")
    assert result.exit_code == 1
    assert "one line on standard input" in result.output


@pytest.mark.parametrize("minutes", ["0", "61", "soon"])
def test_a_bypass_lasts_minutes(app: Flask, make_user: MakeUser, minutes: str) -> None:
    make_user(username="li.na")
    assert command(app, "user", "bypass", "li.na", "--minutes", minutes).exit_code == 2


def test_a_bypass_is_shown_while_it_lasts(app: Flask, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na")
    does(app, "user", "bypass", "li.na", "--minutes", "5")
    assert told(app, "user", "show", "li.na")["bypass"] is True
    later(301)
    assert told(app, "user", "show", "li.na")["bypass"] is False


def test_the_switches_are_printed_and_thrown(app: Flask) -> None:
    shipped = {"sms": "on", "administrators": "on", "binding": "user", "source:password": "on", "source:scan": "on",
               "applications": {}}
    assert told(app, "mfa") == shipped
    all_off = ["--global", "off", "--source", "password", "off", "--administrators", "off", "--binding", "administrators"]
    assert told(app, "mfa", *all_off) == {
        "sms": "off", "administrators": "off", "binding": "administrators", "source:password": "off", "source:scan": "on",
        "applications": {}}
    assert re.search(r"^sms +off$", does(app, "mfa"), re.MULTILINE)


@pytest.mark.parametrize("words", [
    ("--global", "maybe"), ("--source", "password"), ("--administrators", ""), ("--application", "Shop"),
])
def test_a_switch_is_on_or_off(app: Flask, words: tuple[str, ...]) -> None:
    assert command(app, "mfa", *words).exit_code == 2


def test_the_inbox_shows_what_was_sent(app: Flask, another_visitor: MakeVisitor, make_user: MakeUser) -> None:
    assert command(app, "inbox").exit_code == 1
    make_user(username="li.na", phone=PHONE)
    make_user(username="omar", phone=OTHER_PHONE)
    people_with_phones = (("li.na", PHONE), ("omar", OTHER_PHONE))
    codes = [another_visitor().logs_in(name, PASSWORD).reads_code(phone) for name, phone in people_with_phones]
    assert [message["code"] for message in told(app, "inbox")] == codes[::-1]
    assert told(app, "inbox", "--to", "+49 151 12345678", "--latest")["code"] == codes[0]
    assert codes[1] in does(app, "inbox", "--latest")
    assert codes[0] not in does(app, "inbox", "--latest")
    assert command(app, "inbox", "--to", "nobody").exit_code == 1


def test_a_test_message_is_sent(app: Flask, visitor: Visitor) -> None:
    does(app, "message", "send-test", "+49 151 12345678")
    assert visitor.reads_text_message(PHONE) == "This is a test message from Portal."


@pytest.mark.settings(PORTAL_COUNTRIES="DE", PORTAL_HOME_COUNTRY="DE")
@pytest.mark.parametrize("number", ["hello", "12", "+8613800138000", "+499001234567"])
def test_a_test_message_goes_nowhere_that_codes_may_not_go(app: Flask, number: str) -> None:
    assert command(app, "message", "send-test", number).exit_code == 1
    assert rows(app, "SELECT id FROM message") == []


def test_the_doctor_names_what_is_wrong(app: Flask, make_user: MakeUser, both_databases: str) -> None:
    result = command(app, "doctor", "--json")
    found = {finding["part"]: finding for finding in json.loads(result.output)}
    assert result.exit_code == 1
    assert {part for part, finding in found.items() if not finding["well"]} == {"sender", "administrator"}
    assert "PORTAL_GATEWAY" in found["settings"]["words"]
    assert "flask portal welcome" in found["administrator"]["words"]
    make_user(username="boss", administrator=True)
    assert "ok  administrator: there is one." in command(app, "doctor").output


@pytest.mark.usefixtures("both_databases")
def test_cleaning_up_removes_what_is_over_and_nothing_else(
    app: Flask, visitor: Visitor, another_visitor: MakeVisitor, make_user: MakeUser, later: Later,
) -> None:
    make_user(username="li.na", phone=PHONE)
    another_visitor().logs_in("li.na", PASSWORD)
    comes_in(visitor, "li.na", PHONE)
    assert told(app, "cleanup")["sign-ins"] == 0
    later(2 * 86_400)
    assert told(app, "cleanup")["sign-ins"] == 1
    assert [row.state for row in rows(app, "SELECT state FROM sign_in")] == ["complete"]
    assert rows(app, "SELECT key FROM allowance") == []
    later(40 * 86_400)
    assert told(app, "cleanup")["sign-ins"] == 1
    assert len(rows(app, "SELECT id FROM audit_entry")) > 5


def link_of(said: str) -> str:
    found = re.search(r"/first-administrator/\S+", said)
    assert found, said
    return found[0]


def test_the_first_administrator_comes_in_by_the_link_that_is_printed(app: Flask, visitor: Visitor) -> None:
    said = does(app, "welcome")
    assert "/login" in said
    assert "/inbox" in said
    visitor.opens(link := link_of(said))
    visitor.fills(username="boss", password=PASSWORD, country="DE", phone="0151 12345678").submits()
    assert visitor.sees("The first administrator is created.")
    assert visitor.opens(link).status == 404
    assert is_home(comes_in(visitor, "boss", PHONE), "boss")
    assert visitor.opens("/settings/mfa").status == 200
    assert "first-administrator" not in does(app, "welcome")


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("username", "", "Choose a username."), ("username", "12345", "A username has 2 to 64 characters"),
    ("password", "short", "That password is too short."), ("password", "passwordpassword", "That password is easy to guess."),
    ("phone", "", "Enter your mobile phone number."), ("phone", "12", "That isn’t a whole phone number."),
])
def test_the_first_administrator_is_told_what_is_wrong_and_loses_nothing(
    app: Flask, visitor: Visitor, field: str, typed: str, said: str,
) -> None:
    given = {"username": "boss", "password": PASSWORD, "country": "DE", "phone": "0151 12345678", field: typed}
    visitor.opens(link_of(does(app, "welcome"))).fills(**given).submits()
    assert visitor.status == 422
    assert visitor.sees(said)
    kept = dict(visitor.form("username").values())
    assert (kept["username"], kept["phone"], kept["password"]) == (given["username"], given["phone"], "")
    visitor.fills(**given | {"username": "boss", "password": PASSWORD, "phone": "0151 12345678"}).submits()
    assert visitor.sees("The first administrator is created.")


def test_only_the_newest_link_is_good_and_only_for_a_day(app: Flask, visitor: Visitor, later: Later) -> None:
    old, new = link_of(does(app, "welcome")), link_of(does(app, "welcome"))
    assert visitor.opens(old).status == 404
    assert visitor.opens(new).status == 200
    later(86_401)
    assert visitor.opens(new).status == 404


def test_of_two_who_hold_the_link_the_first_is_the_administrator(
    app: Flask, visitor: Visitor, another_visitor: MakeVisitor,
) -> None:
    link, other = link_of(does(app, "welcome")), another_visitor()
    other.opens(link)
    visitor.opens(link).fills(username="boss", password=PASSWORD, country="DE", phone="0151 12345678").submits()
    other.fills(username="thief", password=PASSWORD, country="DE", phone="0151 12345679").submits()
    assert other.status == 404
    assert [user["username"] for user in told(app, "user", "list")] == ["boss"]
