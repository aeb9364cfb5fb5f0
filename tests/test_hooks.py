"""Is a webhook believed that Vonage has written, and what does it do, and never?"""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.extensions import db
from portal.messages import outbox
from portal.models import PhoneState, Purpose
from tests import people
from tests.certificates import application_keys
from tests.conftest import PASSWORD, settings
from tests.gateway import APPLICATION, Gateway
from tests.gateways import PAIR, add_gateway
from tests.handed import IN_FULL, everything, held, sent, settled
from tests.hooks import (
    INBOUND,
    SIGNATURE_SECRET,
    STATUS,
    VOICE,
    VONAGE,
    answered,
    hook,
    parameters,
    receipt,
    signed_parameters,
    status,
)
from tests.letters import PHONE, Letter
from tests.people import Later, MakeUser, MakeVisitor, command, does, is_home, rows

later = people.later
pytestmark = pytest.mark.settings(**VONAGE, VONAGE_APPLICATION_ID=APPLICATION, VONAGE_PRIVATE_KEY=application_keys()[0])


@pytest.mark.usefixtures("both_databases")
def test_a_delivered_message_is_known_to_be(app: Flask) -> None:
    letter = sent(app)

    answer = hook(STATUS, status(letter.id, "delivered", price="0.0333")).arrives(app)

    assert (answer.status, answer.content) == (200, b"")
    row = letter.row
    assert (letter.outcome, row.price, row.currency, row.gateway) == (("delivered", None), 33_300, "EUR", "vonage")
    assert row.created_at <= row.delivered_at <= clock.now()
    assert letter.entries == [("sent", {"message": letter.id}), ("delivered", {"message": letter.id, "gateway": "vonage"})]


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize(("error", "reason"), [
    ("1240", "stopped"), ("1250", "route"), ("1050", "number barred"), ("1180", "absent"), ("1210", "spam"), ("1280", "blocked"),
    ("1360", "expired"), ("1470", "fraud"), ("1472", "fraud"), ("1473", "fraud"), ("1070", "credit"), ("9999", "not delivered"),
])
def test_a_message_that_failed_says_why(app: Flask, error: str, reason: str) -> None:
    letter = sent(app)
    assert hook(STATUS, status(letter.id, "rejected", error=error)).arrives(app).status == 200
    assert letter.outcome == ("failed", reason)
    assert (letter.phone_state is PhoneState.FAILING) is (reason in ("number barred", "blocked"))


@pytest.mark.parametrize("method", ["md5hash", "md5", "sha1", "sha256", "sha512"])
@pytest.mark.parametrize("way", ["GET", "form", "JSON"])
def test_a_receipt_of_the_sms_api_counts_however_it_is_signed_and_sent(app: Flask, way: str, method: str) -> None:
    letter = settled(held(app), reference="0A0000001234567B")
    given = signed_parameters(receipt(letter.id, "failed", **{"err-code": "6", "to": "A&B=C"}), method)

    assert parameters(STATUS, given, way).arrives(app).status == 200
    assert (letter.outcome, letter.row.price) == (("failed", "spam"), 33_300)
    assert parameters(STATUS, given, way).arrives(app).status == 401, "a repeat"


@pytest.mark.parametrize(("said", "outcome"), [
    (["started", "ringing"], ("sent", None)), (["answered", "completed"], ("delivered", None)), (["busy"], ("failed", "busy")),
    (["unanswered"], ("failed", "no answer")), (["timeout"], ("failed", "no answer")), (["rejected"], ("failed", "declined")),
    (["failed"], ("failed", "not delivered")), (["answered", "machine", "completed"], ("failed", "machine")),
    (["completed", "machine"], ("failed", "machine")), (["transfer", "input"], ("sent", None)),
])
def test_a_call_that_was_answered_by_a_person_is_delivered(app: Flask, said: list[str], outcome: tuple[str, str | None]) -> None:
    letter = settled(held(app), reference="call-1")
    for each in said:
        assert hook(VOICE, {"uuid": "call-1", "status": each, "timestamp": "2026-11-28T12:14:25.1Z"}).arrives(app).status == 200
    assert letter.outcome == outcome


def test_a_call_is_known_by_our_name_before_the_gateway_s_answer_is_written_down(app: Flask) -> None:
    letter = held(app)
    assert hook(f"{VOICE}?message={letter.id}", {"uuid": "call-1", "status": "rejected"}).arrives(app).status == 200
    assert settled(letter, reference="call-1").outcome == ("failed", "declined")
    other = settled(held(app, phone="+4915112345699"), reference="call-2")
    hook(f"{VOICE}?message={other.id}", {"uuid": "call-1", "status": "completed"}).arrives(app)
    assert other.outcome == ("sent", None)


@pytest.mark.settings(
    PORTAL_GATEWAY="console", VONAGE_API_KEY="", VONAGE_API_SECRET="", VONAGE_SIGNATURE_SECRET="", VONAGE_APPLICATION_ID="",
    VONAGE_PRIVATE_KEY="")
@pytest.mark.usefixtures("both_databases")
def test_each_account_speaks_for_its_own_messages_alone(app: Flask) -> None:
    add_gateway(app, "one", secrets=PAIR | {"api_key": "key-1", "signature_secret": "secret-of-the-first-account"})
    add_gateway(app, "two", secrets=PAIR | {"api_key": "key-2", "signature_secret": "secret-of-the-second-account"},
                enabled=False)
    add_gateway(app, "lost", secrets=PAIR | {"api_key": "key-3"})
    letter = sent(app)
    letter.changes(gateway="two")
    first = {"secret": "secret-of-the-first-account", "api_key": "key-1"}
    second = {"secret": "secret-of-the-second-account", "api_key": "key-2"}

    assert hook(STATUS, status(letter.id, "delivered"), **first).arrives(app).status == 200
    assert letter.outcome == ("sent", None)
    for claims in (first | {"api_key": "key-2"}, second | {"api_key": "key-1"}, second | {"secret": ""}, {"api_key": "key-3"}):
        assert hook(STATUS, status(letter.id, "delivered"), **claims).arrives(app).status == 401
    assert hook(STATUS, status(letter.id, "delivered"), **second).arrives(app).status == 200
    assert letter.outcome == ("delivered", None)


@pytest.mark.settings(VONAGE_SIGNATURE_SECRET="", VONAGE_UNSIGNED_HOOKS="on")
def test_the_console_says_where_they_come_to_and_what_is_unsafe(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="boss", phone=PHONE, administrator=True)
    does(app, "mfa", "--global", "off")
    does(app, "mfa", "--administrators", "off")
    boss = another_visitor().logs_in("boss", PASSWORD)
    boss.opens("/admin/settings/texts/gateways/0").sees("Webhooks", "No signature secret is known for this gateway")
    found = [node.get("value") for node in boss.page.root.all("input") if node.get("id").startswith("hook-")]
    assert found == [f"http://localhost:5000{path}" for path in (STATUS, INBOUND)]
    assert boss.opens("/admin/").sees("Webhooks are taken unsigned")
    doctor = command(app, "doctor")
    assert (doctor.exit_code, "webhooks: taken unsigned" in doctor.output) == (1, True)


@pytest.mark.settings(VONAGE_SIGNATURE_SECRET="")
def test_the_doctor_names_gateways_whose_webhooks_are_refused(app: Flask) -> None:
    assert "no signature secret is known for vonage" in command(app, "doctor").output


@pytest.mark.usefixtures("both_databases")
def test_no_receipt_decides_anything_about_a_sign_in(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor, caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    make_user(username="li.na", phone=PHONE)
    visitor = another_visitor().logs_in("li.na", PASSWORD)
    [message] = rows(app, "SELECT id FROM message")
    letter = Letter(app, message.id, 0, 0, b"", Purpose.LOGIN, PHONE)
    with app.app_context():
        claimed = outbox.claim(message.id)
    assert claimed is not None
    settled(letter)
    before = everything(app)
    hooks = [status(message.id, "submitted"), *(status(message.id, "rejected", error=each) for each in ("1050", "1240", "9999")),
             status(message.id, "delivered", price="0.01")]
    for said in hooks:
        assert hook(STATUS, said).arrives(app).status == 200
    after = everything(app)
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= {"message", "audit_entry", "allowance", "opt_out", "user", "tally", "counter"}
    [person] = rows(app, 'SELECT phone_state, wrong_codes, suspended, version FROM "user"')
    assert (person.wrong_codes, bool(person.suspended), person.version) == (0, False, 1)
    assert before["sign_in"] == after["sign_in"]
    assert not [row for row in rows(app, "SELECT key FROM allowance") if "EUR" not in row.key and row.key not in str(before)]
    with app.app_context():
        from portal.messages.writing import code_of

        code = code_of(claimed)
    assert is_home(visitor.fills(code=str(code)).submits(), "li.na"), "and the code is as good as before"
    assert PHONE.removeprefix("+") not in caplog.text
    assert SIGNATURE_SECRET not in caplog.text


def test_the_code_page_follows_what_the_receipts_say(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor, later: Later,
) -> None:
    make_user(username="li.na", phone=PHONE)
    with Gateway() as gateway:
        app.config["PORTAL"] = settings(DATABASE_URL=app.config["PORTAL"].database_url, **VONAGE | gateway.settings())
        visitor = another_visitor().logs_in("li.na", PASSWORD)
        visitor.transport.settle()
        first = newest(app)
        assert visitor.opens("/login/code").sees("Text message sent.")
        said = status(first.id, "undeliverable", error="1180", reference=first.reference)
        assert hook(STATUS, said, application_id=None).arrives(app).status == 200
        assert visitor.opens("/login/code").sees("Your phone could not be reached.")
        later(31)
        visitor.opens("/login/code").submits("Send the code again")
        visitor.transport.settle()
        second = newest(app)
        said = status(second.id, "delivered", reference=second.reference)
        assert hook(STATUS, said, application_id=None, iat=int(clock.now())).arrives(app).status == 200
        assert visitor.opens("/login/code").sees("Text message delivered.")
        code = gateway.texts(PHONE)[-1].rpartition("#")[2]
        assert is_home(visitor.fills(code=code).submits(), "li.na")


def newest(app: Flask) -> Any:
    return rows(app, "SELECT id, reference FROM message ORDER BY id DESC")[0]


def test_only_webhooks_and_metrics_are_for_machines(app: Flask) -> None:
    marked = {name for name, view in app.view_functions.items() if getattr(view, "machines", False)}
    assert {"hooks.status", "hooks.inbound", "hooks.voice"} <= marked
    assert marked <= {"hooks.status", "hooks.inbound", "hooks.voice", "metrics.show"}


def test_a_machine_is_given_no_cookie_and_asked_for_no_form(app: Flask) -> None:
    letter = sent(app)
    good = hook(f"{STATUS}?lang=zh", status(letter.id, "delivered"))
    good.headers += [("Sec-Fetch-Site", "cross-site"), ("Cookie", "portal=x")]
    answers = [good.arrives(app), hook(f"{STATUS}?lang=zh", answered("STOP"), bearer="").arrives(app)]
    assert [answer.status for answer in answers] == [200, 401]
    assert [answer.header("Set-Cookie") for answer in answers] == ["", ""]


def test_trials_have_no_webhooks(app: Flask) -> None:
    assert hook(f"/trial{STATUS}", IN_FULL).arrives(app).status == 404


def test_a_database_row_finds_its_message_by_its_index(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        plan = connection.execute(text("EXPLAIN QUERY PLAN UPDATE message SET price = 1 WHERE reference = 'a'")).all()
    assert "ix_message_reference" in str(plan)
