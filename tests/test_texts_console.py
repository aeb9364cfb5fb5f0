"""Can an administrator set gateways up, and find out at three in the morning why nothing leaves?"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from portal import messages
from portal.messages.reasons import Reason
from portal.messages.routing.kinds import CREDENTIALS
from portal.models import GatewayKind
from portal.web.admin import texts_reasons
from tests import people
from tests.certificates import application_keys
from tests.conftest import settings
from tests.gateway import APPLICATION, KEY, SECRET, Gateway
from tests.gateways import add_gateway, add_rule
from tests.people import OTHER_PHONE, PHONE, Later, MakeUser, MakeVisitor, comes_in, does, events, rows, told
from tests.visitor import Visitor

later = people.later
LIST, NEW = "/admin/settings/texts", "/admin/settings/texts/gateways/new"
ADD, SAVE, DELETE, TEST = "Add gateway", "Save changes", "Delete gateway", "Send a test message"
PRIVATE_KEY = application_keys()[0]
ALONE = {"PORTAL_GATEWAY": "console"}


@pytest.fixture
def boss(make_user: MakeUser, visitor: Visitor) -> Visitor:
    """An administrator who has just come in."""
    make_user(username="boss", phone=PHONE, administrator=True)
    return comes_in(visitor, "boss", PHONE)


@pytest.fixture
def other(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """Another administrator, elsewhere."""
    make_user(username="other", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.7"), "other", OTHER_PHONE)


@pytest.fixture
def vonage(app: Flask) -> Iterator[Gateway]:
    """Vonage, which the portal reaches."""
    with Gateway() as server:
        app.config["PORTAL"] = dataclasses.replace(
            app.config["PORTAL"], vonage_api_host=server.host, vonage_rest_host=server.host, vonage_timeout=1,
            vonage_ca_file=str(server.ca_file))
        yield server


def page(gateway_id: int, part: str = "") -> str:
    return f"/admin/settings/texts/gateways/{gateway_id}{part}"


def column(app: Flask, name: str, what: str) -> object:
    return rows(app, f"SELECT {what} AS it FROM gateway WHERE name = :name", name=name)[0].it


def order(app: Flask) -> list[str]:
    return [row.name for row in rows(app, "SELECT name FROM gateway ORDER BY position, id")]


def details(app: Flask) -> str:
    return " ".join(str(row.detail) for row in rows(app, "SELECT detail FROM audit_entry"))


def kept(app: Flask, name: str) -> dict[str, str]:
    """The credentials that were entered for a gateway."""
    from portal.messages import standing
    from portal.messages.routing import credentials

    with app.app_context():
        gateway = standing.fresh().named(name)
        assert gateway is not None
        return dict(credentials.entered(gateway))


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


def test_new_keys_are_not_tried_until_a_message_went_by_them_and_the_doctor_says_so(
    app: Flask, boss: Visitor, vonage: Gateway, both_databases: str,
) -> None:
    boss.opens(f"{NEW}/vonage").fills(title="Main line", name="main", api_key=KEY, api_secret="wrong").submits(ADD)
    boss.submits("Turn on").opens(LIST).sees("Not tried yet")
    assert "nothing has gone since what it sends with was entered by Main line" in people.command(app, "doctor").output
    boss.opens(page(1, "/test")).fills(phone=OTHER_PHONE).submits("Send").transport.settle()
    boss.opens(boss.path).sees("does not know our credentials")
    boss.clicks("Settings of the gateway").sees("It fails at the moment.")
    boss.fills(api_secret=SECRET).submits(SAVE).sees("Saved. It holds at once.", "No message has gone by it")
    boss.opens(page(1, "/test")).fills(phone=OTHER_PHONE).submits("Send").transport.settle()
    boss.opens(page(1)).does_not_see("No message has gone by it")
    boss.fills(sender="Acme").submits(SAVE).sees("Saved. It holds at once.")
    assert boss.does_not_see("No message has gone by it")
    assert "since what it sends with" not in people.command(app, "doctor").output


def test_a_test_goes_by_that_gateway_alone(app: Flask, boss: Visitor, vonage: Gateway) -> None:
    gateway_id = add_gateway(app, "broken", enabled=False)
    vonage.answers("401")
    boss.opens(page(gateway_id, "/test")).fills(phone=OTHER_PHONE).submits("Send")
    boss.transport.settle()
    boss.opens(boss.path).sees("The gateway does not know our credentials.", "Enter them once more, exactly as")
    assert rows(app, "SELECT gateway, state FROM message ORDER BY id DESC")[0] == ("broken", "failed")
    assert boss.text_messages(OTHER_PHONE) == []


@pytest.mark.parametrize("told", [
    ("402", "The gateway’s credit is used up.", "Top the account up"),
    ("422", "That number cannot receive text messages.", "The gateway itself works."),
    ("429", "The gateway asked for a pause.", "It is tried again by itself."),
    ("500", "The gateway answered with the status 500.", "so it is not sent again"),
    ("html", "The gateway’s answer cannot be read.", "so it is not sent again"),
    ("close", "The gateway’s answer cannot be read.", "so it is not sent again"),
    ("redirect", "The gateway sent us elsewhere.", "Enter the address at which it really answers."),
])
def test_what_the_gateway_said_is_explained(
    app: Flask, boss: Visitor, vonage: Gateway, told: tuple[str, str, str],
) -> None:
    mode, said, helps = told
    vonage.answers(mode)
    boss.opens(page(add_gateway(app, "main"), "/test")).fills(phone=OTHER_PHONE).submits("Send")
    boss.transport.settle()
    boss.opens(boss.path).sees(said, helps)


def test_a_gateway_that_cannot_be_reached_says_so_and_the_list_calls_it_failing(
    app: Flask, boss: Visitor, vonage: Gateway,
) -> None:
    gateway_id = add_gateway(app, "gone", settings={"api_host": "127.0.0.1:9"})
    boss.opens(page(gateway_id, "/test")).fills(phone=OTHER_PHONE).submits("Send")
    boss.transport.settle()
    boss.opens(boss.path).sees("The gateway cannot be reached.", "See whether this machine reaches the host", "Waiting")
    boss.opens(LIST).sees("Fails", "0 sent, 1 failed", "The gateway cannot be reached")
    boss.opens(page(gateway_id)).sees("It fails at the moment. The gateway cannot be reached. Nothing was sent.")


def test_one_that_has_just_begun_to_fail_is_called_failing(app: Flask, boss: Visitor, vonage: Gateway) -> None:
    here = page(add_gateway(app, "main"), "/test")
    for mode, fails in (("ok", False), ("402", False), ("402", False), ("402", True), ("ok", False)):
        vonage.answers(mode)
        boss.opens(here).fills(phone=OTHER_PHONE).submits("Send").transport.settle()
        assert ("Fails" in boss.opens(LIST).page.text) is fails
    boss.sees("2 sent, 3 failed")


def test_a_number_to_blame_makes_no_gateway_a_failing_one(app: Flask, boss: Visitor, vonage: Gateway) -> None:
    vonage.answers("422")
    boss.opens(page(add_gateway(app, "main"), "/test")).fills(phone=OTHER_PHONE).submits("Send")
    boss.transport.settle()
    boss.opens(LIST).does_not_see("Fails")


def test_no_test_goes_where_no_message_may(app: Flask, boss: Visitor) -> None:
    for number, said in (("+44 9012345678", "can’t receive our text messages"), ("12", "isn’t a whole phone number")):
        boss.opens(page(0, "/test")).fills(phone=number).submits("Send")
        assert boss.status == 422
        assert boss.sees(said)
    assert not rows(app, "SELECT id FROM message WHERE purpose = 'test'")


def test_tests_are_taken_from_a_budget(app: Flask, boss: Visitor) -> None:
    from portal.messages import trying

    for _ in range(trying.MOST_IN_AN_HOUR):
        boss.opens(page(0, "/test")).fills(phone=OTHER_PHONE).submits("Send")
        assert boss.status == 200
    boss.opens(page(0, "/test")).fills(phone=OTHER_PHONE).submits("Send")
    assert boss.status == 429
    assert boss.sees("The budget of messages is used up.")
    assert len(rows(app, "SELECT id FROM message WHERE purpose = 'test'")) == trying.MOST_IN_AN_HOUR


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_IN_A_DAY="2")
def test_the_ceiling_of_the_day_holds_for_tests_too(app: Flask, boss: Visitor) -> None:
    for status in (200, 429):
        boss.opens(page(0, "/test")).fills(phone=OTHER_PHONE).submits("Send")
        assert boss.status == status
    assert len(rows(app, "SELECT id FROM message WHERE purpose = 'test'")) == 1


def test_the_test_of_one_gateway_is_not_shown_as_that_of_another(app: Flask, boss: Visitor) -> None:
    boss.opens(page(0, "/test")).fills(phone=OTHER_PHONE).submits("Send")
    message = boss.path.rpartition("=")[2]
    login = rows(app, "SELECT id FROM message WHERE purpose = 'login'")[0].id
    add_gateway(app, "main")
    assert boss.opens(page(1, f"/test?message={message}")).status == 404
    assert boss.opens(page(0, f"/test?message={login}")).status == 404


def test_calls_are_tried_as_calls(app: Flask, boss: Visitor) -> None:
    secrets = {"application_id": APPLICATION, "private_key": PRIVATE_KEY}
    gateway_id = add_gateway(app, "calls", kind="vonage-voice", secrets=secrets, sender="+4915112345678")
    boss.opens(page(gateway_id, "/test")).sees("The phone is called, and hears a sentence.")
    boss.fills(phone=OTHER_PHONE).submits("Send")
    assert rows(app, "SELECT channel, via FROM message ORDER BY id DESC")[0] == ("voice", "calls")


GOOD: dict[str, dict[str, str]] = {
    "vonage": {"api_key": KEY, "api_secret": SECRET},
    "vonage-sms": {"api_key": KEY, "api_secret": SECRET},
    "vonage-voice": {"application_id": APPLICATION, "private_key": PRIVATE_KEY, "sender": "+4915112345678"},
    "http": {"http_address": "https://sms.example.com/send", "secret": "s3cret"},
    "mail": {"mail_address": "{to_digits}@sms.example.com"},
}


@pytest.mark.parametrize("kind", GOOD)
def test_each_kind_is_asked_for_what_it_needs(app: Flask, boss: Visitor, kind: str) -> None:
    boss.opens(f"{NEW}/{kind}").fills(**GOOD[kind]).submits(ADD)
    assert boss.sees("The gateway is added and still off.", f"{kind}-1")
    assert kept(app, f"{kind}-1") == {name: value.strip() for name, value in GOOD[kind].items()
                                      if name in CREDENTIALS[GatewayKind(kind)]}
    boss.opens(page(1)).submits(SAVE).sees("Nothing was changed.")


@pytest.mark.parametrize(("kind", "typed", "said"), [
    ("vonage", {"title": ""}, "A title has 1 to 80 characters"),
    ("vonage", {"title": "A\u202eB"}, "none that can’t be seen"),
    ("vonage", {"name": "vonage"}, "is not that of a kind"),
    ("vonage", {"name": "no spaces"}, "A name has 1 to 32 small letters"),
    ("vonage", {"sender": "Twelve chars"}, "up to 11 letters and digits"),
    ("vonage", {"sender": ""}, "up to 11 letters and digits"),
    ("vonage", {"per_second": "0"}, "Write a whole number from 1 to 10000."),
    ("vonage", {"per_second": "many"}, "Write a whole number from 1 to 10000."),
    ("vonage", {"per_second": "٣"}, "Write a whole number from 1 to 10000."),
    ("vonage", {"per_second": "9" * 5_000}, "Write a whole number from 1 to 10000."),
    ("vonage", {"host": "https://api.nexmo.com"}, "without https:// and without a path"),
    ("vonage", {"api_secret": ""}, "Enter key and secret, or the application’s ID and its private key."),
    ("vonage", {"application_id": APPLICATION}, "The application’s ID and its private key are needed, both."),
    ("vonage", {"api_secret": "two words"}, "at Vonage no blanks"),
    ("vonage-sms", {"api_key": ""}, "Key and secret are needed."),
    ("vonage-voice", {"private_key": ""}, "The application’s ID and its private key are needed, both."),
    ("vonage-voice", {"private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}, "isn’t a private key"),
    ("vonage-voice", {"private_key": PRIVATE_KEY.replace("PRIVATE", "RSA PRIVATE")}, "isn’t a private key"),
    ("vonage-voice", {"sender": "Portal"}, "A call comes from a number of your account"),
    ("http", {"http_address": "http://sms.example.com/"}, "It begins with https://"),
    ("mail", {"mail_address": "somebody"}, "Write a mail address such as"),
])
def test_what_cannot_be_taken_is_said_beside_its_field(
    app: Flask, boss: Visitor, kind: str, typed: dict[str, str], said: str,
) -> None:
    boss.opens(f"{NEW}/{kind}").fills(**(GOOD[kind] | typed)).submits(ADD)
    assert boss.status == 422
    assert boss.sees(said)
    assert boss.page.html.count('aria-invalid="true"') >= 1
    boss.does_not_see(SECRET, PRIVATE_KEY)
    assert order(app) == []


def test_a_name_is_given_once(app: Flask, boss: Visitor) -> None:
    add_gateway(app, "main")
    boss.opens(f"{NEW}/vonage").fills(name="main", **GOOD["vonage"]).submits(ADD)
    assert boss.status == 422
    assert boss.sees("Another gateway has that name already.")


def test_secrets_are_written_and_never_shown(app: Flask, boss: Visitor, later: Later) -> None:
    later(601)
    boss.opens(f"{NEW}/vonage").fills(name="main", signature_secret="of-the-webhooks", **GOOD["vonage"]).submits(ADD)
    assert SECRET not in str(rows(app, "SELECT held FROM sign_in"))
    boss.fills(password="correct horse battery staple").submits("Confirm").enters_code(PHONE).submits("Go on")
    assert boss.sees("The gateway is added", "One is kept, and shown to nobody.")
    for each in (boss, boss.opens(f"{LIST}"), boss.opens("/admin/audit")):
        each.does_not_see(KEY, SECRET, "of-the-webhooks")
    assert SECRET not in f"{details(app)} {column(app, 'main', 'secret')!r} {column(app, 'main', 'settings')}"
    boss.opens(page(1)).fills(api_secret="another-one").submits(SAVE).sees("Saved. It holds at once.")
    assert kept(app, "main") == {"api_key": KEY, "api_secret": "another-one", "signature_secret": "of-the-webhooks"}
    assert "another-one" not in details(app)
    assert json.loads(str(rows(app, "SELECT detail FROM audit_entry ORDER BY id DESC")[0].detail))["credentials"] == "api_secret"


def test_empty_fields_keep_the_credentials_but_not_for_another_host(app: Flask, boss: Visitor) -> None:
    gateway_id = add_gateway(app, "main")
    boss.opens(page(gateway_id)).fills(title="Main line", per_second="5").submits(SAVE).sees("Saved. It holds at once.")
    assert kept(app, "main") == {"api_key": KEY, "api_secret": SECRET}
    boss.fills(host="api.example.com").submits(SAVE)
    assert boss.status == 422
    assert boss.sees("Messages would go to another address with the credentials that are kept.")
    assert "example.com" not in str(column(app, "main", "settings"))
    boss.fills(host="api.example.com", api_key="other", api_secret="new").submits(SAVE).sees("Saved.")
    assert kept(app, "main") == {"api_key": "other", "api_secret": "new"}


def test_the_secret_of_a_described_provider_goes_to_no_other_address(app: Flask, boss: Visitor) -> None:
    boss.opens(f"{NEW}/http").fills(**GOOD["http"]).submits(ADD)
    boss.fills(http_address="https://elsewhere.example.com/").submits(SAVE)
    assert boss.status == 422
    assert boss.sees("Messages would go to another address with the credentials that are kept.")
    assert "elsewhere" not in str(column(app, "http-1", "settings"))


def test_credentials_can_be_forgotten_for_others(app: Flask, boss: Visitor) -> None:
    gateway_id = add_gateway(app, "main")
    typed = {"application_id": APPLICATION, "private_key": PRIVATE_KEY}
    boss.opens(page(gateway_id)).fills(**typed).fills("Forget what is kept", True).submits(SAVE).sees("Saved.")
    assert kept(app, "main") == {"application_id": APPLICATION, "private_key": PRIVATE_KEY.strip()}


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


def test_whoever_records_a_reason_takes_it_from_the_list() -> None:
    folder = Path(messages.__file__).parent
    by_hand = re.compile(r"(?:OurFault|Refused|NoRoute|RetryLater|Unknown)\(f?\"|reason=\"")
    assert not [path for path in folder.rglob("*.py") if by_hand.search(path.read_text(encoding="utf-8"))]


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "9" * 300, "7"])
def test_a_test_that_there_is_not_is_not_found(app: Flask, boss: Visitor, number: str) -> None:
    gateway_id = add_gateway(app, "main")
    assert boss.opens(page(gateway_id, f"/test?message={number}")).status == (200 if number == "0" else 404)
