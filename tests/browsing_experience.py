"""Which pages of *Experience login* can a browser show? Each by name, with the way there."""

from __future__ import annotations

from tests.browsing import Person
from tests.browsing_applications import own
from tests.browsing_states import in_town


@in_town("experience login")
def begins(person: Person) -> None:
    own(person)
    with person.context.expect_page() as opened:
        person.button("Experience login").click()
    opened.value.wait_for_load_state()
    opened.value.close()
    person.opens("/trial/login").sees("Your own login is not touched")


def tries(person: Person, *, phone: bool = True) -> None:
    begins(person)
    username = person.is_new(phone=phone)
    person.logs_in(username, "not the password", at="/trial/login").logs_in(username, at="/trial/login")


@in_town("experience bind")
def _(person: Person) -> None:
    tries(person, phone=False)


@in_town("experience code")
def _(person: Person) -> None:
    tries(person)


@in_town("experience half way")
def _(person: Person) -> None:
    tries(person)
    person.opens("/trial/result").sees("Waiting for the verification code")


@in_town("experience result")
def _(person: Person) -> None:
    tries(person)
    person.fills(code=person.reads_code()).submits("code")
    person.sees("The person would now be in", "Refused")


@in_town("experience ended")
def _(person: Person) -> None:
    begins(person)
    person.opens("/trial/result").presses("End")


@in_town("experience over")
def _(person: Person) -> None:
    person.is_inside(administrator=True).opens("/trial/login")
