"""Whom does GitHub name? It speaks OAuth, and tells of people over an interface of its own; GitHub Enterprise does the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.models import RequestPurpose
from portal.sources import presets
from portal.sources.answers import code_of, said, secret_of
from portal.sources.asking import ask
from portal.sources.calls import Client, fields, parsed, permitted
from portal.sources.claims import Claimed
from portal.sources.faults import Fault, SourceFault, Stage, Steps
from portal.sources.register import Source
from portal.sources.requests import Opened, Request
from portal.sources.told import email, shown, words

GITHUB = "https://github.com"
SCOPES = "read:user user:email"
_OK = 200


def authorization_url(source: Source, opened: Opened, redirect_uri: str, *, steps: Steps | None = None) -> str:
    """GitHub's address with state and PKCE (S256). Raises SourceFault.

    It cannot be told to ask a person anew, so that nothing is confirmed by it.
    """
    if opened.purpose is RequestPurpose.CONFIRM:
        raise SourceFault(Fault.NOT_FRESH)
    there = permitted(f"{base_of(source)}/login/oauth/authorize")
    with Client(source, None, 0.0, scope=SCOPES, redirect_uri=redirect_uri) as client:
        address, _state = client.create_authorization_url(there, state=opened.state, code_verifier=opened.verifier)
    (steps or Steps()).add(Stage.ASKED, detail=there)
    return str(address)


def claimed(
    source: Source, request: Request, params: Mapping[str, str], redirect_uri: str, *, steps: Steps | None = None,
) -> Claimed:
    """The person whom GitHub names for the code in its answer. Raises SourceFault, Busy."""
    taken = steps or Steps()
    with taken.taking(Stage.ANSWER):
        code, secret = code_of(source, request, params), secret_of(source)

    def talk(ends_at: float) -> Claimed:
        with Client(source, secret, ends_at, token_endpoint_auth_method="client_secret_post",  # noqa: S106 - a method, no secret
                    redirect_uri=redirect_uri) as client:
            with taken.taking(Stage.TOKEN):
                token = _token(client, base_of(source), code, request.verifier)
            return _person(client, base_of(source), token, taken)

    return ask(source.key, talk)


def base_of(source: Source) -> str:
    """Where that GitHub is. It is the issuer, too: ids are its own. Raises SourceFault."""
    if source.settings.get("preset", presets.GITHUB) != presets.GITHUB or not source.settings.get("client_id"):
        raise SourceFault(Fault.SETTINGS, "preset, client id")
    return str(source.settings.get("base") or GITHUB).rstrip("/")


def _interface(base: str) -> str:
    return "https://api.github.com" if base == GITHUB else f"{base}/api/v3"


def _token(client: Client, base: str, code: str, verifier: str) -> str:
    """GitHub says 200 to a wrong code, too, with the error beside it."""
    answer = client.fetch_token(f"{base}/login/oauth/access_token", grant_type="authorization_code", code=code,
                                code_verifier=verifier)
    if "error" in answer:
        raise said(answer["error"])
    token = answer.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise SourceFault(Fault.UNREADABLE, "access_token")
    return token


def _person(client: Client, base: str, token: str, steps: Steps) -> Claimed:
    bearer = {"Authorization": f"Bearer {token}"}
    with steps.taking(Stage.USERINFO, detail=f"{_interface(base)}/user"):
        user = fields(client.get(f"{_interface(base)}/user", withhold_token=True, headers=bearer))
        subject = _subject(user)
    address = _email(client.get(f"{_interface(base)}/user/emails", withhold_token=True, headers=bearer))
    steps.told.update(shown({name: user[name] for name in ("id", "login", "name") if name in user} | {"email": address}))
    login = words(user, "login")
    steps.add(Stage.PERSON, detail=login or subject)
    return Claimed(issuer=base, subject=subject, called=login or subject, email=address, email_verified=address is not None,
                   name=words(user, "name"), username=login)


def _subject(user: dict[str, Any]) -> str:
    """The number. A login name may be given up, and is then anybody's."""
    number = user.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
        raise SourceFault(Fault.NO_SUBJECT, "id")
    return str(number)


def _email(answer: Any) -> str | None:
    """The one that is primary and verified. An application that may not see them is told so by a status: then there is none."""
    listed = parsed(answer) if answer.status_code == _OK else []
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    best = next((one for one in found if one.get("primary") is True and one.get("verified") is True), {})
    return email(best)
