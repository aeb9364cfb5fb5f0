"""Which states of a scanned code can a browser show, on the screen and on the phone? Each by name, with the way there."""

from __future__ import annotations

from tests.browsing import Person
from tests.browsing_states import at, in_town
from tests.scans import number, scanned, shows
from tests.visitor import Visitor

in_town("scan fresh")(at("/login/scan"))
in_town("scan through an application")(at("/login/scan?application=client-archive"))


@in_town("scan not confirmed yet")
def _(person: Person) -> None:
    person.opens("/login/scan").page.locator("summary").last.click()
    person.submits("letters")


@in_town("scan over")
def _(person: Person) -> None:
    person.opens("/login/scan")
    person.town.writes("UPDATE scan_code SET expires_at = 1")
    person.page.get_by_role("heading", name="The code has expired").wait_for()


def asked(person: Person) -> Visitor:
    """Somebody with a phone before the question whether it is they who ask; the screen that asks."""
    screen = shows(person.is_home().town.visitor())
    person.opens(scanned(screen))
    return screen


@in_town("scan asked on the phone")
def _(person: Person) -> None:
    asked(person)


@in_town("scan without a number")
def _(person: Person) -> None:
    asked(person)
    person.page.evaluate("document.querySelector('form').noValidate = true")
    person.presses("Confirm")


@in_town("scan confirmed")
def _(person: Person) -> None:
    right = number(asked(person))
    person.page.get_by_label(right, exact=True).check()
    person.presses("Confirm")


@in_town("scan refused")
def _(person: Person) -> None:
    asked(person)
    person.presses("Refuse: it was not me")


@in_town("scan letters")
def _(person: Person) -> None:
    person.is_inside().opens("/scan")


@in_town("scan letters of nobody")
def _(person: Person) -> None:
    person.is_inside().opens("/scan").fills(letters="ABCDEFGH").submits("letters")
