"""What does an OpenID Connect provider answer? One in this process, that can lie in whatever a test asks it to lie in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

CLIENT_ID, SECRET = "the-portal", "a+secret%41/of: the tests"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
Key = RSAKey | ECKey | OKPKey


@cache
def rsa_key(name: str) -> RSAKey:
    """A key of that name, made once for all tests."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


def parameters(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


class Provider:
    """A provider that tells the truth until it is told not to. Use it in a `with`.

    `claims`, `document`, `header`: laid over what is right; None removes. `keys`: those that are published. `signs`: makes the
    token otherwise. `replies`: what is done with a request to a path instead. `asked`: the paths that were asked for.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.claims: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.userinfo: dict[str, Any] | None = None
        self.key: Key = rsa_key("one")
        self.algorithm = "RS256"
        self.keys: list[dict[str, Any]] = [public(self.key)]
        self.signs: Callable[[dict[str, Any], dict[str, Any]], str] = self._sign
        self.replies: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.took_secret_by = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_address[1]}"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self) -> Provider:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def describes(self) -> dict[str, Any]:
        here = {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks", "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ALGORITHMS,
        }
        return laid_over(here, self.document | ({"userinfo_endpoint": f"{self.url}/userinfo"} if self.userinfo else {}))

    def says_yes(self, address: str) -> dict[str, str]:
        """What the browser brings back when the person at that address has signed in: the parameters of the callback."""
        asked = parameters(address)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def exchanges(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint: right client, a code of ours that is used once, and its verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        if not self._knows_client(form, authorization):
            return 401, {"error": "invalid_client", "error_description": "<b>who</b> are you?"}
        if asked is None or not _verifies(form, asked):
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": self._token(asked, access)}

    def _knows_client(self, form: dict[str, str], authorization: str) -> bool:
        if authorization.startswith("Basic "):
            self.took_secret_by = "basic"
            name, _colon, secret = base64.b64decode(authorization[6:]).decode().partition(":")
            return (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, SECRET)
        self.took_secret_by = "post" if "client_secret" in form else "none"
        return form.get("client_id") == CLIENT_ID and form.get("client_secret", SECRET) == SECRET

    def _token(self, asked: dict[str, str], access: str) -> str:
        now = time.time()
        half = hashlib.sha256(access.encode()).digest()[:16]
        right = {"iss": self.url, "sub": "248289761001", "aud": CLIENT_ID, "exp": now + 300, "iat": now, "auth_time": now,
                 "nonce": asked.get("nonce"), "preferred_username": "li.na", "email": "li.na@example.com",
                 "email_verified": True, "name": "Li Na"}
        if self.algorithm.endswith("256"):
            right["at_hash"] = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
        header = laid_over({"alg": self.algorithm, "kid": self.key.kid, "typ": "JWT"}, self.header)
        return self.signs(header, laid_over(right, self.claims))

    def _sign(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        registry = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
        return jws.serialize_compact(header, json.dumps(claims), self.key, registry=registry)


def public(key: Key) -> dict[str, Any]:
    """A key as it is published."""
    return dict(key.as_dict(private=False))


def laid_over(right: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (right | changes).items() if value is not None}


def by_hand(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    """A token with whatever signature."""
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def by_mac(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    """A token that is rightly signed as HS256 says, with anything as the secret."""
    signed = by_hand(header, claims).removesuffix(".")
    return f"{signed}.{base64.urlsafe_b64encode(hmac.digest(key, signed.encode(), 'sha256')).rstrip(b'=').decode()}"


def _verifies(form: dict[str, str], asked: dict[str, str]) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return (asked.get("code_challenge_method") == "S256" and asked.get("code_challenge") == challenge
            and asked.get("redirect_uri") == form.get("redirect_uri"))


def reply(request: BaseHTTPRequestHandler, status: int, body: Any, **headers: str) -> None:
    """Answer with JSON, or with bytes as they are."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request.send_response(status)
    for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(sent))} | named).items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(sent)


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            if path in provider.replies:
                return provider.replies[path](self)
            known = {"/.well-known/openid-configuration": provider.describes(), "/jwks": {"keys": provider.keys},
                     "/userinfo": provider.userinfo}
            body = known.get(path)
            return reply(self, 200, body) if body is not None else reply(self, 404, {})

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True))
            if self.path in provider.replies:
                return provider.replies[self.path](self)
            return reply(self, *provider.exchanges(form, self.headers.get("Authorization", "")))

        def log_message(self, *_what: object) -> None:
            """Keep quiet."""

    return Handler
