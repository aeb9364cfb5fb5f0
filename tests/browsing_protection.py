"""Which pages and states of the guard against toll fraud can a browser show? Each by name, with the way there."""

from __future__ import annotations

from tests.browsing import Person
from tests.browsing_applications import administrator
from tests.browsing_states import in_town

PAGE, RULES = "/admin/settings/texts/protection", "/admin/settings/texts/protection/rules"
CLOSED = ("INSERT INTO closed_prefix (prefix, closed_at, closed_until, closings) "
          "VALUES (:prefix, 1800000000, :until, 3) ON CONFLICT DO NOTHING")
NEVER = 9_000_000_000.0


@in_town("protection")
def _(person: Person) -> None:
    for prefix in ("+297", "+298"):
        person.town.writes(CLOSED, prefix=prefix, until=NEVER)
    administrator(person, PAGE).sees("Aruba", "Faroe Islands", "Its codes did not come back, 3 times in a row")


@in_town("protection closing by hand refused")
def _(person: Person) -> None:
    administrator(person, PAGE)
    person.page.locator(".unfold summary").first.click()
    person.submits("why")


@in_town("protection to open refused")
def _(person: Person) -> None:
    administrator(person, f"{PAGE}/open/297").fills(why=" ").submits("why")


@in_town("protection rules")
def _(person: Person) -> None:
    administrator(person, RULES).fills(unverified=f"{100 + int(person.number[-2:])}", why="a fair").submits("why")
    person.opens(RULES).sees("Who changed them", "a fair")


@in_town("protection rules refused")
def _(person: Person) -> None:
    administrator(person, RULES).fills(countries="Atlantis", unverified="0", share="900", messages="99999999", money="much",
                                       currency="gold", why="").submits("why")
