"""Does who has an outside source alone confirm by it that it is them?"""

from __future__ import annotations

import pytest
from flask import Flask

from portal.models import SourceKind
from tests import linkings, outside, people
from tests.coming_by import comes_by as stands_in
from tests.coming_by import lets_come
from tests.comings import comes_by, goes_on, knows, offers, returns, writes
from tests.linkings import HERE, catches_up
from tests.people import PHONE, Later, MakeUser, does, is_home, leads_to, rows
from tests.provider import Provider
from tests.visitor import Visitor

acme, li_na, inside = linkings.acme, linkings.li_na, linkings.inside
provider, nothing_rests, later = outside.provider, outside.nothing_rests, people.later


def test_who_has_no_password_confirms_by_the_source(
    app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor, later: Later,
) -> None:
    knows(app, make_user(username="wei", phone=PHONE, password=None))
    comes_by(visitor, acme).enters_code(PHONE).opens(HERE)
    later(700)
    catches_up(acme)
    assert leads_to(visitor.submits("Link"), "/login/again")
    assert not [form for form in visitor.page.forms if form.find("password")]
    returns(visitor, acme, goes_on(visitor.submits("Continue with Acme")))
    assert leads_to(visitor, "/login/code")
    assert leads_to(visitor.enters_code(PHONE), "/go-on")
    assert goes_on(visitor.submits("Go on"))


def test_whoever_has_a_source_alone_that_asks_nobody_anew_is_told_to_log_in_again(
    app: Flask, provider: Provider, make_user: MakeUser, visitor: Visitor, later: Later,
) -> None:
    outside.add_source(app, "github", kind=SourceKind.OAUTH, base=provider.url)
    writes(app, "github", enabled=True)
    knows(app, make_user(username="wei", phone=PHONE, password=None), source="github", issuer=provider.url)
    lets_come(app)
    stands_in(visitor, "wei", "oauth:github").enters_code(PHONE)
    later(700)
    visitor.opens("/login/again").does_not_see("Continue with Github")
    assert visitor.sees("Log out and log in again")
    assert visitor.opens("/").posts("/login/again/with/github").status == 404


@pytest.fixture
def asked_anew(app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor, later: Later) -> str:
    """Where the source asks the visitor, who came in by it a while ago, to confirm that it is them."""
    knows(app, make_user(username="wei", phone=PHONE))
    comes_by(visitor, acme).enters_code(PHONE)
    later(700)
    return goes_on(visitor.opens("/login/again").submits("Continue with Acme"))


def test_another_account_there_confirms_nothing(app: Flask, acme: Provider, visitor: Visitor, asked_anew: str) -> None:
    catches_up(acme, sub="another")
    assert leads_to(returns(visitor, acme, asked_anew), "/login/again")
    assert visitor.sees("That account of Acme is not linked with yours")
    assert len(rows(app, 'SELECT id FROM "user"')) == 1


def test_a_source_that_is_not_linked_confirms_nothing(acme: Provider, inside: Visitor) -> None:
    inside.opens("/").posts("/login/again/with/acme")
    assert inside.status == 404


def test_a_login_from_another_time_confirms_nothing(acme: Provider, visitor: Visitor, asked_anew: str) -> None:
    catches_up(acme, auth_time=1)
    assert leads_to(returns(visitor, acme, asked_anew), "/login/again")
    assert visitor.sees("did not ask anew who you are")


@pytest.mark.parametrize("switch", [("--trust", "oidc:acme", "on"), ("--source", "oidc:acme", "off")])
def test_who_came_in_another_way_confirms_by_a_source_with_a_code_however_its_switch_stands(
    app: Flask, acme: Provider, inside: Visitor, later: Later, switch: tuple[str, ...],
) -> None:
    knows(app, 1)
    does(app, "mfa", *switch)
    later(700)
    address = goes_on(inside.opens(HERE).submits("Unlink").submits("Continue with Acme"))
    catches_up(acme, amr=["mfa"])
    assert leads_to(returns(inside, acme, address), "/login/code")
    assert leads_to(inside.enters_code(PHONE).submits("Go on"), HERE)
    assert inside.sees("Unlinked")


def test_what_a_source_vouches_for_is_no_word_of_the_trusted_one_by_which_somebody_came_in(
    app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor, later: Later,
) -> None:
    offers(app, "other", issuer=acme.url)
    user_id = make_user(username="wei", phone=PHONE)
    knows(app, user_id)
    knows(app, user_id, source="other")
    does(app, "mfa", "--global", "off", "--trust", "oidc:acme", "on")
    assert is_home(comes_by(visitor, acme), "wei")
    later(700)
    address = goes_on(visitor.opens("/login/again").submits("Continue with Other"))
    catches_up(acme, amr=["mfa"])
    assert leads_to(returns(visitor, acme, address, "other"), "/go-on")
    does(app, "mfa", "--global", "on")
    assert leads_to(visitor.opens("/"), "/login/code")
