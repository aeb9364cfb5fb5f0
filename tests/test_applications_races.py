"""What do two administrators do to one application in the same moment? One is told; nothing is lost silently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.applications import upkeep
from portal.applications.faults import ApplicationFault
from portal.applications.register import NoSuchApplication, Profile
from portal.applications.upkeep import ApplicationRefused, Asked
from portal.audit.changes import Overtaken
from portal.trace import COMMAND, Actor
from tests.people import events, rows
from tests.town import at_once

pytestmark = pytest.mark.usefixtures("both_databases")
BOTH = [Actor("boss"), Actor("chief")]


def outcome(app: Flask, act: Callable[[Actor], Any]) -> Callable[[Actor], Any]:
    """What came of it, or why nothing did."""

    def try_it(actor: Actor) -> Any:
        with app.app_context():
            try:
                return act(actor)
            except (ApplicationRefused, NoSuchApplication) as refused:
                return refused

    return try_it


@pytest.fixture
def travel(app: Flask) -> int:
    """The id of an application."""
    with app.app_context():
        return upkeep.create(Asked(name="Travel"), COMMAND, actor=Actor("test"))


def test_one_of_two_gets_the_name(app: Flask) -> None:
    came = at_once(outcome(app, lambda actor: upkeep.create(Asked(name="Travel"), COMMAND, actor=actor)), BOTH)
    [refused] = [each for each in came if isinstance(each, ApplicationRefused)]
    assert refused.faults == (ApplicationFault.TAKEN,)
    assert len(rows(app, "SELECT id FROM application")) == 1


def test_one_of_two_changes_is_overtaken_and_hears_of_the_other(app: Flask, travel: int) -> None:
    def renames(actor: Actor) -> bool | Overtaken[Profile]:
        return upkeep.change(travel, 1, Asked(name=f"Of {actor.name}"), COMMAND, actor=actor)

    came = at_once(outcome(app, renames), BOTH)
    [overtaken] = [each for each in came if isinstance(each, Overtaken)]
    [row] = rows(app, "SELECT name, version FROM application")
    assert (overtaken.now.name, overtaken.now.version, row.version) == (row.name, 2, 2)
    assert overtaken.last
    assert f"Of {overtaken.last.actor}" == row.name
    assert events(app, application_id=travel) == [("application created", "ok"), ("application changed", "ok")]


def test_one_of_two_deletes(app: Flask, travel: int) -> None:
    came = at_once(outcome(app, lambda actor: upkeep.remove(travel, COMMAND, actor=actor)), BOTH)
    assert sorted(isinstance(each, NoSuchApplication) for each in came) == [False, True]
    assert events(app, application_id=travel) == [("application created", "ok"), ("application deleted", "ok")]
