"""Does a test message go by the gateway that is tried, within its budget, and is what came of it explained?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import gateway_pages, people
from tests.gateway import APPLICATION, KEY, SECRET, Gateway
from tests.gateway_pages import ADD, LIST, NEW, PRIVATE_KEY, SAVE, page
from tests.gateways import add_gateway
from tests.people import OTHER_PHONE, rows
from tests.visitor import Visitor

boss, vonage = gateway_pages.boss, gateway_pages.vonage


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
    assert boss.opens(LIST).does_not_see("Fails")


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
    assert (boss.status, int(boss.answer.header("Retry-After") or 0) > 0) == (429, True)
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


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "9" * 300, "7"])
def test_a_test_that_there_is_not_is_not_found(app: Flask, boss: Visitor, number: str) -> None:
    gateway_id = add_gateway(app, "main")
    assert boss.opens(page(gateway_id, f"/test?message={number}")).status == (200 if number == "0" else 404)
