"""Which states of the words of a text can a browser show? Each by name, with the way there."""

from __future__ import annotations

from tests.browsing import Person
from tests.browsing_applications import administrator, own
from tests.browsing_states import in_town

WORDING = "/admin/settings/texts/wording"
SAVE, PREVIEW = "Save English", "Preview English"


def at_own_words(person: Person) -> Person:
    """An administrator before the words of an application that is theirs alone: nobody else reads these."""
    number = own(person).rpartition("/")[2]
    return person.opens(f"{WORDING}/{number}")


@in_town("words of the text")
def _(person: Person) -> None:
    administrator(person, WORDING)


@in_town("words of the text dear")
def _(person: Person) -> None:
    administrator(person, WORDING).fills(**{"en-body": "{code} – “{application}” ça va ł " + "long " * 20}).presses(PREVIEW)


@in_town("words of the text refused")
def _(person: Person) -> None:
    at_own_words(person).fills(**{"en-body": "At evil.com {name} " + "long " * 90}).presses(SAVE)


@in_town("words of an application")
def _(person: Person) -> None:
    at_own_words(person).fills(**{"en-body": "{code} opens {application}."}).presses(SAVE)


@in_town("words of an application not in use")
def _(person: Person) -> None:
    at_own_words(person).fills(**{"en-body": "{code} {application} " + "long " * 80}).presses(SAVE)
    page = person.path
    person.opens(page.replace("settings/texts/wording", "applications")).fills(name=f"Tool {person.number} " + "longer " * 5)
    person.submits("name").opens(page)
    assert "Not in use" in person.said
