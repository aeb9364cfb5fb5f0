"""Whom does an OpenID Connect provider name, and may it be believed?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.models import RequestPurpose
from portal.sources.answers import code_of, said, secret_of
from portal.sources.asking import ask
from portal.sources.calls import Client, fields
from portal.sources.claims import Claimed
from portal.sources.faults import Fault, SourceFault, Stage, Steps
from portal.sources.oidc import id_token, person
from portal.sources.oidc.discovery import Provider, provider
from portal.sources.oidc.keys import keys_for
from portal.sources.register import Source
from portal.sources.requests import Request
from portal.sources.told import shown

_UNTOLD = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "sid", "jti", "uti", "rh", "aio"})
"""Claims that tie a token to a session: of no use to whoever reads them, but to whoever steals them."""


@dataclass(frozen=True)
class _Tokens:
    access: str
    identity: str


def claimed(
    source: Source, request: Request, params: Mapping[str, str], redirect_uri: str, *, steps: Steps | None = None,
) -> Claimed:
    """The person whom the provider names in its answer, which is checked in all that it says. Raises SourceFault, Busy."""
    taken = steps or Steps()
    with taken.taking(Stage.ANSWER):
        code, secret = code_of(source, request, params), secret_of(source)

    def talk(ends_at: float) -> Claimed:
        with taken.taking(Stage.DISCOVERY, detail=str(source.settings.get("issuer"))):
            there = provider(source, ends_at)
            _is_its_own(there, params)
        with Client(source, secret, ends_at, redirect_uri=redirect_uri) as client:
            return _person(source, request, _Talk(there, client, code, taken))

    return ask(source.key, talk)


@dataclass(frozen=True)
class _Talk:
    there: Provider
    client: Client
    code: str
    steps: Steps


def _person(source: Source, request: Request, talk: _Talk) -> Claimed:
    with talk.steps.taking(Stage.TOKEN, detail=talk.there.token_endpoint):
        tokens = _tokens(talk, request)
    claims = _verified(source, request, tokens, talk)
    if talk.there.userinfo_endpoint and person.lacking(source, claims):
        claims = person.completed(claims, _userinfo(talk, tokens, claims["sub"]))
    talk.steps.told.update(shown({name: value for name, value in claims.items() if name not in _UNTOLD}))
    found = person.claimed(source, claims)
    talk.steps.add(Stage.PERSON, detail=found.called)
    return found


def _is_its_own(there: Provider, params: Mapping[str, str]) -> None:
    """An answer that names another issuer was meant for a request to that one (RFC 9207)."""
    issuer = params.get("iss")
    if issuer != there.issuer and (issuer is not None or there.says_issuer):
        raise SourceFault(Fault.MIXED_UP, "iss")


def _tokens(talk: _Talk, request: Request) -> _Tokens:
    answer = _exchanged(talk, request)
    access, identity, kind = (answer.get(name) for name in ("access_token", "id_token", "token_type"))
    if not isinstance(access, str) or not isinstance(identity, str) or str(kind).lower() != "bearer":
        raise SourceFault(Fault.UNREADABLE, "access_token, id_token, token_type")
    if not access.isascii() or not access.isprintable():
        raise SourceFault(Fault.UNREADABLE, "access_token")
    return _Tokens(access, identity)


def _exchanged(talk: _Talk, request: Request) -> dict[str, Any]:
    """What the token endpoint gives for the code. A provider may take more ways than the one that it has noted for us."""
    *others, last = _auth_methods(talk)
    for method in others:
        answer = _asked(talk, request, method)
        if answer.get("error") != "invalid_client":
            return _without_error(answer)
    return _without_error(_asked(talk, request, last))


def _auth_methods(talk: _Talk) -> tuple[str, ...]:
    """A client without a secret is a public one, for which the verifier alone speaks (RFC 7636)."""
    methods = talk.there.auth_methods if talk.client.client_secret else ("none",)
    if not methods:
        raise SourceFault(Fault.SETTINGS, "it takes no client secret at its token endpoint")
    return methods


def _asked(talk: _Talk, request: Request, method: str) -> dict[str, Any]:
    talk.client.token_endpoint_auth_method = method
    return dict(talk.client.fetch_token(
        talk.there.token_endpoint, grant_type="authorization_code", code=talk.code, code_verifier=request.verifier))


def _without_error(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        raise said(answer["error"])
    return answer


def _verified(source: Source, request: Request, tokens: _Tokens, talk: _Talk) -> dict[str, Any]:
    with talk.steps.taking(Stage.KEYS, detail=talk.there.jwks_uri):
        header = id_token.header_of(tokens.identity)
        keys = keys_for(header, talk.there.jwks_uri, talk.client)
    with talk.steps.taking(Stage.SIGNATURE, detail=str(header["alg"])):
        claims = id_token.verified(tokens.identity, keys)
    expected = id_token.Expected(
        issuer=talk.there.issuer, client_id=str(source.settings["client_id"]), nonce=request.nonce, access_token=tokens.access,
        signed_in_since=request.created_at if request.purpose is RequestPurpose.CONFIRM else None)
    with talk.steps.taking(Stage.CLAIMS):
        id_token.check(claims, expected, str(header["alg"]))
    return claims


def _userinfo(talk: _Talk, tokens: _Tokens, subject: str) -> dict[str, Any]:
    """What it tells besides, of the same subject (section 5.3.2). Nothing that is told there is needed to know who it is."""
    address = talk.there.userinfo_endpoint
    with talk.steps.taking(Stage.USERINFO, detail=str(address)):
        answer = talk.client.get(address, withhold_token=True, headers={"Authorization": f"Bearer {tokens.access}"})
        told = fields(answer)
        if told.get("sub") != subject:
            raise SourceFault(Fault.OTHER_SUBJECT, "sub")
    return told
