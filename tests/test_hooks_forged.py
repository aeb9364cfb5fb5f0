"""Is a webhook refused that is forged, repeated or not signed, and does it change nothing?"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from flask import Flask

from portal import clock
from portal.models import MessageState
from tests import people
from tests.certificates import application_keys
from tests.gateway import APPLICATION, KEY
from tests.handed import IN_FULL, everything, held, sent, settled
from tests.hooks import (
    INBOUND,
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
from tests.people import Later, rows

later = people.later
pytestmark = pytest.mark.settings(**VONAGE, VONAGE_APPLICATION_ID=APPLICATION, VONAGE_PRIVATE_KEY=application_keys()[0])


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
    "before its beginning": lambda body: hook(STATUS, body, nbf=int(time.time()) + 400),
    "of a beginning that is none": with_claims(nbf="now"),
    "at its end": lambda body: hook(STATUS, body, exp=int(time.time()) - 1),
    "of an end that is none": with_claims(exp="never"),
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


@pytest.mark.usefixtures("both_databases")
def test_what_was_signed_for_another_address_is_refused_there_and_counts_at_its_own(app: Flask) -> None:
    """The address is not signed: whoever sends it elsewhere first would have it forgotten, and the true one be a repeat."""
    letter = sent(app)
    body, end = json.dumps(status(letter.id, "delivered")).encode(), json.dumps({"uuid": "ref-1", "status": "completed"}).encode()
    text, stop, call = hook(STATUS, body), hook(INBOUND, answered("STOP")), hook(f"{VOICE}?message={letter.id}", end)
    before = everything(app) | {"audit_entry": []}
    for one, elsewhere in ((text, INBOUND), (text, f"{VOICE}?message={letter.id}"), (stop, STATUS), (stop, VOICE),
                           (call, STATUS), (call, INBOUND)):
        assert Hook(elsewhere, one.body, one.headers).arrives(app).status == 401, (one, elsewhere)
        after = everything(app) | {"audit_entry": []}
        assert {table for table in before if before[table] != after[table]} <= {"counter"}, (one, elsewhere)
    [refusal] = rows(app, "SELECT outcome FROM audit_entry WHERE event = 'webhook refused'")
    assert refusal.outcome == "another webhook"
    assert [one.arrives(app).status for one in (text, stop, call)] == [200, 200, 200]
    assert letter.outcome == ("delivered", None)
    assert len(rows(app, "SELECT phone FROM opt_out")) == 1


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
    assert (alarm.kind, alarm.detail) == ("hooks", "no signature secret")


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
    assert [row.detail for row in rows(app, "SELECT detail FROM alarm")] == ["wrong signature"]
    later(60)
    assert hook(STATUS, IN_FULL, iat=int(clock.now())).arrives(app).status == 200
    assert [row.ended_at is None for row in rows(app, "SELECT ended_at FROM alarm")] == [False], "it is over with a good one"


def test_strangers_cannot_have_an_alarm_begin_and_end_all_day(app: Flask, later: Later) -> None:
    """Else the operator would be told so often that what really breaks in that hour is not told any more."""
    for _ in range(5):
        for _ in range(20):
            hook(STATUS, IN_FULL, secret="another").arrives(app)
        later(20)
        assert hook(STATUS, IN_FULL, iat=int(clock.now())).arrives(app).status == 200
        later(20)
    assert [row.ended_at is None for row in rows(app, "SELECT ended_at FROM alarm")] == [False]
    later(3_600)
    for _ in range(20):
        hook(STATUS, IN_FULL, secret="another").arrives(app)
    assert [row.ended_at is None for row in rows(app, "SELECT ended_at FROM alarm ORDER BY id")] == [False, True]
