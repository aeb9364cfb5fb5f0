"""Who comes in by another source than the password? It says of a second factor what it is told to say."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue

from tests.visitor import Visitor

SETTINGS: dict[str, dict[str, Any]] = {
    "oidc": {"issuer": "https://id.acme.example", "client_id": "portal"},
    "oauth": {"preset": "github", "client_id": "portal"},
    "ldap": {"servers": ["ldaps://directory.acme.example"], "base_dn": "dc=acme", "filter": "(uid={identifier})",
             "attributes": {"subject": "entryUUID"}},
}


def add_source(app: Flask, title: str = "Acme", kind: str = "oidc", *, name: str = "", enabled: bool = True) -> str:
    """An outside source; its key."""
    from portal.models import SourceKind
    from portal.sources import register, upkeep
    from portal.sources.wanted import Asked
    from portal.trace import COMMAND, Actor

    asked = Asked(kind=SourceKind(kind), title=title, name=name, enabled=enabled, secret="kept secret", settings=SETTINGS[kind])
    with app.app_context():
        added = upkeep.add(asked, COMMAND, actor=Actor("test"))
        assert isinstance(added, int), added
        return next(source.key for source in register.fresh() if source.id == added)


def lets_come(app: Flask) -> None:
    """Give the portal an entrance through which somebody comes who has proven a first factor elsewhere. Before any request."""
    from portal.accounts import credentials
    from portal.accounts.credentials import Proof
    from portal.accounts.identifiers import read
    from portal.signin import flow
    from portal.signin.flow import Visit
    from portal.web import steps
    from portal.web.admission import anyone
    from portal.web.client import client

    def come() -> ResponseReturnValue:
        found = credentials.find(read(request.args["who"], "DE"))
        assert found.user_id is not None
        proof = Proof(found.user_id, request.args["source"], found.password_hash, vouched="vouched" in request.args)
        moved = flow.begin(proof, Visit(client(), request.args.get("application", type=int)))
        assert moved is not None
        return steps.go(moved)

    app.add_url_rule("/come", "come", anyone(come))


def comes_by(visitor: Visitor, who: str, source: str, *, vouched: bool = False, application: int | None = None) -> Visitor:
    """The person arrives from that source, which says of a second factor what it is told to say."""
    more = "&vouched=1" if vouched else ""
    more += f"&application={application}" if application else ""
    return visitor.opens(f"/come?who={who}&source={source}{more}")
