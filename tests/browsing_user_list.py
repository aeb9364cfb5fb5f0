"""Which pages and states of the user list can a browser show? Each by name, with the way there."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from tests.browsing import Person
from tests.browsing_states import IN_TOWN, Way, in_town

HOSTILE = "<b>\u202egnp.exe" + "名" * 60 + "x" * 80


def lists(person: Person, query: str = "", *, role: str = "administrator") -> Person:
    """Somebody with that role before the list, in which there are people of every kind."""
    for about in ({"phone": False, "name": HOSTILE}, {"email": f"{'long.' * 10}{token_hex(4)}@department.of.things.example.com"}):
        person.town.person(**about)
    return person.is_inside(role=role).opens(f"/admin/users{query}")


@in_town("user list")
def _(person: Person) -> None:
    lists(person, "?sort=-created")


@in_town("user list with rows selected")
def _(person: Person) -> None:
    boxes = lists(person).page.locator("td.pick input")
    boxes.nth(0).check()
    boxes.nth(1).check()


@in_town("user list for a reader")
def _(person: Person) -> None:
    lists(person, "?phone=no-phone&sort=username", role="auditor")


@in_town("user list without a find")
def _(person: Person) -> None:
    lists(person, "?q=nobody-of-that-name")


def creates(by: str) -> Way:
    return lambda person: person.is_inside(role="administrator").opens(f"/admin/users/new?by={by}")


for _by in ("username", "phone", "email"):
    IN_TOWN[f"create user by {_by}"] = creates(_by)


@in_town("create user refused")
def _(person: Person) -> None:
    person.is_inside(role="administrator").opens("/admin/users/new").fills(username="1").submits("username")


@in_town("user created")
def _(person: Person) -> None:
    name = f"new-{token_hex(6)}"
    person.is_inside(role="administrator").opens("/admin/users/new").fills(username=name).submits("username")


def asks(person: Person, act: str, **about: Any) -> Person:
    ids = [person.town.user_id(person.town.person(name=name, **about)[0]) for name in ("Li Na", HOSTILE)]
    return person.is_inside(role="administrator").opens(f"/admin/users/bulk?act={act}&user={ids[0]}&user={ids[1]}&user=1")


@in_town("users asked about")
def _(person: Person) -> None:
    asks(person, "suspend")


@in_town("users asked about, refused")
def _(person: Person) -> None:
    asks(person, "delete").fills(typed="none").presses("Delete")


@in_town("users changed")
def _(person: Person) -> None:
    asks(person, "end-logins").presses("End logins")


@in_town("password links")
def links(person: Person) -> None:
    """Links for two, and one who is left out."""
    asks(person, "password-links", password=None).presses("Create password links")
