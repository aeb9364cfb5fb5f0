"""Can the switches of thirty sources, and of titles that somebody would rather not have, be reached on a phone?"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator

import pytest

from portal.counters import kept
from portal.sources import register
from tests.browsing import PHONE, Person

pytest_plugins = ["tests.browsers"]
TITLES = ("A" * 80, "عكا للهوية المركزية", "<b>x</b> & y", *(f"Branch {at}" for at in range(27)))


def changes(person: Person, statement: str, rows: list[tuple[object, ...]]) -> None:
    database = sqlite3.connect(person.town.portal.environment["DATABASE_URL"].removeprefix("sqlite:///"))
    with database:
        database.executemany(statement, rows)
    database.close()


@pytest.fixture
def somebody(person: Callable[..., Person]) -> Iterator[Person]:
    """An administrator with a phone, while there are thirty sources: added at once, for one by one it would take a minute."""
    came = person(viewport=PHONE)
    came.is_inside(administrator=True)
    settings = json.dumps({"issuer": "https://id.acme.example", "client_id": "portal"})
    changes(came, "INSERT INTO identity_source (kind, name, title, position, enabled, preferred, settings, created_at, version) "
                  "VALUES ('oidc', ?, ?, ?, 1, 0, ?, 0, 1)",
            [(f"many-{at}", title, 100 + at, settings) for at, title in enumerate(TITLES)])
    with came.town.app.app_context():
        register.forget()
    time.sleep(kept.SECONDS + 0.1)
    yield came
    changes(came, "DELETE FROM identity_source WHERE name = ?", [(f"many-{at}",) for at in range(len(TITLES))])


def test_every_switch_of_thirty_sources_is_in_sight_on_a_phone(somebody: Person) -> None:
    somebody.opens("/settings/mfa")
    switches = somebody.page.get_by_role("switch").all()
    assert len(switches) >= 2 + 2 + len(TITLES)
    for each in switches:
        box = each.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= PHONE["width"] - box["width"], each
    assert somebody.page.evaluate("document.scrollingElement.scrollWidth") == PHONE["width"]
    assert somebody.page.get_by_role("switch", name=TITLES[2]).count() == 1
