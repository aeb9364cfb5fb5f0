"""With what is a browser sent to an OpenID Connect provider?"""

from __future__ import annotations

from portal.models import RequestPurpose
from portal.sources.calls import Client
from portal.sources.faults import Stage, Steps
from portal.sources.oidc.discovery import provider
from portal.sources.register import Source
from portal.sources.requests import Opened

SCOPES = ("openid", "email", "profile")


def authorization_url(source: Source, opened: Opened, redirect_uri: str, *, steps: Steps | None = None) -> str:
    """The provider's address with state, nonce and PKCE (S256). Raises SourceFault, Busy.

    To confirm that it is you, the provider shall ask you again, not remember you.
    """
    steps = steps or Steps()
    with steps.taking(Stage.DISCOVERY, detail=str(source.settings.get("issuer"))):
        there = provider(source, fresh=opened.purpose is RequestPurpose.TRY)
    with Client(source, None, 0.0, scope=_scopes(source), redirect_uri=redirect_uri) as client:
        address, _state = client.create_authorization_url(
            there.authorization_endpoint, state=opened.state, nonce=opened.nonce, code_verifier=opened.verifier,
            **_more(source, opened.purpose))
    steps.add(Stage.ASKED, detail=there.authorization_endpoint)
    return str(address)


def _scopes(source: Source) -> str:
    wanted = source.settings.get("scopes") or SCOPES
    return " ".join(dict.fromkeys(["openid", *wanted]))


def _more(source: Source, purpose: RequestPurpose) -> dict[str, str]:
    again = {"prompt": "login", "max_age": "0"} if purpose is RequestPurpose.CONFIRM else {}
    contexts = source.settings.get("acr_values")
    return again | ({"acr_values": " ".join(contexts)} if contexts else {})
