"""Which pages and states can a browser show of outside sources? Each by name, with the way there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlencode

from portal.counters.kept import SECONDS
from tests.browsing import Person
from tests.browsing_states import in_town
from tests.comings import offers, sets, writes
from tests.conftest import PASSWORD
from tests.provider import Provider, reply
from tests.town import Town

KEPT = SECONDS + 0.1
"""Seconds after which every process knows of a change."""


@cache
def provider(town: Town) -> Provider:
    """A provider for that portal, on whose page everybody has said yes already."""
    made = Provider()
    made.__enter__()  # for as long as the tests run

    def says_yes(request: BaseHTTPRequestHandler) -> None:
        answer = urlencode(made.says_yes(made.url + request.path))
        reply(request, 303, b"", Location=f"{town.portal.url}/login/with/acme/callback?{answer}")

    made.replies["/authorize"] = says_yes
    offers(town.app, issuer=made.url)
    return made


@contextmanager
def acme(person: Person, *, preferred: bool = False) -> Iterator[None]:
    """The source is in use for so long: other pages of the shared portal are to stay as they are."""
    provider(person.town)
    writes(person.town.app, enabled=True, preferred=preferred)
    time.sleep(KEPT)
    yield
    writes(person.town.app, enabled=False, preferred=False)
    time.sleep(KEPT)


def arrives(person: Person) -> Person:
    """Somebody whom nobody is linked with."""
    provider(person.town).claims = {"sub": f"nobody-{time.time()}"}
    with person.arriving():
        person.opens("/login").page.get_by_role("link", name="Continue with Acme").click()
    return person


@in_town("login with a source")
def _(person: Person) -> None:
    with acme(person):
        person.opens("/login")


@in_town("login with a source that leads")
def _(person: Person) -> None:
    with acme(person, preferred=True):
        person.opens("/login")


@in_town("login with a source that leads, the rest unfolded")
def _(person: Person) -> None:
    with acme(person, preferred=True):
        person.opens("/login").page.get_by_text("Other ways to log in").click()


@in_town("login with a source that is silent")
def _(person: Person) -> None:
    with acme(person):
        sets(person.town.app, issuer="http://127.0.0.1:9")
        time.sleep(KEPT)
        person.opens("/login/with/acme")
        sets(person.town.app, issuer=provider(person.town).url)


@in_town("arrived")
def _(person: Person) -> None:
    with acme(person):
        arrives(person)


@in_town("arrived refused")
def _(person: Person) -> None:
    with acme(person):
        arrives(person).fills(identifier="nobody", password="wrong").submits("password")


@in_town("arrived and logged in")
def waiting(person: Person) -> None:
    with acme(person):
        username = person.is_new()
        arrives(person).fills(identifier=username, password=PASSWORD).submits("password")
        person.fills(code=person.reads_code()).submits("code")


@in_town("linked")
def _(person: Person) -> None:
    with acme(person):
        username = person.is_new()
        arrives(person).fills(identifier=username, password=PASSWORD).submits("password")
        person.fills(code=person.reads_code()).submits("code").page.locator("form[action$='/arrived'] button").click()
        person.sees("Linked.")


@in_town("linked elsewhere by a page that goes on by itself")
def _(person: Person) -> None:
    with acme(person):
        person.is_inside().opens("/account/sources")
        provider(person.town).claims = {"sub": f"nobody-{time.time()}"}
        person.page.get_by_role("button", name="Link Acme", exact=True).click()
        person.sees("Linked.")
        assert person.page.get_by_role("button", name="Unlink Acme li.na").is_visible()


@in_town("again by a source alone")
def _(person: Person) -> None:
    with acme(person):
        username = person.is_new()
        arrives(person).fills(identifier=username, password=PASSWORD).submits("password")
        person.fills(code=person.reads_code()).submits("code").page.locator("form[action$='/arrived'] button").click()
        person.sees("Linked.")
        user = person.town.user_id(username)
        person.town.writes('UPDATE "user" SET password_hash = NULL WHERE id = :user', user=user)
        person.town.writes("UPDATE sign_in SET methods = '{\"pwd\": 1, \"sms\": 1}' WHERE user_id = :user", user=user)
        person.page.get_by_role("button", name="Link Acme", exact=True).click()
        person.sees("Confirm that it is you", "Continue with Acme")
