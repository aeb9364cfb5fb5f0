"""Is a webhook believed that Vonage has written, and none else? And is what it says written down once, whatever comes when?"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import permutations
from typing import Any
from unittest.mock import Mock

import jwt
import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from portal import clock
from portal.extensions import db
from portal.messages import outbox, standing
from portal.messages.outbox import Outcome
from portal.messages.sweep import sweep
from portal.models import MessageState, PhoneState, Purpose
from tests import people
from tests.certificates import application_keys
from tests.conftest import PASSWORD, settings
from tests.gateway import APPLICATION, KEY, Gateway
from tests.gateways import PAIR, add_gateway
from tests.hooks import (
    INBOUND,
    SIGNATURE_SECRET,
    STATUS,
    VOICE,
    VONAGE,
    Hook,
    answered,
    base64url,
    hook,
    parameters,
    receipt,
    signed_parameters,
    status,
    token,
)
from tests.letters import PHONE, Letter, write
from tests.people import Later, MakeUser, MakeVisitor, command, does, is_home, rows
from tests.servers import Portal
from tests.transports import OverNetwork

later = people.later
pytestmark = pytest.mark.settings(**VONAGE, VONAGE_APPLICATION_ID=APPLICATION, VONAGE_PRIVATE_KEY=application_keys()[0])
IN_FULL = json.dumps(status(1, "delivered")).encode()


def held(app: Flask, **about: Any) -> Letter:
    """A message that a sender has in hand."""
    letter = write(app, **about)
    with app.app_context():
        assert outbox.claim(letter.id)
    return letter


def settled(letter: Letter, state: MessageState = MessageState.SENT, *, reference: str | None = "ref-1", **about: Any) -> Letter:
    """The gateway's own answer is written down."""
    from portal.database import writing

    outcome = Outcome(state=state, reference=reference, gateway="vonage", sender="Portal", **about)
    with letter.app.app_context(), writing() as connection:
        outbox.settle(connection, letter, outcome)  # type: ignore[arg-type]
    return letter


def sent(app: Flask, **about: Any) -> Letter:
    return settled(held(app, **about))


def everything(app: Flask) -> dict[str, list[Any]]:
    """All rows of all tables."""
    from portal.extensions import metadata

    return {name: sorted(map(repr, rows(app, f'SELECT * FROM "{name}"'))) for name in metadata.tables}


# --- believed


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


# --- forged


def altered(body: bytes, written: str) -> Hook:
    return hook(STATUS, body, bearer=written)


def with_header(header: dict[str, Any]) -> Callable[[bytes], Hook]:
    return lambda body: hook(STATUS, body, header=header)


def with_claims(**claims: Any) -> Callable[[bytes], Hook]:
    return lambda body: hook(STATUS, body, **claims)


def by_key(body: bytes) -> Hook:
    """Signed with a private key: whoever takes the algorithm from the token may be told any."""
    claims = {"iat": int(time.time()), "jti": "1", "iss": "Vonage", "api_key": KEY, "application_id": APPLICATION,
              "payload_hash": hashlib.sha256(body).hexdigest()}
    return altered(body, f"Bearer {jwt.encode(claims, application_keys()[0], 'RS256')}")


def unsigned(algorithm: str) -> Callable[[bytes], Hook]:
    header = base64url(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    return lambda body: altered(body, f"Bearer {header}.{token(body).split('.')[1]}.")


def in_the_address(body: bytes) -> Hook:
    """A token for an empty body, and the words where no token speaks for them."""
    said = signed_parameters(receipt(json.loads(body)["client_ref"], "delivered", messageId="ref-1"), secret="another")
    forged = parameters(STATUS, said, "GET")
    return Hook(forged.path, b"", [("Authorization", f"Bearer {token(b'')}")], "GET")


FORGERIES: dict[str, Callable[[bytes], Hook]] = {
    "no signature at all": lambda body: altered(body, ""),
    "no token": lambda body: altered(body, "Bearer "),
    "garbage": lambda body: altered(body, "Bearer garbage"),
    "garbage in three parts": lambda body: altered(body, "Bearer a.b.c"),
    "a password instead": lambda body: altered(body, "Basic YTpi"),
    "two tokens": lambda body: altered(body, f"Bearer {token(body)}, Bearer {token(body)}"),
    "a token too long": lambda body: hook(STATUS, body, more="x" * 9_000),
    "another secret": with_claims(secret="another-secret-of-some-length-here"),
    "an empty secret": with_claims(secret=""),
    "another signature": lambda body: altered(body, f"Bearer {token(body).rpartition('.')[0]}.{token(body).rpartition('.')[2]}"),
    "no signature under it": unsigned("HS256"),
    "algorithm none": unsigned("none"),
    "algorithm None": unsigned("None"),
    "algorithm none, signed": with_header({"alg": "none", "typ": "JWT"}),
    "another algorithm, signed": with_header({"alg": "HS512", "typ": "JWT"}),
    "a private key": by_key,
    "no algorithm": with_header({"typ": "JWT"}),
    "critical extensions": with_header({"alg": "HS256", "crit": ["b64"], "b64": False}),
    "of the future": lambda body: hook(STATUS, body, iat=int(time.time()) + 400),
    "of the past": lambda body: hook(STATUS, body, iat=int(time.time()) - 3_600),
    "of no time": with_claims(iat=None),
    "of a time that is none": with_claims(iat="now"),
    "of endless time": with_claims(iat=10 ** 29),
    "of true time": with_claims(iat=True),
    "at its end": lambda body: hook(STATUS, body, exp=int(time.time()) - 1),
    "without hash": with_claims(payload_hash=None),
    "hash of something else": with_claims(payload_hash=hashlib.sha256(b"{}").hexdigest()),
    "a hash that is none": with_claims(payload_hash="\ud800"),
    "body changed": lambda body: Hook(STATUS, body + b" ", hook(STATUS, body).headers),
    "another account": with_claims(api_key="zzzz9999"),
    "no account": with_claims(api_key=None),
    "another application": with_claims(application_id="bbbbbbbb-bbbb-cccc-dddd-0123456789ab"),
    "no application": with_claims(application_id=None),
    "another issuer": with_claims(iss="Nobody"),
    "no issuer": with_claims(iss=None),
    "no id": with_claims(jti=None),
    "an empty id": with_claims(jti=""),
    "an id that is a number": with_claims(jti=7),
    "in the address": in_the_address,
}


@pytest.mark.usefixtures("both_databases")
def test_what_is_forged_is_refused_and_changes_nothing(app: Flask) -> None:
    letter = sent(app)
    body = json.dumps(status(letter.id, "delivered", price="0.0333")).encode()
    before = everything(app)
    for name, forge in FORGERIES.items():
        assert forge(body).arrives(app).status == 401, name
        after = everything(app)
        after["audit_entry"] = [each for each in after["audit_entry"] if "webhook refused" not in each]
        assert {table for table in before if before[table] != after[table]} <= {"counter", "alarm"}, name
    assert hook(STATUS, body).arrives(app).status == 200, "and the true one counts"
    assert letter.outcome == ("delivered", None)


@pytest.mark.usefixtures("both_databases")
def test_what_came_before_is_refused_and_changes_nothing(app: Flask) -> None:
    letter = sent(app)
    first = hook(STATUS, status(letter.id, "submitted"))
    assert [first.arrives(app).status for _ in range(3)] == [200, 401, 401]
    assert letter.outcome == ("sent", None)


@pytest.mark.parametrize("forge", [
    lambda said: said,
    lambda said: signed_parameters(said, secret="another"),
    lambda said: signed_parameters(said) | {"status": "delivered "},
    lambda said: signed_parameters(said) | {"more": "1"},
    lambda said: signed_parameters(said) | {"sig": ""},
    lambda said: signed_parameters(said) | {"sig": "0" * 32},
    lambda said: signed_parameters(said) | {"sig": "0" * 31},
    lambda said: signed_parameters(said) | {"sig": "é" * 32},
    lambda said: signed_parameters(said, timestamp=str(int(time.time()) - 400)),
    lambda said: signed_parameters(said, timestamp=str(int(time.time()) + 400)),
    lambda said: signed_parameters(said, timestamp=""),
    lambda said: signed_parameters(said, **{"api-key": "zzzz9999"}),
], ids=["unsigned", "another secret", "a value changed", "one added", "no signature", "guessed", "too short", "no digits",
        "past", "future", "no time", "another account"])
@pytest.mark.parametrize("way", ["GET", "form", "JSON"])
def test_forged_receipts_of_the_sms_api_are_refused(
    app: Flask, way: str, forge: Callable[[dict[str, str]], dict[str, str]],
) -> None:
    letter = settled(held(app), reference="0A0000001234567B")
    assert parameters(STATUS, forge(receipt(letter.id, "delivered")), way).arrives(app).status == 401
    assert letter.outcome == ("sent", None)


@pytest.mark.parametrize("way", ["GET", "form", "JSON"])
def test_no_parameter_hides_in_the_name_of_another(app: Flask, way: str) -> None:
    """Both are signed alike: `a=1&b=2` and one whose name is `a=1&b`."""
    letter = sent(app)
    given = signed_parameters(receipt(letter.id, "failed", **{"err-code": "6"}))
    hidden = {name: value for name, value in given.items() if name not in ("err-code", "message-timestamp")}
    hidden[f"err-code={given['err-code']}&message-timestamp"] = given["message-timestamp"]
    assert parameters(STATUS, hidden, way).arrives(app).status == 401
    assert letter.outcome == ("sent", None)


def test_a_parameter_that_is_given_twice_is_refused(app: Flask) -> None:
    letter = settled(held(app), reference="0A0000001234567B")
    good = parameters(STATUS, signed_parameters(receipt(letter.id, "buffered")), "GET")
    good.path += "&status=delivered"
    assert good.arrives(app).status == 401


@pytest.mark.settings(VONAGE_SIGNATURE_SECRET="")
@pytest.mark.parametrize("secret", ["", "guessed"])
def test_without_a_secret_nothing_is_believed_and_the_operator_is_told(app: Flask, secret: str) -> None:
    letter = sent(app)
    assert hook(STATUS, status(letter.id, "delivered"), secret=secret).arrives(app).status == 401
    assert parameters(STATUS, signed_parameters(receipt(letter.id, "delivered"), secret=secret), "GET").arrives(app).status == 401
    assert letter.outcome == ("sent", None)
    [alarm] = rows(app, "SELECT kind, detail FROM alarm")
    assert (alarm.kind, alarm.detail) == ("hooks", "webhooks are refused: no signature secret")


@pytest.mark.settings(VONAGE_UNSIGNED_HOOKS="on")
def test_only_if_the_operator_says_so_an_unsigned_one_counts_and_a_forged_one_never_does(app: Flask) -> None:
    letter = sent(app)
    assert hook(STATUS, status(letter.id, "delivered"), secret="another").arrives(app).status == 401
    assert letter.outcome == ("sent", None)
    assert hook(STATUS, status(letter.id, "delivered"), bearer="").arrives(app).status == 200
    assert letter.outcome == ("delivered", None)


@pytest.mark.usefixtures("both_databases")
@pytest.mark.settings(VONAGE_UNSIGNED_HOOKS="on")
@pytest.mark.parametrize("settles", [True, False], ids=["refused by the gateway", "in hand"])
@pytest.mark.parametrize("reference", ["", "guessed"])
def test_an_unsigned_one_needs_the_gateway_s_own_name_of_the_message(app: Flask, settles: bool, reference: str) -> None:
    """Ours can be counted: whoever tries them all would have numbers fail, and the money of a day be spent."""
    letter = held(app)
    if settles:
        settled(letter, MessageState.FAILED, reference=None, reason="unreachable")
    before = everything(app)
    for said in (status(letter.id, "rejected", reference=reference, error="1310", price="999"),
                 status(letter.id, "delivered", reference=reference)):
        assert hook(STATUS, said, bearer="").arrives(app).status == 200
    assert hook(f"{VOICE}?message={letter.id}", {"status": "busy", "price": "999"}, bearer="").arrives(app).status == 200
    assert everything(app) == before


def test_a_refusal_is_on_record_once_in_a_while(app: Flask, caplog: pytest.LogCaptureFixture, later: Later) -> None:
    for _ in range(30):
        hook(STATUS, IN_FULL, secret="another").arrives(app)
    said = rows(app, "SELECT outcome, address FROM audit_entry WHERE event = 'webhook refused'")
    assert [(row.outcome, row.address) for row in said] == [("wrong signature", "216.147.0.1")]
    assert "signature-secret" not in caplog.text
    assert [row.detail for row in rows(app, "SELECT detail FROM alarm")] == ["webhooks are refused: wrong signature"]
    later(60)
    assert hook(STATUS, IN_FULL, iat=int(clock.now())).arrives(app).status == 200
    assert [row.ended_at is None for row in rows(app, "SELECT ended_at FROM alarm")] == [False], "it is over with a good one"


# --- several accounts


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


# --- what they say, in whatever order


STEPS: dict[str, Callable[[Letter], object]] = {
    "answer": settled,
    "submitted": lambda letter: hook(STATUS, status(letter.id, "submitted", price="0.0333")).arrives(letter.app),
    "absent": lambda letter: hook(STATUS, status(letter.id, "undeliverable", error="1180")).arrives(letter.app),
    "spam": lambda letter: hook(STATUS, status(letter.id, "rejected", error="1210", price="0.0333")).arrives(letter.app),
    "for no reason": lambda letter: hook(STATUS, status(letter.id, "undeliverable")).arrives(letter.app),
    "delivered": lambda letter: hook(STATUS, status(letter.id, "delivered", price="0.0333")).arrives(letter.app),
    "unheard of": lambda letter: hook(STATUS, status(letter.id, "seen")).arrives(letter.app),
}


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize("steps", [
    ("answer", "submitted", "delivered"), ("answer", "submitted", "absent", "spam"), ("answer", "absent", "delivered"),
    ("answer", "for no reason", "spam", "unheard of"), ("answer", "submitted", "submitted", "delivered"),
], ids=" ".join)
def test_in_whatever_order_they_come_it_ends_alike(app: Flask, steps: Sequence[str]) -> None:
    ends = set()
    for order in set(permutations(steps)):
        letter = held(app)
        for step in order:
            STEPS[step](letter)
        row = letter.row
        ends.add((row.state, row.reason, row.price, row.currency, row.gateway, row.sender, row.reference, row.settled_at is None))
    assert len(ends) == 1, ends


@pytest.mark.usefixtures("both_databases")
def test_of_many_that_come_at_once_each_counts_once(app: Flask) -> None:
    letter = held(app)
    hooks = [hook(STATUS, status(letter.id, state, price="0.05")) for state in ("submitted", "delivered", "rejected") * 6]
    with ThreadPoolExecutor(8) as pool:
        settling = pool.submit(settled, letter)
        answers = list(pool.map(lambda each: each.arrives(app).status, hooks))
        settling.result()
    assert answers == [200] * len(hooks)
    row = letter.row
    assert (row.state, row.reference, row.gateway, row.price) == (MessageState.DELIVERED, "ref-1", "vonage", 50_000)
    assert [state for state, _ in letter.entries].count("delivered") == 1
    assert len({row.used for row in rows(app, "SELECT used FROM allowance WHERE key LIKE '%EUR%'")}) == 1


@pytest.mark.usefixtures("both_databases")
def test_of_many_copies_that_come_at_once_one_is_taken(app: Flask) -> None:
    letter = sent(app)
    one = hook(STATUS, status(letter.id, "delivered"))
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: one.arrives(app).status, range(16))) == [200] + [401] * 15


@pytest.mark.usefixtures("both_databases")
def test_a_price_is_counted_once(app: Flask) -> None:
    letter = sent(app)
    for state in ("submitted", "delivered", "submitted", "delivered"):
        assert hook(STATUS, status(letter.id, state, price="0.05")).arrives(app).status == 200
    spent = rows(app, "SELECT used FROM allowance WHERE key LIKE '%EUR%'")
    assert len({row.used for row in spent}) == 1
    other = sent(app)
    hook(STATUS, status(other.id, "delivered", price="0.05")).arrives(app)
    assert [row.used for row in rows(app, "SELECT used FROM allowance WHERE key LIKE '%EUR%'")] == [2 * spent[0].used]


@pytest.mark.usefixtures("both_databases")
def test_no_currency_is_too_small_to_count(app: Flask) -> None:
    letters = [sent(app) for _ in range(3)]
    from portal.database import writing
    from portal.messages.guard import ledger

    with app.app_context(), writing() as connection:
        for _ in range(214):
            ledger.spent(connection, 1_000_000_000, "IDR")
    for letter in letters:
        said = status(letter.id, "delivered") | {"usage": {"currency": "IDR", "price": "999.9"}}
        assert hook(STATUS, said).arrives(app).status == 200
        assert letter.outcome == ("delivered", None)
    assert rows(app, "SELECT used FROM allowance WHERE key = 'money:IDR'")[0].used == 2_000_000_000


@pytest.mark.parametrize("price", ["-1", "1e9", "NaN", "Infinity", "1001", "", "0.1.2", "١"])
def test_what_is_no_price_is_none(app: Flask, price: str) -> None:
    letter = sent(app)
    hook(STATUS, status(letter.id, "delivered", usage={"price": price, "currency": "EUR"})).arrives(app)
    assert (letter.outcome, letter.row.price) == (("delivered", None), None)


@pytest.mark.usefixtures("both_databases")
def test_news_of_another_message_is_not_taken_for_ours(app: Flask) -> None:
    letter, other = sent(app), settled(held(app, phone="+4915112345699"), reference="ref-2")
    hook(STATUS, status(letter.id, "delivered", reference="ref-2")).arrives(app)
    hook(STATUS, status(letter.id, "delivered", reference="elsewhere")).arrives(app)
    hook(STATUS, status(999_999, "delivered")).arrives(app)
    hook(STATUS, status(letter.id, "delivered", message_uuid=None)).arrives(app)
    hook(STATUS, status(2**63, "delivered", reference="elsewhere")).arrives(app)
    assert [letter.outcome, other.outcome] == [("sent", None), ("sent", None)]
    hook(STATUS, status(0, "delivered", reference="ref-2", client_ref=None)).arrives(app)
    assert [letter.outcome, other.outcome] == [("sent", None), ("delivered", None)], "by the gateway's own name alone"


@pytest.mark.parametrize("columns", [{"state": MessageState.WAITING}, {"state": MessageState.EXPIRED}])
def test_news_of_what_never_left_is_not_believed(app: Flask, columns: dict[str, Any]) -> None:
    letter = write(app)
    letter.changes(**columns)
    assert hook(STATUS, status(letter.id, "delivered", price="0.05")).arrives(app).status == 200
    assert (letter.outcome, letter.row.price) == ((columns["state"].value, None), None)


def test_news_of_a_message_of_another_gateway_is_not_believed(app: Flask) -> None:
    letter = sent(app)
    letter.changes(gateway="acme")
    hook(STATUS, status(letter.id, "delivered")).arrives(app)
    assert letter.outcome == ("sent", None)


@pytest.mark.usefixtures("both_databases")
def test_a_message_whose_sender_died_is_known_again_by_its_receipt(app: Flask, later: Later) -> None:
    letter = held(app)
    later(120)
    with app.app_context():
        sweep(10)
    assert letter.outcome == ("unknown", "lost")
    hook(STATUS, status(letter.id, "submitted"), iat=int(clock.now())).arrives(app)
    assert (letter.row.state, letter.row.reason, letter.row.reference) == (MessageState.SENT, None, "ref-1")


# --- where they come to


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


# --- odd and many


ODD = {
    "nothing": b"", "no object": b"[]", "a number": b"7", "null": b"null", "broken": b'{"status": ',
    "not a number": b'{"status": NaN}',
    "endless": b'{"client_ref": ' + b"9" * 5_000 + b"}", "large": b'{"price": 1e400, "status": "delivered"}',
    "deep": b'{"a":' * 9_000 + b"1" + b"}" * 9_000, "deep list": b"[" * 30_000,
    "twice": b'{"status": "failed", "status": "delivered"}',
    "NUL": json.dumps({"status": "delivered", "message_uuid": "a\0b"}).encode(),
    "half a pair": b'{"status": "delivered", "message_uuid": "\\ud800", "text": "\\ud800", "from": "4915112345678"}',
    "not UTF-8": b'{"status": "\xff"}', "lists": b'{"status": ["delivered"], "message_uuid": {"a": 1}, "usage": [1], "error": 7}',
    "no time": b'{"status": "delivered", "message_uuid": "a", "timestamp": "9999-99-99"}',
    "first time": b'{"status": "delivered", "message_uuid": "a", "timestamp": "0001-01-01T00:00:00"}',
    "long": b'{"status": "delivered", "message_uuid": "' + b"a" * 50_000 + b'"}',
}


@pytest.mark.parametrize("path", [STATUS, INBOUND, VOICE])
@pytest.mark.parametrize("what", ODD)
def test_whatever_stands_in_one_is_no_fault_of_ours(app: Flask, path: str, what: str) -> None:
    letter = sent(app)
    assert hook(path, ODD[what]).arrives(app).status in (200, 400)
    assert hook(path, ODD[what], bearer="").arrives(app).status == 401
    assert parameters(path, {"sig": "0" * 32}, "form").arrives(app).status == 401
    assert letter.outcome == ("sent", None)


def test_one_that_is_too_long_is_refused_unread(app: Flask) -> None:
    body = b'{"a": "' + b"a" * 70_000 + b'"}'
    assert hook(STATUS, body).arrives(app).status == 413


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the main database meanwhile."""
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_flood_of_forged_ones_costs_no_statement(app: Flask) -> None:
    hook(STATUS, IN_FULL, secret="another").arrives(app)
    with app.app_context():
        standing.current()
    with statements(app) as seen:
        for _ in range(15):
            assert hook(STATUS, IN_FULL, secret="another").arrives(app).status == 401
    assert not seen


def test_many_good_ones_at_once_are_all_taken_amid_forged_ones_from_the_same_address(app: Flask) -> None:
    letters = [sent(app, phone=f"+49151123{at:05}") for at in range(60)]
    letters = [settled(letter) for letter in letters]
    for at, letter in enumerate(letters):
        assert hook(STATUS, IN_FULL, secret="another").arrives(app).status == 401
        letter.changes(reference=f"ref-{at}")
        assert hook(STATUS, status(letter.id, "delivered", reference=f"ref-{at}")).arrives(app).status == 200
    assert {letter.outcome for letter in letters} == {("delivered", None)}


def test_a_burst_of_hundreds_is_taken_by_a_portal_that_runs(
    app: Flask, both_databases: str, portals: Callable[..., Portal],
) -> None:
    portal = portals(DATABASE_URL=both_databases, **VONAGE)
    network = OverNetwork(portal.url)
    letters = [sent(app, phone=f"+49151123{at:05}") for at in range(150)]
    hooks = [hook(STATUS, status(letter.id, state, price="0.05")) for letter in letters for state in ("delivered", "submitted")]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda each: each.arrives(network).status, hooks))
        repeats = list(pool.map(lambda each: each.arrives(network).status, hooks[:40]))
        forged = list(pool.map(lambda _: hook(STATUS, IN_FULL, secret="another").arrives(network).status, range(40)))
    assert (set(taken), set(repeats), set(forged)) == ({200}, {401}, {401})
    assert {row.state for row in rows(app, "SELECT state FROM message")} == {"delivered"}


@pytest.mark.usefixtures("both_databases")
def test_what_the_database_could_not_take_may_come_again(app: Flask) -> None:
    letter = sent(app)
    one = hook(STATUS, status(letter.id, "delivered"))
    with app.app_context():
        engine = db.engine

    def gone(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE message"):
            raise OperationalError(statement, {}, Exception("gone"))

    event.listen(engine, "before_cursor_execute", gone)
    assert one.arrives(app).status == 503
    event.remove(engine, "before_cursor_execute", gone)
    assert one.arrives(app).status == 200
    assert letter.outcome == ("delivered", None)


class Killed(BaseException):
    """Nothing that runs in the process hears of it."""


@pytest.mark.usefixtures("both_databases")
def test_one_whose_worker_was_killed_before_it_was_heeded_is_heeded_when_it_comes_again(
    app: Flask, later: Later, monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = sent(app)
    one = hook(STATUS, status(letter.id, "delivered"))
    with monkeypatch.context() as killing:
        killing.setattr("portal.messages.receipts.applying.apply", Mock(side_effect=Killed))
        with pytest.raises(Killed):
            one.arrives(app)
    later(11)
    assert [one.arrives(app).status for _ in range(2)] == [200, 401]
    assert letter.outcome == ("delivered", None)
    later(200)
    assert one.arrives(app).status == 401


@pytest.mark.settings(REDIS_URL="redis://127.0.0.1:1/0", DATABASE_URL="postgresql://127.0.0.1:1/none")
def test_without_counters_it_is_not_believed_yet(app: Flask) -> None:
    assert hook(STATUS, IN_FULL).arrives(app).status == 503


# --- what they must never do


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
