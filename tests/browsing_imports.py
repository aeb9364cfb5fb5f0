"""Which pages and states of an import of users can a browser show? Each by name, with the way there."""

from __future__ import annotations

from pathlib import Path

from tests.browsing import Person
from tests.browsing_states import in_town
from tests.importing import lines
from tests.people import does

FAULTY = lines("x,not an email,12,,maybe", "a" * 60 + ",,," + "n" * 201 + ",", "ada.of.the.file,,,,")


def sends(person: Person, content: bytes) -> Person:
    path = Path(person.town.portal.directory) / "users.csv"
    path.write_bytes(content)
    person.is_inside(role="administrator").opens("/admin/users/import")
    person.page.get_by_label("File", exact=True).set_input_files(path)
    return person.presses("Check file")


@in_town("import")
def _(person: Person) -> None:
    sends(person, FAULTY.encode())
    person.opens("/admin/users/import")


@in_town("import refused")
def _(person: Person) -> None:
    sends(person, b"")


@in_town("import under way")
def _(person: Person) -> None:
    sends(person, FAULTY.encode())


@in_town("import checked")
def _(person: Person) -> None:
    sends(person, FAULTY.encode())
    does(person.town.app, "user", "work-off-import", person.page.url.rpartition("/")[2])
    person.page.reload()
    person.page.get_by_text("Nothing is imported yet").wait_for()


@in_town("import asking")
def _(person: Person) -> None:
    sends(person, FAULTY.replace("ada", "ädä").encode("gb18030"))
