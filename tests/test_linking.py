"""Does somebody who is inside link an account and come in by it, and nobody else's?"""

from __future__ import annotations

import pkgutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from tests import linkings, outside, people
from tests.comings import SUBJECT, comes_by, goes_on, knows, linked, offers, returns, writes
from tests.conftest import PASSWORD
from tests.linkings import HERE, arrives, catches_up
from tests.people import (
    OTHER_PHONE,
    PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    comes_in,
    does,
    events,
    is_home,
    is_outside,
    leads_to,
    rows,
)
from tests.provider import Provider
from tests.transports import InProcess
from tests.visitor import Visitor

acme, li_na, inside = linkings.acme, linkings.li_na, linkings.inside
provider, nothing_rests, later = outside.provider, outside.nothing_rests, people.later


def links(visitor: Visitor, provider: Provider) -> Visitor:
    return returns(visitor, provider, goes_on(visitor.opens(HERE).submits("Link")))


def test_a_person_inside_links_an_account_and_comes_in_by_it(
    app: Flask, acme: Provider, li_na: int, inside: Visitor, another_visitor: MakeVisitor,
) -> None:
    inside.opens("/")
    assert HERE in [node.get("href") for node in inside.page.root.all("a")]
    assert links(inside, acme).sees("Linked. You can log in with Acme from now on.", "Acme li.na", "Not used yet")
    assert linked(app) == [(li_na, SUBJECT)]
    assert ("identity linked", "ok") in events(app, user_id=li_na)
    assert leads_to(comes_by(another_visitor(), acme), "/login/code")


def test_linking_twice_is_said_to_be_done_already(app: Flask, acme: Provider, li_na: int, inside: Visitor) -> None:
    links(inside, acme)
    assert links(inside, acme).sees("is linked with yours already")
    assert linked(app) == [(li_na, SUBJECT)]


def test_an_account_of_somebody_else_is_not_linked(
    app: Flask, acme: Provider, inside: Visitor, make_user: MakeUser,
) -> None:
    wei = make_user(username="wei")
    knows(app, wei)
    assert links(inside, acme).sees("is linked with somebody else here")
    assert linked(app) == [(wei, SUBJECT)]


def test_the_proof_must_be_fresh(app: Flask, acme: Provider, inside: Visitor, later: Later) -> None:
    later(700)
    assert leads_to(inside.opens(HERE).submits("Link"), "/login/again")
    inside.fills(password=PASSWORD).submits().enters_code(PHONE)
    catches_up(acme)
    assert inside.sees("Go on with “Your identity sources”")
    returns(inside, acme, goes_on(inside.submits("Go on")))
    assert inside.sees("Linked.")


def test_a_way_back_from_an_ended_login_links_nothing(app: Flask, acme: Provider, inside: Visitor) -> None:
    leaving = goes_on(inside.opens(HERE).submits("Link"))
    inside.opens("/").submits("Log out")
    returns(inside, acme, leaving)
    assert linked(app) == []


def test_a_way_back_in_another_browser_links_nothing(
    app: Flask, acme: Provider, inside: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    make_user(username="wei", phone=OTHER_PHONE)
    other = comes_in(another_visitor(), "wei", OTHER_PHONE)
    returns(other, acme, goes_on(inside.opens(HERE).submits("Link")))
    assert linked(app) == []


def test_a_source_that_is_off_is_not_offered(app: Flask, acme: Provider, inside: Visitor) -> None:
    inside.opens(HERE)
    writes(app, enabled=False)
    assert inside.submits("Link").status == 404
    inside.opens(HERE).does_not_see("Link another account")


def test_unlinking_ends_what_came_in_by_it(
    app: Flask, acme: Provider, li_na: int, inside: Visitor, another_visitor: MakeVisitor,
) -> None:
    links(inside, acme)
    other = comes_by(another_visitor(), acme).enters_code(PHONE)
    assert is_home(other.opens("/"), "li.na")
    assert inside.opens(HERE).submits("Unlink").sees("Unlinked.")
    assert linked(app) == []
    assert is_outside(other)
    assert ("identity unlinked", "ok") in events(app, user_id=li_na)
    assert leads_to(comes_by(another_visitor(), acme), "/login/arrived")


def test_the_last_way_in_stays(app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor) -> None:
    wei = make_user(username="wei", phone=PHONE, password=None)
    knows(app, wei)
    comes_by(visitor, acme).enters_code(PHONE)
    assert visitor.opens(HERE).sees("This is your last way in")
    assert not [form for form in visitor.page.forms if "unlink" in form.action]
    visitor.posts(f"{HERE}/1/unlink")
    assert visitor.sees("This is your last way in")
    assert linked(app) == [(wei, SUBJECT)]


def test_a_source_that_is_off_is_no_other_way_in(app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor) -> None:
    offers(app, "other", issuer=acme.url)
    wei = make_user(username="wei", phone=PHONE, password=None)
    knows(app, wei)
    knows(app, wei, source="other")
    comes_by(visitor, acme).enters_code(PHONE).opens(HERE)
    writes(app, "other", enabled=False)
    visitor.posts(f"{HERE}/1/unlink")
    assert len(linked(app)) == 2
    assert visitor.sees("This is your last way in", "Not in use now")
    visitor.posts(f"{HERE}/2/unlink")
    assert len(linked(app)) == 1


def test_nobody_unlinks_what_is_somebody_else_s(
    app: Flask, acme: Provider, inside: Visitor, make_user: MakeUser,
) -> None:
    knows(app, make_user(username="wei"))
    assert inside.opens(HERE).posts(f"{HERE}/1/unlink").status == 404
    assert len(linked(app)) == 1


def test_of_two_who_unlink_the_last_two_at_once_one_stays(
    both_databases: str, app: Flask, acme: Provider, make_user: MakeUser,
) -> None:
    offers(app, "other", issuer=acme.url)
    wei = make_user(username="wei", phone=PHONE, password=None)
    does(app, "mfa", "--global", "off")
    for _round in range(5):
        for name in ("acme", "other"):
            if not rows(app, "SELECT 1 FROM identity JOIN identity_source s ON s.id = source_id WHERE s.name = :name", name=name):
                knows(app, wei, source=name)
        ids = [row.id for row in rows(app, "SELECT id FROM identity ORDER BY id")]
        browsers = [Visitor(InProcess(app)) for _id in ids]
        for browser in browsers:
            comes_by(browser, acme).opens(HERE)
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda pair: pair[0].posts(f"{HERE}/{pair[1]}/unlink"), zip(browsers, ids, strict=True)))
        assert len(linked(app)) == 1


@pytest.mark.parametrize("step", ["portal.sources.identities.link", "portal.sources.requests.settle"])
def test_linking_while_the_source_is_deleted_ends_one_way_or_the_other(
    both_databases: str, app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor, *,
    monkeypatch: pytest.MonkeyPatch, step: str,
) -> None:
    make_user(username="li.na", phone=PHONE)
    arrives(visitor, acme).fills(identifier="li.na", password=PASSWORD).submits().enters_code(PHONE)
    real, begun = pkgutil.resolve_name(step), threading.Event()

    def slowly(*about: Any) -> Any:
        begun.set()
        time.sleep(0.3)
        return real(*about)

    monkeypatch.setattr(step, slowly)
    with ThreadPoolExecutor(1) as pool:
        linking = pool.submit(visitor.submits, "Link")
        assert begun.wait(5)
        does(app, "source", "delete", "acme", "--yes")
        linking.result()
    assert visitor.status == 200
    assert linked(app) == []
    assert is_home(visitor.opens("/"), "li.na")
