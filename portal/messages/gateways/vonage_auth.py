"""How do we say to Vonage who we are? By key and secret, or by a token signed with an application's private key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vonage_http_client.auth import Auth
from vonage_jwt.jwt import JwtClient
from vonage_utils.errors import VonageError

from portal.messages.gateways.contract import OurFault
from portal.messages.reasons import Reason
from portal.messages.routing.soundness import KeyUnreadable, parsed


class Signer(Auth):
    """Signs each request with a JWT. The package would parse the private key anew every time: 42 ms instead of one."""

    def __init__(self, application_id: str, private_key: str) -> None:
        super().__init__(application_id=application_id, private_key=private_key)
        key: Any = parsed(private_key)
        self._signer = JwtClient(application_id, key)

    def generate_application_jwt(self, claims: dict[str, Any] | None = None) -> bytes:
        """A token for one request."""
        return bytes(self._signer.generate_application_jwt(claims or {}))


def signed(secret: Mapping[str, str]) -> Auth:
    """By a JWT. Raises OurFault if there is no application, or no key of it that can be read."""
    try:
        return Signer(secret["application_id"], secret["private_key"])
    except (KeyUnreadable, VonageError, KeyError, ValueError, TypeError):
        raise OurFault(Reason.CREDENTIALS) from None


def plain(secret: Mapping[str, str]) -> Auth:
    """By key and secret. Raises OurFault without them.

    The signature secret is left out on purpose: with it the package would sign forms, and its signatures cover fields
    that it does not send. Over TLS the secret is as safe.
    """
    try:
        return Auth(api_key=secret["api_key"], api_secret=secret["api_secret"])
    except (VonageError, KeyError, ValueError, TypeError):
        raise OurFault(Reason.CREDENTIALS) from None


def either(secret: Mapping[str, str]) -> Auth:
    """By a JWT if there is an application, else by key and secret. Raises OurFault if they cannot even be tried."""
    return signed(secret) if secret.get("application_id") else plain(secret)
