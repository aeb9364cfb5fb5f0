"""How do people come by an outside source? They leave for the provider, and their browser brings its answer back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask

from tests.outside import add_source
from tests.people import rows
from tests.provider import Provider
from tests.visitor import Visitor

SUBJECT = "248289761001"
"""Who the provider says it is, unless it is told to say otherwise."""


def leaves(visitor: Visitor, name: str = "acme", query: str = "", prefix: str = "") -> str:
    """Press *Continue with …*; the address at the provider to which the browser goes."""
    answer = visitor.sends("GET", f"{prefix}/login/with/{name}{query}")
    assert answer.status == 303, answer.text
    return answer.header("Location")


def returns(visitor: Visitor, provider: Provider, address: str, name: str = "acme") -> Visitor:
    """The person says yes at the provider, and comes back to the one address that is registered there."""
    return visitor.opens(f"/login/with/{name}/callback?{urlencode(provider.says_yes(address))}")


def comes_by(visitor: Visitor, provider: Provider, query: str = "") -> Visitor:
    """There and back again."""
    return returns(visitor, provider, leaves(visitor, query=query))


def goes_on(visitor: Visitor) -> str:
    """Where the page leads that goes on by itself, in a header-like tag and by its button alike."""
    refresh = next(node.get("content") for node in visitor.page.root.all("meta") if node.get("http-equiv") == "refresh")
    address = refresh.removeprefix("0; url=")
    assert address in [node.get("href") for node in visitor.page.root.all("a")]
    return address


def knows(app: Flask, user_id: int, subject: str = SUBJECT, source: str = "acme", issuer: str = "") -> None:
    """Link a user with whom the provider tells of."""
    from portal import trace
    from portal.database import writing
    from portal.sources import identities, register
    from portal.sources.claims import Claimed

    with app.app_context():
        found = next(each for each in register.fresh() if each.name == source)
        claimed = Claimed(issuer=issuer or found.settings["issuer"], subject=subject, called="li.na")
        with writing() as connection:
            made = identities.link(connection, identities.Link(found, user_id, claimed), trace.COMMAND, trace.Actor("test"))
        assert made is identities.Linking.DONE


def sets(app: Flask, name: str = "acme", **settings: Any) -> None:
    """Lay settings over those of a source."""
    from sqlalchemy import update

    from portal.database import writing
    from portal.models import IdentitySource
    from portal.sources import register

    with app.app_context():
        found = next(each for each in register.fresh() if each.name == name)
        with writing() as connection:
            connection.execute(update(IdentitySource).where(IdentitySource.id == found.id).values(
                settings=found.settings | settings))
        register.forget()


def writes(app: Flask, name: str = "acme", **columns: Any) -> None:
    """Write columns of a source."""
    from sqlalchemy import update

    from portal.database import writing
    from portal.models import IdentitySource
    from portal.sources import register

    with app.app_context():
        with writing() as connection:
            connection.execute(update(IdentitySource).where(IdentitySource.name == name).values(**columns))
        register.forget()


def offers(app: Flask, name: str = "acme", **settings: Any) -> None:
    """Add a source and let people come in by it."""
    add_source(app, name, **settings)
    writes(app, name, enabled=True)


def linked(app: Flask) -> list[tuple[int, str]]:
    """Who is linked with whom: user and subject."""
    return [(row.user_id, row.subject) for row in rows(app, "SELECT user_id, subject FROM identity ORDER BY id")]


