"""What do Vonage's three interfaces take, word for word, and how does each answer? Nothing here listens: `tests.gateway` does."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

import jwt

KEY, SECRET, APPLICATION = "abcd1234", "secret-of-the-tests", "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"
LANGUAGES = ("en-GB", "cmn-CN")
NUMBER = r"[1-9][0-9]{6,14}"
PROBLEMS = {
    401: ("https://developer.vonage.com/api-errors/#unathorized", "You did not provide correct credentials."),
    402: ("https://developer.vonage.com/api-errors/#low-balance", "Low balance"),
    422: ("https://developer.vonage.com/api-errors/messages#1130", "Invalid recipient"),
    429: ("https://developer.vonage.com/api-errors/messages#1000", "Rate Limit Hit"),
    500: ("https://developer.vonage.com/api-errors/messages#1000", "Internal error"),
    503: ("https://developer.vonage.com/api-errors/messages#1000", "Unavailable"),
}


@dataclass(frozen=True)
class Text:
    """A text or a call as the gateway accepted it; `to` as it came, without plus sign; `ttl` in the interface's own unit.

    `fields` are all that came; `reference` is what the gateway calls it.
    """

    to: str
    sender: str
    text: str
    client_ref: str | None
    ttl: int | None
    at: float
    fields: dict[str, Any] = field(default_factory=dict)
    reference: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes
    kind: str = "application/json"

    @staticmethod
    def of(status: int, body: Any) -> Answer:
        return Answer(status, json.dumps(body).encode())


def problem(status: int, more: Mapping[str, Any]) -> Answer:
    """A problem object, as in the descriptions of the Messages and Voice APIs."""
    kind, title = PROBLEMS.get(status, ("", "Problem"))
    return Answer.of(status, {"type": kind, "title": title, "detail": title, "instance": uuid.uuid4().hex} | dict(more))


def says_basic(headers: Message) -> bool:
    """Whether key and secret stand in the header, and are right."""
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    return scheme == "Basic" and base64.b64decode(given).decode() == f"{KEY}:{SECRET}"


def says_jwt(headers: Message, public_key: str) -> bool:
    """Whether a token of the application stands in the header, signed with its key and not yet over."""
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    try:
        claims = jwt.decode(given, public_key, algorithms=["RS256"], options={"require": ["iat", "jti", "exp"]})
    except jwt.PyJWTError:
        return False
    return scheme == "Bearer" and claims.get("application_id") == APPLICATION


class Messages:
    """The Messages API, for SMS (description 1.11.0)."""

    path, kind, well = "/v1/messages", "application/json", 202
    known = frozenset({
        "channel", "message_type", "to", "from", "text", "ttl", "client_ref", "webhook_url", "webhook_version", "sms"})

    def authorized(self, headers: Message, public_key: str) -> bool:
        return says_basic(headers) or says_jwt(headers, public_key)

    def fields(self, raw: bytes) -> Any:
        return json.loads(raw)

    def malformed(self, body: Any) -> str | None:
        if not isinstance(body, dict) or set(body) - self.known:
            return "unknown fields"
        wrong = {
            "channel or type": (body.get("channel"), body.get("message_type")) != ("sms", "text"),
            "to": not re.fullmatch(NUMBER, str(body.get("to"))),
            "from": not re.fullmatch(r"[0-9]{5,15}|[A-Za-z0-9 ]{1,11}", str(body.get("from"))),
            "text": not isinstance(body.get("text"), str) or not 1 <= len(body["text"]) <= 1_000,
            "ttl": "ttl" in body and not (type(body["ttl"]) is int and 20 <= body["ttl"] <= 604_800),
            "client_ref": len(str(body.get("client_ref", ""))) > 40,
        }
        return next((name for name, is_so in wrong.items() if is_so), None)

    def refused(self, fault: str) -> Answer:
        return problem(401 if fault == "credentials" else 422, {"type": "#1150", "title": fault})

    def text(self, body: Any, at: float) -> Text:
        return Text(body["to"], body["from"], body["text"], body.get("client_ref"), body.get("ttl"), at, body)

    def ok(self, text: Text) -> Answer:
        return Answer.of(202, {"message_uuid": text.reference})


class Sms:
    """The SMS API (description 1.0.11). Whatever it says, it says with HTTP 200."""

    path, kind, well = "/sms/json", "application/x-www-form-urlencoded", 200
    known = frozenset({"to", "from", "text", "type", "ttl", "client-ref", "status-report-req", "callback"})
    gsm7 = frozenset(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
        "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€")

    def authorized(self, headers: Message, _public_key: str) -> bool:
        return says_basic(headers)

    def fields(self, raw: bytes) -> Any:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, encoding="utf-8", errors="strict")
        return dict(pairs) if len(dict(pairs)) == len(pairs) else None

    def malformed(self, body: Any) -> str | None:
        if not isinstance(body, dict) or set(body) - self.known:
            return "unknown fields"
        text, ttl = body.get("text", ""), body.get("ttl", "20000")
        wrong = {
            "to": not re.fullmatch(r"[0-9]{7,15}", body.get("to", "")),
            "from": not re.fullmatch(r"[0-9]{5,15}|[A-Za-z0-9 ]{1,11}", body.get("from", "")),
            "text": not text,
            "type": body.get("type", "text") != ("text" if self.gsm7.issuperset(text) else "unicode"),
            "ttl": not (ttl.isdigit() and 20_000 <= int(ttl) <= 604_800_000),
            "client-ref": len(body.get("client-ref", "")) > 100,
        }
        return next((name for name, is_so in wrong.items() if is_so), None)

    def refused(self, fault: str) -> Answer:
        return self.status("4" if fault == "credentials" else "3", f"Invalid {fault} param")

    def status(self, *statuses: str) -> Answer:
        """An answer with these statuses, one a part; what follows a status that is not 0 is its text."""
        parts = [self._part(status) for status in statuses if status.isdigit()]
        words = next((status for status in statuses if not status.isdigit()), "Refused")
        told = [part if part["status"] == "0" else part | {"error-text": words} for part in parts]
        return Answer.of(200, {"message-count": str(len(told)), "messages": told})

    def _part(self, status: str) -> dict[str, str]:
        if status != "0":
            return {"status": status}
        return {"to": "447700900000", "message-id": uuid.uuid4().hex[:17].upper(), "status": "0", "remaining-balance": "3.14",
                "message-price": "0.03330000", "network": "26201"}

    def text(self, body: Any, at: float) -> Text:
        return Text(body["to"], body["from"], body["text"], body.get("client-ref"), int(body.get("ttl", "0")), at, body)

    def ok(self, _text: Text) -> Answer:
        return self.status("0")


class Calls:
    """The Voice API's calls that talk (description 1.5): a phone called by a number, and words with their language."""

    path, kind, well = "/v1/calls", "application/json", 201
    known = frozenset({"to", "from", "ncco", "event_url", "event_method", "ringing_timer", "length_timer", "machine_detection"})

    def authorized(self, headers: Message, public_key: str) -> bool:
        return says_jwt(headers, public_key)

    def fields(self, raw: bytes) -> Any:
        return json.loads(raw)

    def malformed(self, body: Any) -> str | None:
        if not isinstance(body, dict) or set(body) - self.known:
            return "unknown fields"
        events = body.get("event_url", [])
        wrong = {
            "to": not self._phones(body.get("to")), "from": not self._phones([body.get("from")]),
            "ncco": not self._talks(body.get("ncco")),
            "event_url": not (isinstance(events, list) and all(str(one).startswith("https://") for one in events)),
            "ringing_timer": not 1 <= body.get("ringing_timer", 60) <= 120,
            "length_timer": not 1 <= body.get("length_timer", 7_200) <= 7_200,
            "machine_detection": body.get("machine_detection", "hangup") not in ("continue", "hangup"),
        }
        return next((name for name, is_so in wrong.items() if is_so), None)

    def _phones(self, ends: Any) -> bool:
        return isinstance(ends, list) and len(ends) == 1 and isinstance(ends[0], dict) and set(ends[0]) == {"type", "number"} \
            and ends[0]["type"] == "phone" and bool(re.fullmatch(NUMBER, str(ends[0]["number"])))

    def _talks(self, actions: Any) -> bool:
        return isinstance(actions, list) and len(actions) == 1 and set(actions[0]) <= {"action", "text", "language", "loop"} \
            and actions[0]["action"] == "talk" and 1 <= len(actions[0]["text"]) <= 1_500 and actions[0]["language"] in LANGUAGES

    def refused(self, fault: str) -> Answer:
        return problem(401 if fault == "credentials" else 400, {"type": "", "title": "Bad Request", "detail": fault})

    def text(self, body: Any, at: float) -> Text:
        return Text(body["to"][0]["number"], body["from"]["number"], body["ncco"][0]["text"], None, None, at, body)

    def ok(self, text: Text) -> Answer:
        return Answer.of(201, {"uuid": text.reference, "status": "started", "direction": "outbound",
                               "conversation_uuid": f"CON-{uuid.uuid4()}"})


Dialect = Messages | Sms | Calls
DIALECTS: dict[str, Dialect] = {each.path: each for each in (Messages(), Sms(), Calls())}
