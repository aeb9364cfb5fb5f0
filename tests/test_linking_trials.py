"""Does a trial link nobody, and of two who come at once only one?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests import linkings, outside
from tests.comings import goes_on, knows, linked, returns
from tests.conftest import PASSWORD
from tests.linkings import HERE
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, add_application, comes_in, does, is_home, leads_to, rows
from tests.provider import Provider
from tests.transports import InProcess
from tests.visitor import Visitor

acme, li_na = linkings.acme, linkings.li_na
provider, nothing_rests = outside.provider, outside.nothing_rests


@pytest.fixture
def boss(app: Flask, li_na: int, make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    add_application(app, "Wiki")
    visitor = comes_in(another_visitor(), "boss", OTHER_PHONE)
    return visitor.opens("/admin/applications/1").submits("Experience login")


def tries(visitor: Visitor, provider: Provider) -> Visitor:
    link = next(node.get("href") for node in visitor.page.root.all("a") if node.words() == "Continue with Acme")
    return returns(visitor, provider, visitor.sends("GET", link).header("Location"))


def test_a_trial_comes_back_to_the_one_address_and_goes_on_as_a_trial(
    app: Flask, acme: Provider, li_na: int, boss: Visitor,
) -> None:
    knows(app, li_na)
    assert leads_to(tries(boss, acme), "/trial/login/code")
    assert leads_to(boss.enters_code(PHONE), "/trial/result")
    assert is_home(boss.opens("/"), "boss")
    assert rows(app, "SELECT used_at FROM identity")[0].used_at is None


def test_a_trial_links_and_creates_nobody(app: Flask, acme: Provider, boss: Visitor) -> None:
    from tests.comings import sets

    assert tries(boss, acme).status == 403
    assert boss.sees("Nobody here is linked with this account of Acme")
    sets(app, create_accounts=True)
    assert tries(boss.opens("/trial/login"), acme).sees("an Experience login doesn’t")
    assert len(rows(app, 'SELECT id FROM "user"')) == 2
    assert linked(app) == []


def test_an_answer_for_a_trial_is_none_outside_of_it(app: Flask, acme: Provider, li_na: int, boss: Visitor) -> None:
    knows(app, li_na)
    link = next(node.get("href") for node in boss.page.root.all("a") if node.words() == "Continue with Acme")
    leaving = boss.sends("GET", link).header("Location")
    del boss.cookies["portal-trial"]
    assert returns(boss, acme, leaving).status == 404
    assert is_home(boss.opens("/"), "boss")


def test_of_two_who_come_unknown_at_once_one_user_is_made(both_databases: str, app: Flask, acme: Provider) -> None:
    from tests.comings import leaves, sets

    sets(app, create_accounts=True)
    does(app, "mfa", "--global", "off")
    for at in range(5):
        acme.claims = {"sub": f"new-{at}", "email": f"new{at}@example.com", "preferred_username": f"new.{at}"}
        browsers = [(visitor := Visitor(InProcess(app)), leaves(visitor)) for _one in range(2)]
        with ThreadPoolExecutor() as threads:
            came = list(threads.map(lambda pair: returns(pair[0], acme, pair[1]), browsers))
        assert [visitor.path for visitor in came] == ["/", "/"]
        assert len(linked(app)) == len(rows(app, 'SELECT id FROM "user"')) == at + 1


def test_of_two_who_link_one_account_at_once_one_has_it(
    both_databases: str, app: Flask, acme: Provider, make_user: MakeUser,
) -> None:
    does(app, "mfa", "--global", "off")
    for at in range(5):
        acme.claims = {"sub": f"shared-{at}"}
        browsers = []
        for name in (f"wei.{at}", f"zhao.{at}"):
            make_user(username=name)
            visitor = Visitor(InProcess(app)).logs_in(name, PASSWORD)
            browsers.append((visitor, goes_on(visitor.opens(HERE).submits("Link"))))
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda pair: returns(pair[0], acme, pair[1]), browsers))
        assert len(linked(app)) == at + 1
        assert sorted("Linked." in visitor.page.text for visitor, _address in browsers) == [False, True]
