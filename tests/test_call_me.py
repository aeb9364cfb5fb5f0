"""Does somebody whom no text reaches get their code by a call, and does a call cost what a text costs?"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from portal.database import writing
from portal.messages.reasons import Reason
from portal.messages.receipts import errors
from portal.models import Channel, GatewayKind
from portal.web.failures import failed
from tests.gateways import add_gateway
from tests.people import (
    OTHER_PHONE,
    PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    comes_in,
    command,
    events,
    is_home,
    kills_code,
    later,
    leads_to,
    retry_after,
    rows,
)
from tests.visitor import Visitor

__all__ = ["later"]
CALL = "Call me instead"
NO_INBOX = {"PORTAL_GATEWAY": "console"}


def waits(visitor: Visitor, later: Later, seconds: float = 31) -> Visitor:
    """Look at the code page again when so much time has passed."""
    later(seconds)
    return visitor.opens("/login/code")


def asks(visitor: Visitor, words: str) -> Visitor:
    """Press the button that begins with those words: behind them it may say when."""
    named = [button.words() for form in visitor.page.forms for button in form.buttons if button.words().startswith(words)]
    assert named, f"no button {words!r}: {visitor.page.text!r}"
    return visitor.submits(named[0])


def is_called(visitor: Visitor, button: str = CALL) -> Visitor:
    asks(visitor, button)
    assert leads_to(visitor, "/login/code")
    visitor.transport.settle()
    return visitor.opens("/login/code")


def messages(app: Flask) -> list[tuple[str, str]]:
    return [(row.channel, row.state) for row in rows(app, "SELECT channel, state FROM message ORDER BY id")]


def becomes(app: Flask, state: str, reason: str | None = None) -> None:
    """What a gateway or a receipt would say of the newest message."""
    newest = "UPDATE message SET state = :state, reason = :reason WHERE id = (SELECT max(id) FROM message)"
    with app.app_context(), writing() as connection:
        connection.execute(text(newest), {"state": state, "reason": reason})


def test_whoever_gets_no_text_is_told_the_same_code_by_a_call(
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later,
) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", "correct horse battery staple")
    written = visitor.reads_code(PHONE)
    is_called(waits(visitor, later))

    assert visitor.sees("Enter the 6-digit code that the call tells you.", "We are calling you.")
    assert visitor.hears_code(PHONE) == written
    assert messages(app) == [("text", "sent"), ("voice", "sent")]
    assert is_home(visitor.fills(code=written).submits(), "li.na")


def test_a_call_says_who_calls_and_names_no_address(visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na", phone=PHONE)
    is_called(waits(visitor.logs_in("li.na", "correct horse battery staple"), later))
    said = str(visitor.text_messages(PHONE)[0]["text"])

    assert said.startswith("This is Portal. Your code is: ")
    assert "@" not in said
    assert "#" not in said


def test_a_call_speaks_the_language_of_whoever_asks(
    another_visitor: MakeVisitor, make_user: MakeUser, later: Later,
) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor = another_visitor(language="zh-CN")
    waits(visitor.logs_in("li.na", "correct horse battery staple"), later)
    is_called(visitor, "改用语音电话")

    assert "您的验证码是" in str(visitor.text_messages(PHONE)[0]["text"])


@pytest.mark.parametrize("first", ["text", "call"])
def test_a_call_and_a_text_wait_for_each_other(visitor: Visitor, make_user: MakeUser, later: Later, first: str) -> None:
    make_user(username="li.na", phone=PHONE)
    waits(visitor.logs_in("li.na", "correct horse battery staple"), later)
    asks(visitor, "Send the code again") if first == "text" else is_called(visitor)
    asks(visitor, CALL if first == "text" else "Send a text message instead")

    assert visitor.status == 429
    assert retry_after(visitor) >= 25
    assert visitor.sees("You can send again in")


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_PER_NUMBER_HOUR="2")
def test_a_call_is_taken_from_the_budgets_of_texts(app: Flask, visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na", phone=PHONE)
    is_called(waits(visitor.logs_in("li.na", "correct horse battery staple"), later))
    asks(waits(visitor, later, 200), "Call me again")

    assert (visitor.status, len(messages(app))) == (429, 2)
    assert visitor.sees("Nothing was sent.")


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_PER_SIGN_IN="2")
def test_no_call_is_offered_when_no_message_is_left(visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na", phone=PHONE)
    is_called(waits(visitor.logs_in("li.na", "correct horse battery staple"), later))

    assert visitor.does_not_see("/login/code/call", "/login/code/resend")
    assert visitor.posts("/login/code/call").status == 422


def test_a_call_follows_a_dead_code_with_a_new_one(visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", "correct horse battery staple")
    written = visitor.text_messages(PHONE)[0]["code"]
    kills_code(visitor, PHONE)
    is_called(waits(visitor, later, 61))

    assert visitor.hears_code(PHONE) != written
    assert is_home(visitor.fills(code=visitor.hears_code(PHONE)).submits(), "li.na")


def test_a_number_may_be_proven_by_a_call(visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na")
    visitor.logs_in("li.na", "correct horse battery staple").fills(country="DE", phone=PHONE).submits()
    is_called(waits(visitor, later))

    assert is_home(visitor.fills(code=visitor.hears_code(PHONE)).submits(), "li.na")


def test_a_call_to_another_number_tells_that_numbers_code(visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na")
    visitor.logs_in("li.na", "correct horse battery staple").fills(country="DE", phone=PHONE).submits()
    is_called(waits(visitor, later))
    visitor.clicks("Change the number").fills(country="DE", phone=OTHER_PHONE).submits()
    is_called(waits(visitor, later, 200))

    assert is_home(visitor.fills(code=visitor.hears_code(OTHER_PHONE)).submits(), "li.na")


def test_somebody_who_steps_up_may_be_called_too(app: Flask, visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na", phone=PHONE)
    assert command(app, "user", "bypass", "li.na", "--minutes", "5").exit_code == 0
    visitor.logs_in("li.na", "correct horse battery staple")
    with app.app_context(), writing() as connection:
        connection.execute(text("UPDATE sign_in SET methods = '{\"pwd\": 1}'"))
    assert visitor.opens("/").sees("One more step")
    assert visitor.does_not_see("/login/code/call")
    asks(visitor, "Send verification code")
    is_called(waits(visitor, later))

    assert is_home(visitor.fills(code=visitor.hears_code(PHONE)).submits(), "li.na")


@pytest.mark.settings(**NO_INBOX)
@pytest.mark.parametrize("kind", [None, GatewayKind.VONAGE_SMS])
def test_no_call_is_offered_where_no_gateway_calls(
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later, kind: GatewayKind | None,
) -> None:
    if kind:
        add_gateway(app, "some", kind=kind)
    make_user(username="li.na", phone=PHONE)
    waits(visitor.logs_in("li.na", "correct horse battery staple"), later)

    assert visitor.does_not_see("/login/code/call")
    assert visitor.posts("/login/code/call").status == 422
    assert visitor.sees("We can’t call that number. Send the code again as a text message.")
    assert [channel for channel, _state in messages(app)] == ["text"]
    assert ("code not sent", "no_call") not in events(app)


@pytest.mark.settings(**NO_INBOX)
@pytest.mark.parametrize("enabled", [True, False])
def test_a_call_is_offered_as_long_as_a_gateway_that_calls_is_in_use(
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later, enabled: bool,
) -> None:
    add_gateway(app, "some", kind=GatewayKind.VONAGE_VOICE, enabled=enabled)
    make_user(username="li.na", phone=PHONE)
    waits(visitor.logs_in("li.na", "correct horse battery staple"), later)

    assert (CALL in visitor.page.text) is enabled


def test_no_call_comes_before_a_first_text(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", "correct horse battery staple")
    with app.app_context(), writing() as connection:
        connection.execute(text("UPDATE sign_in SET texts = 0, code_nonce = NULL, code_expires_at = NULL"))
        connection.execute(text("DELETE FROM allowance"))
    visitor.opens("/login/code")

    assert visitor.does_not_see("/login/code/call")
    assert visitor.posts("/login/code/call").status == 422


def test_a_call_needs_a_form_of_the_portals(visitor: Visitor, make_user: MakeUser, app: Flask, later: Later) -> None:
    make_user(username="li.na", phone=PHONE)
    waits(visitor.logs_in("li.na", "correct horse battery staple"), later)
    visitor.posts("/login/code/call", csrf_token="forged")

    assert visitor.status == 400
    assert visitor.sees("Verification code login")
    assert len(messages(app)) == 1


def test_a_call_is_told_in_the_audit_log(app: Flask, visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na", phone=PHONE)
    is_called(waits(visitor.logs_in("li.na", "correct horse battery staple"), later))
    details = [row.detail for row in rows(app, "SELECT detail FROM audit_entry WHERE event = 'code sent' ORDER BY id")]

    assert ['"call": true' in detail for detail in details] == [False, True]


@pytest.mark.parametrize(("reason", "said"), [
    ("number", "That number cannot receive text messages. Check the number or ask your administrator."),
    ("stopped", "This number has answered STOP to our text messages."),
    ("route", "Our text messages do not reach that number."),
    ("absent", "Your phone could not be reached. Check that your phone is switched on and has reception."),
    ("expired", "Your phone could not be reached in time."),
    ("fraud", "Text messages to that number are held up for the moment"),
    ("number barred", "That number takes no text messages from us."),
    ("blocked", "The network operator did not let the text message through."),
    ("spam", "The network operator took the text message for an unwanted one."),
    ("not delivered", "The text message did not arrive."),
    ("credentials", "The text message could not be sent. Send the code again in a moment, or ask your administrator."),
    ("no gateway", "The text message could not be sent."),
    (None, "The text message could not be sent."),
])
def test_a_text_that_failed_says_why_and_leaves_a_call_open(
    app: Flask, visitor: Visitor, make_user: MakeUser, reason: str | None, said: str,
) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", "correct horse battery staple").reads_code(PHONE)
    becomes(app, "failed", reason)
    visitor.opens("/login/code")

    assert visitor.sees(said, CALL)
    assert visitor.does_not_see("Text message sent.", "Valid for", "from the text message")


@pytest.mark.parametrize(("state", "reason", "said"), [
    ("waiting", None, "Calling…"), ("sending", None, "Calling…"),
    ("sent", None, "We are calling you. Your phone rings in a moment."),
    ("delivered", None, "The call was answered."), ("unknown", "time-out", "We don’t know whether the call reaches you."),
    ("expired", None, "The call could not be made in time."), ("failed", "busy", "The line was busy."),
    ("failed", "no answer", "Nobody answered our call."), ("failed", "machine", "An answering machine took our call"),
    ("failed", "credentials", "We could not call you."), ("failed", "number", "That number cannot be called."),
])
def test_the_page_says_what_became_of_a_call(  # noqa: PLR0917 - the fixtures, and the row of the table
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later, state: str, reason: str | None, said: str,
) -> None:
    make_user(username="li.na", phone=PHONE)
    is_called(waits(visitor.logs_in("li.na", "correct horse battery staple"), later))
    becomes(app, state, reason)

    assert visitor.opens("/login/code").sees(said, "Call me again", "Send a text message instead")
    assert visitor.does_not_see("Text message sent.")


@pytest.mark.parametrize(("state", "again"), [
    ("waiting", True), ("sending", True), ("sent", True), ("delivered", False), ("failed", False), ("unknown", True),
])
def test_whoever_has_no_script_may_look_again_while_something_may_change(
    app: Flask, visitor: Visitor, make_user: MakeUser, state: str, again: bool,
) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", "correct horse battery staple")
    becomes(app, state)

    assert ("Check again" in visitor.opens("/login/code").page.html) is again


def test_every_reason_of_a_receipt_that_concerns_the_reader_has_words(app: Flask) -> None:
    concern_operators = {Reason.CREDIT, Reason.THROTTLED, Reason.SENDER, Reason.ACCOUNT_BARRED, Reason.DEMO}
    of_texts = {*errors.MESSAGES.values(), *errors.TEXTS.values(), Reason.NOT_DELIVERED} - concern_operators

    with app.test_request_context():
        assert all(failed(reason) != failed("") for reason in of_texts)
        assert all(failed(reason) == failed("") for reason in concern_operators)
        assert all(failed(reason, Channel.VOICE) != failed("", Channel.VOICE) for reason in errors.CALLS.values())


def test_somebody_who_answered_stop_is_told_how_to_start_again(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    from tests.conftest import settings

    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", "correct horse battery staple")
    becomes(app, "failed", "stopped")

    assert settings().vonage_sender == "Portal"
    assert visitor.opens("/login/code").sees("Let us call you instead, or ask your administrator.")


@pytest.mark.settings(VONAGE_SENDER="4915700000000")
def test_the_number_to_send_start_to_is_named(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", "correct horse battery staple")
    becomes(app, "failed", "stopped")

    assert visitor.opens("/login/code").sees("Send START to +4915700000000, then send the code again.")


def test_somebody_who_answered_stop_may_still_be_called(
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later,
) -> None:
    make_user(username="li.na", phone=PHONE)
    with app.app_context(), writing() as connection:
        connection.execute(text("INSERT INTO opt_out (phone, stopped_at) VALUES (:phone, 1)"), {"phone": PHONE})
    visitor.logs_in("li.na", "correct horse battery staple")
    visitor.transport.settle()
    assert visitor.opens("/login/code").sees("This number has answered STOP")
    is_called(waits(visitor, later))

    assert messages(app) == [("text", "failed"), ("voice", "sent")]
    assert is_home(visitor.fills(code=visitor.hears_code(PHONE)).submits(), "li.na")


def test_the_way_by_text_is_as_it_was(visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)

    assert is_home(comes_in(visitor, "li.na", PHONE), "li.na")
