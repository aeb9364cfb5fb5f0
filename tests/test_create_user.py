"""Can an administrator create a user by each identifier, hand over the way in, and is nothing lost, doubled or told to others?"""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests import people
from tests.conftest import PASSWORD
from tests.people import (
    OTHER_PHONE,
    PHONE,
    THIRD_PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    comes_in,
    events,
    is_home,
    leads_to,
    rows,
)
from tests.visitor import Visitor

later = people.later
NEW = "/admin/users/new"
LINK, GENERATED, NONE = "link", "generated", "none"


@pytest.fixture
def settled(make_user: MakeUser) -> None:
    """Somebody who has every kind of identifier already."""
    make_user(username="li.na", phone=PHONE, email="li@example.com")


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator, in a browser of their own."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


def creates(boss: Visitor, by: str = "Username", **typed: str) -> Visitor:
    boss.opens("/admin/users").submits("Create User")
    if by != "Username":
        boss.clicks(by)
    return boss.fills(**typed).submits("Create User")


def secret(boss: Visitor) -> str:
    """The link or password that the page shows."""
    field = boss.page.by_id("shown")
    assert field is not None, boss.page.text
    assert field.has("readonly")
    return field.get("value")


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize(("by", "typed", "kept"), [
    ("Username", {"username": " Li.Na "}, ("username", "Li.Na")),
    ("Email", {"email": "li@example.com"}, ("email", "li@example.com")),
    ("Mobile number", {"country": "Germany +49", "phone": "0151 1234 5678"}, ("phone", PHONE)),
])
def test_a_user_is_created_by_each_identifier(
    app: Flask, boss: Visitor, by: str, typed: dict[str, str], kept: tuple[str, str],
) -> None:
    column, value = kept
    creates(boss, by, name="Li Na", **typed)
    assert boss.page.heading == "User created"
    assert boss.sees("Li Na", "One-time link", "The portal sends no email")
    assert "no-store" in boss.answer.header("Cache-Control")
    [row] = rows(app, f"SELECT * FROM \"user\" WHERE {column} = '{value}'")
    assert (row.name, row.role, row.phone_state) == ("Li Na", None, "not proven" if column == "phone" else None)
    assert events(app, user_id=row.id) == [("user created", "ok"), ("password link given", "ok")]
    boss.clicks("Open the user’s details")
    assert leads_to(boss, f"/admin/users/{row.id}")


def test_the_link_lets_the_person_set_a_password_and_come_in(boss: Visitor, another_visitor: MakeVisitor) -> None:
    creates(boss, "Mobile number", country="Germany +49", phone=PHONE)
    person = another_visitor(address="192.0.2.7")
    person.opens(re.sub(r"^https?://[^/]+", "", secret(boss))).fills(password=PASSWORD).submits()
    person.fills(identifier=PHONE, password=PASSWORD).submits().enters_code(PHONE)
    assert person.status == 200
    assert leads_to(person, "/")


def test_a_generated_password_comes_in_once_it_is_replaced(boss: Visitor, another_visitor: MakeVisitor) -> None:
    creates(boss, username="li.na", way=GENERATED)
    made = secret(boss)
    person = another_visitor(address="192.0.2.7").logs_in("li.na", made)
    person.fills(country="Germany +49", phone=PHONE).submits().enters_code(PHONE)
    assert leads_to(person, "/login/password")
    assert is_home(person.fills(password=PASSWORD).submits(), "li.na")


def test_without_a_password_nobody_comes_in(app: Flask, boss: Visitor, another_visitor: MakeVisitor) -> None:
    creates(boss, username="li.na", way=NONE)
    assert boss.sees("Without a password nobody can log in with this account")
    assert boss.page.by_id("shown") is None
    assert another_visitor(address="192.0.2.7").logs_in("li.na", PASSWORD).status == 422
    assert rows(app, "SELECT count(*) AS n FROM link")[0].n == 0


def test_the_secret_stands_on_that_page_alone(app: Flask, boss: Visitor) -> None:
    creates(boss, username="li.na")
    token = secret(boss).rpartition("/")[2]
    assert token not in boss.path
    assert not boss.redirects
    assert boss.opens("/admin/users?q=li.na").clicks("li.na").does_not_see(token)
    assert token not in str(rows(app, "SELECT * FROM audit_entry"))


@pytest.mark.usefixtures("both_databases")
def test_the_same_form_sent_again_creates_nobody_and_says_whose_it_is(app: Flask, boss: Visitor) -> None:
    for _time in range(2):
        creates(boss, username="li.na", name="Li Na", way=GENERATED)
    assert boss.status == 422
    assert boss.sees("Somebody has that username already.", "Open Li Na")
    assert [dict(boss.form("username").values())[name] for name in ("username", "name", "way")] == ["li.na", "Li Na", GENERATED]
    assert rows(app, "SELECT count(*) AS n FROM \"user\" WHERE username = 'li.na'")[0].n == 1
    boss.clicks("Open Li Na")
    assert boss.status == 200


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(("by", "typed", "said"), [
    ("Username", {"username": ""}, "Fill this in."), ("Email", {"email": "li"}, "That is not an email address."),
    ("Email", {"email": "l\0i@example.org"}, "That is not an email address."),
    ("Email", {"email": "li\u202e@example.org"}, "That is not an email address."),
    ("Username", {"username": "12345678"}, "A username has 2 to 64 characters"),
    ("Username", {"username": "a@b"}, "A username has 2 to 64 characters"),
    ("Username", {"username": "LI.NA"}, "Somebody has that username already."),
    ("Email", {"email": "LI@EXAMPLE.com"}, "Somebody has that email already."),
    ("Mobile number", {"country": "Germany +49", "phone": "12"}, "That isn’t a whole phone number."),
    ("Mobile number", {"country": "Germany +49", "phone": PHONE}, "Somebody has that number already."),
    ("Mobile number", {"country": "Germany +49", "phone": "+49 900 1234567"}, "That number can’t receive our text messages."),
    ("Username", {"username": "wang", "name": "x" * 201}, "A name has at most 200 characters."),
])
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    app: Flask, boss: Visitor, by: str, typed: dict[str, str], said: str,
) -> None:
    creates(boss, by, **{"name": "Somebody", "role": "Auditor", "way": NONE} | typed)
    assert boss.status == 422
    assert boss.sees(said)
    kept = dict(boss.form("name").values())
    assert (kept["role"], kept["way"]) == ("auditor", NONE)
    assert {name: kept[name] for name in typed if name != "country"} == {name: typed[name] for name in typed if name != "country"}
    assert rows(app, 'SELECT count(*) AS n FROM "user"')[0].n == 2


def test_names_of_any_kind_are_kept_and_shown_as_words(app: Flask, boss: Visitor) -> None:
    creates(boss, username="h1", name="<b>\u202e" + "名" * 190)
    assert boss.page.heading == "User created"
    assert "<b>名" in boss.page.text.replace("\u202e", "")
    assert "<b>\u202e" not in boss.page.html


def test_a_role_is_given_with_a_proof_that_is_fresh(app: Flask, boss: Visitor, later: Later) -> None:
    creates(boss, username="first", role="Helpdesk", way=NONE)
    later(660)
    creates(boss, username="second", way=NONE)
    assert boss.page.heading == "User created"
    creates(boss, username="third", role="Administrator", way=NONE)
    assert leads_to(boss, "/login/again")
    boss.fills(password=PASSWORD).submits().enters_code(OTHER_PHONE)
    assert boss.submits("Go on").page.heading == "User created"
    found = rows(app, "SELECT username, role FROM \"user\" WHERE username <> 'boss' ORDER BY id")
    assert [tuple(row) for row in found] == [("first", "helpdesk"), ("second", None), ("third", "administrator")]


def test_a_form_without_its_token_creates_nobody_and_opens_again(app: Flask, boss: Visitor) -> None:
    boss.opens(NEW).fills(username="li.na", name="Li Na").posts(NEW, csrf_token="forged", username="li.na", name="Li Na")
    assert boss.status == 400
    assert dict(boss.form("username").values())["name"] == "Li Na"
    assert rows(app, 'SELECT count(*) AS n FROM "user"')[0].n == 1


@pytest.mark.parametrize("role", ["helpdesk", "auditor", ""])
def test_only_administrators_create(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor, role: str) -> None:
    make_user(username="other", phone=THIRD_PHONE, role=role)
    other = comes_in(another_visitor(), "other", THIRD_PHONE)
    token = other.opens("/").tokens[0]
    assert other.opens(NEW).status == 403
    assert other.posts(NEW, csrf_token=token, username="li.na").status == 403
    assert rows(app, 'SELECT count(*) AS n FROM "user"')[0].n == 1
