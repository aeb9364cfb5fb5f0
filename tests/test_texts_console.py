"""Can an administrator add, change, order and delete gateways, without texts ceasing unawares?"""

from __future__ import annotations

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from portal import messages
from portal.messages.reasons import Reason
from portal.models import GatewayKind
from portal.web.admin import texts_reasons
from tests import gateway_pages, people
from tests.conftest import settings
from tests.gateway import APPLICATION, KEY, SECRET, Gateway
from tests.gateway_pages import ADD, DELETE, GOOD, LIST, NEW, PRIVATE_KEY, SAVE, TEST, column, kept, order, page
from tests.gateways import add_gateway, add_rule
from tests.people import OTHER_PHONE, MakeUser, MakeVisitor, does, events, rows, told
from tests.visitor import Visitor

boss, other, vonage = gateway_pages.boss, gateway_pages.other, gateway_pages.vonage


def test_a_gateway_is_added_tried_and_turned_on(app: Flask, boss: Visitor, vonage: Gateway, both_databases: str) -> None:
    boss.opens(LIST).sees("Inbox", "Set by the environment")
    boss.clicks(ADD).sees("Vonage Messages API", "Calls the phone and reads the code out")
    boss.clicks("Vonage Messages API Text messages. Its webhooks say whether each has arrived.")
    boss.fills(title="Main line", name="main", api_key=KEY, api_secret=SECRET).submits(ADD)
    assert boss.sees("The gateway is added and still off.", "It is off", "Main line", "Not tried yet", "may be wrong ones")
    boss.clicks(TEST).fills(phone="+4915112345670").submits("Send")
    boss.transport.settle()
    boss.opens(boss.path).sees("The gateway has taken the message.", "Handed over")
    assert vonage.texts("+4915112345670") == ["This is a test message from Portal."]
    boss.submits("Turn on").sees("On. Messages go by it.")
    assert boss.does_not_see("Not tried yet")
    assert column(app, "main", "enabled")
    assert [event for event, _ in events(app)[-4:]] == ["gateway added", "gateway tried", "message", "gateway changed"]


def test_of_two_who_change_a_gateway_the_later_is_told(app: Flask, boss: Visitor, other: Visitor, both_databases: str) -> None:
    here = page(add_gateway(app, "main"))
    boss.opens(here)
    other.opens(here).fills(title="Theirs").submits(SAVE)
    boss.fills(title="Mine", sender="Other").submits(SAVE)
    assert boss.status == 409
    assert boss.sees("other changed this gateway meanwhile", "What holds now:", "Name: Theirs")
    assert column(app, "main", "title") == "Theirs"
    boss.submits(SAVE)
    assert (column(app, "main", "title"), column(app, "main", "sender")) == ("Mine", "Other")


def test_gateways_are_put_in_another_order(app: Flask, boss: Visitor, both_databases: str) -> None:
    for at, name in enumerate(("one", "two", "three"), start=1):
        add_gateway(app, name, position=at)
    boss.opens(LIST).submits("Up Three").sees("Moved.")
    assert order(app) == ["one", "three", "two"]
    boss.submits("Down One")
    assert order(app) == ["three", "one", "two"]
    boss.posts(page(3, "/move"), way="up").sees("It stands there already.")
    assert order(app) == ["three", "one", "two"]


def test_the_gateway_of_the_environment_is_read_only(app: Flask, boss: Visitor) -> None:
    boss.opens(page(0)).sees("Set by the environment", "PORTAL_GATEWAY", "inbox")
    boss.does_not_see(SAVE, DELETE, "Turn off")
    for path in (page(0), page(0, "/enable"), page(0, "/move"), page(0, "/delete")):
        assert boss.opens(page(0)).posts(path, on="off").status == 404


@pytest.mark.settings(VONAGE_API_KEY=KEY, VONAGE_API_SECRET=SECRET)
def test_what_the_environment_has_is_not_asked_for(app: Flask, boss: Visitor) -> None:
    boss.opens(f"{NEW}/vonage").sees("The environment has them", "VONAGE_API_KEY", "VONAGE_API_SECRET")
    boss.does_not_see(KEY, SECRET, "One is kept")
    assert 'name="api_key"' not in boss.page.html
    boss.fills(name="main").submits(ADD).sees("The gateway is added")
    boss.opens(LIST).sees("From the environment")
    typed = {"title": "Main", "sender": "Portal", "per_second": "1", "version": "1", "api_key": "theirs", "api_secret": "x"}
    boss.opens(page(1)).posts(page(1), **typed).sees("Saved.")
    assert kept(app, "main") == {}


@pytest.mark.settings(VONAGE_API_KEY=KEY, VONAGE_API_SECRET=SECRET)
def test_an_environment_that_has_not_enough_is_said(app: Flask, boss: Visitor) -> None:
    gateway_id = add_gateway(app, "calls", kind="vonage-voice", enabled=False, secrets={}, sender="+4915112345678")
    boss.opens(page(gateway_id)).sees("That is not enough for a gateway of this kind.")
    assert boss.submits("Turn on").status == 409
    assert boss.sees("It has no credentials.")
    assert not column(app, "calls", "enabled")


def test_one_whose_secret_cannot_be_read_says_so_and_is_not_turned_on(app: Flask, boss: Visitor) -> None:
    gateway_id = add_gateway(app, "main", enabled=False, secret_key="gone")
    boss.opens(LIST).sees("Can’t be read")
    boss.opens(page(gateway_id)).sees("Enter them once more.")
    assert boss.submits("Turn on").status == 409
    assert boss.sees("for PORTAL_SECRET has changed")
    boss.opens(page(gateway_id)).fills(**GOOD["vonage"]).submits(SAVE).sees("Saved.")
    assert kept(app, "main") == GOOD["vonage"]


def test_secrets_that_the_secret_before_seals_are_sealed_anew(app: Flask) -> None:
    add_gateway(app, "main")
    before = str(column(app, "main", "secret_key"))
    old, new = app.config["PORTAL"].portal_secret, "another root of all keys, long enough: 0123456789"
    changed = {"DATABASE_URL": app.config["PORTAL"].database_url, "PORTAL_SECRET": new}
    from portal import create_app

    later_app = create_app(settings(**changed, PORTAL_SECRET_OLD=old))
    assert kept(later_app, "main") == GOOD["vonage"]
    does(later_app, "cleanup")
    assert column(app, "main", "secret_key") != before
    assert kept(create_app(settings(**changed)), "main") == GOOD["vonage"]


@pytest.fixture
def alone(app: Flask, boss: Visitor) -> Visitor:
    """The administrator of a portal whose gateways are all set up in the console."""
    app.config["PORTAL"] = dataclasses.replace(app.config["PORTAL"], portal_gateway="console")
    from portal.messages import standing

    with app.app_context():
        standing.forget()
    return boss


def test_without_a_gateway_the_page_says_that_nobody_gets_a_code(app: Flask, alone: Visitor) -> None:
    alone.opens(LIST).sees("No gateway for text messages is on.", "can’t log in", "No gateway yet", "No sender is running")
    secrets = {"application_id": APPLICATION, "private_key": PRIVATE_KEY}
    add_gateway(app, "calls", kind="vonage-voice", secrets=secrets, sender="+4915112345678")
    alone.opens(LIST).sees("No gateway for text messages is on.", "Calls")
    add_gateway(app, "main")
    alone.opens(LIST).does_not_see("No gateway for text messages is on.")


def test_turning_the_last_one_off_asks_first(app: Flask, alone: Visitor) -> None:
    gateway_id, spare = add_gateway(app, "main"), add_gateway(app, "spare")
    alone.opens(page(gateway_id)).submits("Turn off").sees("Off. No message goes by it any more.")
    alone.opens(page(spare)).submits("Turn off")
    assert alone.sees("Turn off the last gateway?", "Nobody can get a code until one is on again", "you included")
    assert column(app, "spare", "enabled")
    alone.submits("Turn off").sees("Off.")
    assert not column(app, "spare", "enabled")


def test_deleting_one_takes_it_out_of_the_rules(app: Flask, boss: Visitor, both_databases: str) -> None:
    gateway_id, _spare = add_gateway(app, "main"), add_gateway(app, "spare")
    add_rule(app, "44", "main", "spare")
    add_rule(app, "", "main")
    boss.opens(page(gateway_id)).sees("Named in the rules for", "+44", "everywhere else")
    boss.clicks(DELETE).sees("It is taken out of the rules for everywhere else, +44")
    assert boss.fills(typed="Mane").submits(DELETE).status == 422
    assert "main" in order(app)
    boss.fills(typed="MAIN").submits(DELETE).sees("The gateway is deleted.")
    assert order(app) == ["spare"]
    assert [(row.prefix, "main" in str(row.choices)) for row in rows(app, "SELECT prefix, choices FROM route")] == [("44", False)]


def test_one_that_is_added_under_the_name_of_one_that_is_gone_is_another(app: Flask, boss: Visitor, both_databases: str) -> None:
    first = add_gateway(app, "main")
    boss.opens(page(first)).clicks(DELETE)
    boss.fills(typed="main").submits(DELETE).sees("The gateway is deleted.")
    assert add_gateway(app, "main") > first


def test_messages_go_by_what_was_just_turned_on(
    app: Flask, boss: Visitor, vonage: Gateway, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    gateway_id = add_gateway(app, "main", enabled=False)
    make_user(username="li.na", phone=OTHER_PHONE)
    boss.posts("/admin/settings/texts/rules/new", country="49", gateway_1="main", sender_1="Acme")
    boss.opens(page(gateway_id)).submits("Turn on")
    person = another_visitor(address="192.0.2.9")
    person.logs_in("li.na", "correct horse battery staple").transport.settle()
    assert [text.sender for text in vonage.accepted] == ["Acme"]
    boss.opens(page(gateway_id)).sees("1 sent, 0 failed")


def test_commands_list_show_turn_and_try_gateways(app: Flask, vonage: Gateway) -> None:
    add_gateway(app, "main")
    listed = [(each["name"], each["credentials"]) for each in told(app, "gateway", "list")]
    assert listed == [("inbox", "none"), ("main", "entered")]
    assert told(app, "gateway", "show", "main")["per_second"] == 30
    assert SECRET not in does(app, "gateway", "show", "main")
    assert "Disabled." in does(app, "gateway", "disable", "main")
    assert not column(app, "main", "enabled")
    assert "Enabled." in does(app, "gateway", "enable", "main")
    assert told(app, "gateway", "test", "main", OTHER_PHONE)["state"] == "waiting"
    assert people.command(app, "gateway", "disable", "inbox").exit_code == 1
    assert people.command(app, "gateway", "show", "nothing").exit_code == 1


@pytest.mark.usefixtures("both_databases")
def test_of_many_who_change_a_gateway_at_once_one_succeeds(app: Flask) -> None:
    from portal.messages.routing import upkeep
    from portal.messages.routing.wanted import Asked
    from portal.trace import COMMAND, COMMAND_ACTOR

    gateway_id = add_gateway(app, "main")

    def changes(title: str) -> bool:
        asked = Asked(kind=GatewayKind.VONAGE, title=title, sender="Portal", per_second=30)
        with app.app_context():
            return upkeep.change(gateway_id, 1, asked, COMMAND, actor=COMMAND_ACTOR) is True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(changes, [f"Line {at}" for at in range(8)])) == 1
    assert (column(app, "main", "version"), events(app).count(("gateway changed", "ok"))) == (2, 1)


def test_every_reason_that_a_record_may_have_is_explained() -> None:
    explained = {each for each in Reason if texts_reasons.sentence(each) != each and texts_reasons.remedy(each)}
    assert explained == set(Reason)


@pytest.mark.parametrize(("status", "in_doubt"), [("99", False), ("404", False), ("500", True), ("503", True)])
def test_only_after_a_fault_of_its_server_a_gateway_may_have_sent_it(status: str, in_doubt: bool) -> None:
    assert ("may have arrived" in texts_reasons.remedy(f"status {status}")) is in_doubt


def test_whoever_records_a_reason_takes_it_from_the_list() -> None:
    folder = Path(messages.__file__).parent
    by_hand = re.compile(r"(?:OurFault|Refused|NoRoute|RetryLater|Unknown)\(f?\"|reason=\"")
    assert not [path for path in folder.rglob("*.py") if by_hand.search(path.read_text(encoding="utf-8"))]
