"""Which pages and states of one user's details can a browser show? Each by name, with the way there."""

from __future__ import annotations

from typing import Any

from tests.browsing import Person
from tests.browsing_states import in_town


def about(person: Person, path: str = "", *, role: str = "administrator", **user: Any) -> int:
    """Somebody with that role opens the details of a new user; the id."""
    username, _number = person.town.person(**user)
    if user.get("phone", True):
        person.town.visitor().logs_in(username, "not the password")
    user_id = person.town.user_id(username)
    person.is_inside(role=role).opens(f"/admin/users/{user_id}{path}")
    return user_id


def unfolds(person: Person, number: str) -> Person:
    person.page.get_by_text("Show more fields").click()
    return person.fills(phone=number)


@in_town("user")
def _(person: Person) -> None:
    about(person, name="李娜 " + "Li Na " * 20, email="li.na@example.com")
    person.page.get_by_text("Show more fields").click()


@in_town("user for a reader")
def _(person: Person) -> None:
    about(person, role="auditor")
    person.page.get_by_text("Show more fields").click()


@in_town("user refused")
def _(person: Person) -> None:
    about(person)
    person.fills(username="1", email="nobody").submits("username")


@in_town("user's number refused")
def _(person: Person) -> None:
    about(person, phone=False)
    unfolds(person, "12").submits("phone")


@in_town("user's number bound")
def _(person: Person) -> None:
    about(person, phone=False)
    unfolds(person, f"+49151{80000000 + person.town.portal.port}").submits("phone")


@in_town("user overtaken")
def _(person: Person) -> None:
    user_id = about(person)
    person.town.writes('UPDATE "user" SET version = 9, name = :name WHERE id = :id', name="Somebody else", id=user_id)
    person.fills(name="Li Na").submits("name")


@in_town("user's logins")
def _(person: Person) -> None:
    about(person, "/logins")


@in_town("user's security")
def _(person: Person) -> None:
    about(person, "/security")


@in_town("user's security, locked")
def _(person: Person) -> None:
    user_id = about(person, "/security")
    person.town.writes('UPDATE "user" SET wrong_codes = 30, bypass_until = 9e9 WHERE id = :id', id=user_id)
    person.opens(person.path)


@in_town("user's security, stopped")
def _(person: Person) -> None:
    user_id = about(person, "/security")
    person.town.writes('INSERT INTO opt_out (phone, stopped_at) SELECT phone, 1.8e9 FROM "user" WHERE id = :id', id=user_id)
    person.opens(person.path)


@in_town("user's security for the helpdesk")
def _(person: Person) -> None:
    about(person, "/security", role="helpdesk", administrator=True)


@in_town("user's bypass refused")
def _(person: Person) -> None:
    about(person, "/security")
    person.fills(minutes="99").submits("minutes")


@in_town("user's link")
def _(person: Person) -> None:
    about(person, "/security")
    person.presses("Send a new link")


@in_town("user's trail")
def _(person: Person) -> None:
    about(person, "/trail")


@in_town("user reset")
def _(person: Person) -> None:
    about(person, "/reset")


@in_town("user without a number")
def _(person: Person) -> None:
    about(person, "/phone/remove")


@in_town("user deleted, refused")
def _(person: Person) -> None:
    about(person, "/delete")
    person.fills(typed="nobody").submits("typed")


@in_town("user gone")
def _(person: Person) -> None:
    user_id = about(person)
    person.town.writes('DELETE FROM "user" WHERE id = :id', id=user_id)
    person.opens(person.path)
