"""What does Vonage send of its own accord? Webhooks, signed as it signs them, or forged in one place."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from tests.gateway import APPLICATION, KEY
from tests.transports import Answer, InProcess, Transport
from tests.visitor import FORM

SIGNATURE_SECRET = "signature-secret-of-the-tests-and-long"
STATUS, INBOUND, VOICE = "/hooks/vonage/status", "/hooks/vonage/inbound", "/hooks/vonage/voice"
VONAGE = {
    "PORTAL_GATEWAY": "vonage", "VONAGE_API_KEY": KEY, "VONAGE_API_SECRET": "x", "VONAGE_SIGNATURE_SECRET": SIGNATURE_SECRET,
}
"""The environment of a portal that sends by Vonage and knows how its webhooks are signed."""


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(body: bytes, *, secret: str = SIGNATURE_SECRET, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token for that body. A claim that is given as None is left out."""
    said = {"iat": int(time.time()), "jti": str(uuid.uuid4()), "iss": "Vonage", "api_key": KEY, "application_id": APPLICATION,
            "payload_hash": hashlib.sha256(body).hexdigest()} | claims
    parts = header or {"alg": "HS256", "typ": "JWT"}, {name: value for name, value in said.items() if value is not None}
    signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{base64url(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


@dataclass
class Hook:
    """A webhook on its way to the portal."""

    path: str
    body: bytes
    headers: list[tuple[str, str]]
    method: str = "POST"

    def arrives(self, at: Flask | Transport, *, address: str = "216.147.0.1") -> Answer:
        """Send it as it is. It can be sent again."""
        transport = InProcess(at) if isinstance(at, Flask) else at
        return transport.send(self.method, self.path, headers=self.headers, content=self.body, address=address)


def hook(path: str, said: dict[str, Any] | bytes, *, bearer: str | None = None, **about: Any) -> Hook:
    """A webhook with that body, signed unless another Authorization header is given ("" for none at all)."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    written = f"Bearer {token(body, **about)}" if bearer is None else bearer
    return Hook(path, body, [("Content-Type", "application/json"), *([("Authorization", written)] if written else [])])


def status(
    message_id: int, state: str, *, reference: str = "ref-1", error: str = "", price: str = "", **more: Any,
) -> dict[str, Any]:
    """A status of the Messages API."""
    said: dict[str, Any] = {
        "message_uuid": reference, "to": "4915112345678", "from": "Portal", "timestamp": "2026-11-28T12:14:25Z",
        "status": state, "channel": "sms", "client_ref": str(message_id)}
    if error:
        said["error"] = {"type": f"https://developer.vonage.com/api-errors/messages#{error}", "title": error, "detail": "…"}
    if price:
        said["usage"] = {"currency": "EUR", "price": price}
    return said | more


def answered(words: str, number: str = "4915112345678", **more: Any) -> dict[str, Any]:
    """A text message that somebody sent, by the Messages API."""
    return {"channel": "sms", "message_uuid": str(uuid.uuid4()), "to": "4915735982000", "from": number,
            "timestamp": "2026-11-28T12:14:25Z", "text": words,
            "sms": {"num_messages": "1", "keyword": words.partition(" ")[0].upper()}} | more


def receipt(message_id: int, state: str, **more: str) -> dict[str, str]:
    """A receipt of the SMS API."""
    return {"msisdn": "4915112345678", "to": "Portal", "network-code": "26201", "messageId": "0A0000001234567B",
            "price": "0.03330000", "status": state, "scts": "2611281214", "err-code": "0", "api-key": KEY,
            "message-timestamp": "2026-11-28 12:14:25", "client-ref": str(message_id)} | more


def signed_parameters(
    said: dict[str, str], method: str = "md5hash", *, secret: str = SIGNATURE_SECRET, **more: str,
) -> dict[str, str]:
    """The parameters with time, nonce and signature, as the SMS API writes them."""
    given = said | {"timestamp": str(int(time.time())), "nonce": str(uuid.uuid4())} | more
    text = "".join(f"&{name}={given[name].replace('&', '_').replace('=', '_')}" for name in sorted(given)).encode()
    if method == "md5hash":
        return given | {"sig": hashlib.md5(text + secret.encode(), usedforsecurity=False).hexdigest()}
    return given | {"sig": hmac.digest(secret.encode(), text, method).hex().upper()}


def parameters(path: str, given: dict[str, str], way: str) -> Hook:
    """Those parameters as the account is set up to have them: GET, form or JSON."""
    if way == "GET":
        return Hook(f"{path}?{urlencode(given)}", b"", [], "GET")
    if way == "form":
        return Hook(path, urlencode(given).encode(), [("Content-Type", FORM)])
    return Hook(path, json.dumps(given).encode(), [("Content-Type", "application/json")])
