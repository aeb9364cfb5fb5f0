"""Does the page of text messages say at three in the morning what broke, whom it hits, and what the next step is?"""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import text

from portal.messages import alarms, standing
from portal.messages.routing import upkeep
from portal.models import AlarmKind
from portal.trace import COMMAND, COMMAND_ACTOR
from tests import people
from tests.conftest import PASSWORD
from tests.gateways import add_gateway
from tests.people import OTHER_PHONE, PHONE, Later, MakeUser, MakeVisitor, comes_in, rows
from tests.visitor import Visitor

later = people.later
LIST = "/admin/settings/texts"
LOST = "UPDATE message SET state = 'failed', gateway = 'main', reason = 'credentials' WHERE phone = :phone"


@pytest.fixture
def boss(app: Flask, make_user: MakeUser, visitor: Visitor) -> Visitor:
    """An administrator who came in while the inbox took messages; from now on only gateways of the console do."""
    make_user(username="boss", phone=PHONE, administrator=True)
    comes_in(visitor, "boss", PHONE)
    app.config["PORTAL"] = dataclasses.replace(app.config["PORTAL"], portal_gateway="console")
    with app.app_context():
        standing.forget()
    return visitor


def rings(app: Flask, subject: str, detail: str = "credentials", kind: AlarmKind = AlarmKind.GATEWAY) -> None:
    with app.app_context():
        alarms.ring(None, kind, subject, detail)


def somebody_got_none(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    from portal.database import writing

    make_user(username="li.na", phone=OTHER_PHONE)
    another_visitor().logs_in("li.na", PASSWORD)
    with app.app_context(), writing() as connection:
        connection.execute(text(LOST), {"phone": OTHER_PHONE})


def is_on(app: Flask, name: str) -> bool:
    return bool(rows(app, "SELECT enabled FROM gateway WHERE name = :name", name=name)[0].enabled)


def test_a_quiet_portal_says_that_nothing_waits_and_nothing_rings(app: Flask, boss: Visitor) -> None:
    add_gateway(app, "main")
    boss.opens(LIST).sees("Nothing waits. No alarm rings.")
    assert boss.does_not_see("Reload")


@pytest.mark.usefixtures("both_databases")
def test_a_broken_gateway_is_turned_off_with_one_press_while_another_takes_over(
    app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    add_gateway(app, "main")
    add_gateway(app, "spare")
    somebody_got_none(app, make_user, another_visitor)
    rings(app, "main")
    boss.opens(LIST).sees("The gateway Main takes no messages", "does not know our credentials", "Enter them once more",
                          "People hit: 1 (messages lost or in doubt: 1, waiting: 0)")
    boss.submits("Turn off")
    assert boss.path.startswith(LIST)
    assert boss.sees("It is off. No message goes by it any more, the others take over.")
    assert (is_on(app, "main"), is_on(app, "spare")) == (False, True)


@pytest.fixture
def asked(app: Flask, boss: Visitor) -> Visitor:
    """Who turns off a gateway on the list, of whose spare they cannot know that it was turned off meanwhile."""
    add_gateway(app, "main")
    spare = add_gateway(app, "spare")
    rings(app, "main")
    boss.opens(LIST)
    with app.app_context():
        upkeep.enable(spare, COMMAND, on=False, actor=COMMAND_ACTOR)
    boss.submits("Turn off").sees("Turn off the last gateway?")
    return boss


def test_whoever_is_sure_comes_back_to_the_list(app: Flask, asked: Visitor) -> None:
    asked.submits("Turn off").sees("It is off. No message goes by it any more")
    assert asked.path.partition("?")[0] == LIST
    assert not is_on(app, "main")


def test_whoever_is_not_sure_comes_back_to_the_list_too(app: Flask, asked: Visitor) -> None:
    asked.clicks("Cancel")
    assert asked.path == LIST
    assert is_on(app, "main")


def test_where_nothing_else_is_on_the_next_step_is_to_turn_the_spare_on(app: Flask, boss: Visitor) -> None:
    add_gateway(app, "main")
    add_gateway(app, "empty", enabled=False, secrets={})
    add_gateway(app, "spare", enabled=False)
    rings(app, "main")
    boss.opens(LIST).sees("Turn on “Spare”")
    assert boss.does_not_see("Turn off", "Turn on “Empty”")
    boss.submits("Turn on “Spare”").sees("It is on. Messages go by it in its place of the order.", "Turn off")
    assert is_on(app, "spare")


def test_where_all_fail_none_is_offered_to_be_turned_off(app: Flask, boss: Visitor) -> None:
    for name in ("main", "spare"):
        add_gateway(app, name)
        rings(app, name)
    boss.opens(LIST).sees("The gateway Main takes no messages", "The gateway Spare takes no messages")
    assert boss.does_not_see("Turn off")


def test_where_none_takes_any_one_that_is_off_is_offered(app: Flask, boss: Visitor) -> None:
    add_gateway(app, "main")
    add_gateway(app, "spare", enabled=False)
    rings(app, alarms.ANY, "throttled")
    boss.opens(LIST).sees("None of the gateways takes messages", "The gateway asked for a pause", "Send a test message")
    assert boss.does_not_see("Turn off")
    boss.submits("Turn on “Spare”").sees("It is on.")
    assert is_on(app, "spare")


@pytest.mark.usefixtures("both_databases")
def test_it_says_when_it_is_over_and_for_how_long_it_was_for_an_hour(app: Flask, boss: Visitor, later: Later) -> None:
    add_gateway(app, "main")
    rings(app, "main")
    later(600)
    with app.app_context():
        alarms.end(None, AlarmKind.GATEWAY, "main")
    boss.opens(LIST).sees("It is over: The gateway Main takes no messages, from", "Nobody was hit.")
    later(3_700)
    boss.opens(LIST).does_not_see("It is over")


def test_a_country_that_is_closed_leads_to_its_page(app: Flask, boss: Visitor) -> None:
    add_gateway(app, "main")
    rings(app, "44", "Codes do not come back", AlarmKind.PREFIX)
    boss.opens(LIST).sees("No codes go to new numbers in +44")
    boss.clicks("Protection").sees("Protection against toll fraud")


def test_what_waits_is_counted_with_the_age_of_the_oldest(
    app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor, later: Later,
) -> None:
    add_gateway(app, "main")
    make_user(username="li.na", phone=OTHER_PHONE)
    another_visitor().logs_in("li.na", PASSWORD)
    later(40)
    boss.opens(LIST).sees("1 message waits or is being handed over, the oldest for 4", "seconds", "Reload")


def test_it_says_that_the_gateway_of_the_environment_stands_first(app: Flask, make_user: MakeUser, visitor: Visitor) -> None:
    make_user(username="boss", phone=PHONE, administrator=True)
    comes_in(visitor, "boss", PHONE).opens(LIST).does_not_see("comes first")
    add_gateway(app, "main")
    visitor.opens(LIST).sees("“Inbox” comes first and takes every text message", "PORTAL_GATEWAY=console")
