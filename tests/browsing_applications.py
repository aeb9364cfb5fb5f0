"""Which pages and states of applications can a browser show? Each by name, with the way there."""

from __future__ import annotations

from playwright.sync_api import FilePayload

from tests.browsing import Person
from tests.browsing_states import in_town
from tests.drawing import picture

LIST = "/admin/applications"
NEW = f"{LIST}/new"


def administrator(person: Person, path: str) -> Person:
    return person.is_inside(administrator=True).opens(path)


def chooses_logo(person: Person) -> None:
    file = FilePayload(name="logo.png", mimeType="image/png", buffer=picture(300, 200))
    person.field("logo").set_input_files(file)


def own(person: Person) -> str:
    """Where the application is that this person creates, with all that one can have; it is theirs alone."""
    administrator(person, NEW)
    chooses_logo(person)
    name = f"Tool {person.number}"
    person.fills(name=name, home_address="https://tool.example/start", colour="#14613a").submits("name")
    assert person.heading == name, person.said
    return person.path


@in_town("applications")
def _(person: Person) -> None:
    own(person)
    person.opens(LIST)


@in_town("applications none found")
def _(person: Person) -> None:
    administrator(person, f"{LIST}?q=nothing+of+that+name")


@in_town("applications for a reader")
def _(person: Person) -> None:
    person.is_inside(role="auditor").opens(LIST)


@in_town("create application")
def _(person: Person) -> None:
    administrator(person, NEW)


@in_town("create application refused")
def _(person: Person) -> None:
    administrator(person, NEW)
    chooses_logo(person)
    person.fills(name="Tool", home_address="nowhere", colour="#ffff00").submits("name")


@in_town("application details")
def _(person: Person) -> None:
    own(person)


@in_town("application details overtaken")
def _(person: Person) -> None:
    at = own(person)
    person.town.writes("UPDATE application SET version = 9 WHERE id = :id", id=int(at.rpartition("/")[2]))
    person.fills(home_address="https://other.example/").submits("name")


@in_town("application delete refused")
def _(person: Person) -> None:
    person.opens(f"{own(person)}/delete").fills(name="something else").presses("Delete application")


@in_town("application deleted")
def _(person: Person) -> None:
    at = own(person)
    person.opens(f"{at}/delete").fills(name=f"Tool {person.number}").presses("Delete application")


@in_town("application gone")
def _(person: Person) -> None:
    at = own(person)
    person.opens(f"{at}/delete").fills(name=f"Tool {person.number}").presses("Delete application")
    person.opens(at)


@in_town("login of an application")
def _(person: Person) -> None:
    at = own(person)
    client_id = person.town.value("SELECT client_id FROM application WHERE id = :id", id=int(at.rpartition("/")[2]))
    person.context.clear_cookies()
    person.opens(f"/login?application={client_id}")


@in_town("code page of an application")
def _(person: Person) -> None:
    at = own(person)
    client_id = person.town.value("SELECT client_id FROM application WHERE id = :id", id=int(at.rpartition("/")[2]))
    person.context.clear_cookies()
    person.logs_in(person.is_new(), at=f"/login?application={client_id}")
