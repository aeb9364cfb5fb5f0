"""Is an account elsewhere linked with its owner alone: never by a stolen password, and never the last way in taken?"""

from __future__ import annotations

import pkgutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.models import SourceKind
from tests import outside, people
from tests.coming_by import comes_by as stands_in
from tests.coming_by import lets_come
from tests.comings import SUBJECT, comes_by, goes_on, knows, linked, offers, returns, writes
from tests.conftest import PASSWORD
from tests.people import (
    OTHER_PHONE,
    PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    add_application,
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

provider, nothing_rests, later = outside.provider, outside.nothing_rests, people.later
HERE = "/account/sources"


@pytest.fixture
def acme(app: Flask, provider: Provider) -> Provider:
    offers(app, "acme", issuer=provider.url)
    return provider


@pytest.fixture
def li_na(acme: Provider, make_user: MakeUser) -> int:
    return make_user(username="li.na", phone=PHONE)


@pytest.fixture
def inside(li_na: int, visitor: Visitor) -> Visitor:
    return comes_in(visitor, "li.na", PHONE)


def catches_up(provider: Provider, **claims: Any) -> None:
    """Let the provider's clock show what the portal's does."""
    now = clock.now()
    provider.claims = {"iat": now, "auth_time": now, "exp": now + 300} | claims


def links(visitor: Visitor, provider: Provider) -> Visitor:
    return returns(visitor, provider, goes_on(visitor.opens(HERE).submits("Link")))


def arrives(visitor: Visitor, provider: Provider) -> Visitor:
    assert leads_to(comes_by(visitor, provider), "/login/arrived")
    return visitor


# linking from inside


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


# somebody whom nobody is linked with


def test_who_arrives_unknown_logs_in_once_and_links(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    arrives(visitor, acme).fills(identifier="li.na", password=PASSWORD).submits()
    assert leads_to(visitor, "/login/code")
    assert linked(app) == []
    assert leads_to(visitor.enters_code(PHONE), HERE)
    assert visitor.sees("Link this account?", "li.na")
    assert linked(app) == []
    assert visitor.submits("Link").sees("Linked.")
    assert linked(app) == [(li_na, SUBJECT)]
    visitor.does_not_see("Link this account?")


def test_afterwards_they_go_where_they_wanted_to(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    comes_by(visitor, acme, query="?next=/go-on").fills(identifier="li.na", password=PASSWORD).submits().enters_code(PHONE)
    assert leads_to(visitor.submits("Link"), "/go-on")


def test_a_stolen_password_alone_links_nothing(
    app: Flask, acme: Provider, li_na: int, visitor: Visitor, another_visitor: MakeVisitor,
) -> None:
    arrives(visitor, acme)
    arrival = visitor.path
    visitor.fills(identifier="li.na", password=PASSWORD).submits()
    assert leads_to(visitor, "/login/code")
    for path in (f"{HERE}/link", f"{HERE}/arrived"):
        visitor.opens("/login/code").posts(path, source="acme")
        assert visitor.path.startswith("/login")
    assert visitor.opens(HERE).path.startswith("/login")
    visitor.opens(arrival)
    assert linked(app) == []
    assert leads_to(comes_by(another_visitor(), acme), "/login/arrived")


def test_a_wrong_password_is_answered_as_at_the_login_page(acme: Provider, li_na: int, visitor: Visitor) -> None:
    arrives(visitor, acme).fills(identifier="li.na", password="wrong").submits()
    assert visitor.status == 422
    assert visitor.sees("That account and password don’t match.", "Who are you here?")
    for _try in range(5):
        visitor.fills(identifier="li.na", password="wrong").submits()
    assert visitor.status == 429
    assert people.retry_after(visitor) > 0
    assert visitor.opens("/login").fills(identifier="li.na", password="wrong").submits().status == 429


def test_nothing_typed_is_said_beside_the_field(acme: Provider, visitor: Visitor) -> None:
    assert arrives(visitor, acme).submits("Log in").status == 422
    assert visitor.sees("Enter your password.")


def test_an_arrival_is_of_its_browser_alone(
    app: Flask, acme: Provider, li_na: int, visitor: Visitor, another_visitor: MakeVisitor,
) -> None:
    arrives(visitor, acme)
    other = another_visitor().opens(visitor.path)
    assert leads_to(other, "/login")
    other.posts(visitor.path, identifier="li.na", password=PASSWORD)
    assert leads_to(other, "/login")
    comes_in(other, "li.na", PHONE).opens(HERE).does_not_see("Link this account?")
    assert linked(app) == []


def test_an_arrival_belongs_to_the_login_that_came_of_it(
    app: Flask, acme: Provider, li_na: int, visitor: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="wei", phone=OTHER_PHONE)
    arrives(visitor, acme).fills(identifier="wei", password=PASSWORD).submits()
    visitor.submits("Cancel and log in as somebody else")
    comes_in(visitor, "li.na", PHONE).opens(HERE).does_not_see("Link this account?")
    visitor.posts(f"{HERE}/arrived")
    assert linked(app) == []


def test_an_arrival_is_linked_once(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    arrives(visitor, acme).fills(identifier="li.na", password=PASSWORD).submits().enters_code(PHONE)
    visitor.submits("Link").submits("Unlink")
    assert linked(app) == []
    visitor.posts(f"{HERE}/arrived")
    assert linked(app) == []


def test_an_arrival_waits_ten_minutes(app: Flask, acme: Provider, li_na: int, visitor: Visitor, later: Later) -> None:
    arrives(visitor, acme)
    later(601)
    assert leads_to(visitor.fills(identifier="li.na", password=PASSWORD).submits(), "/login")
    assert visitor.sees("That took too long")
    assert linked(app) == []


def test_a_form_out_of_date_opens_again(acme: Provider, li_na: int, visitor: Visitor) -> None:
    arrives(visitor, acme)
    visitor.posts(visitor.path, identifier="li.na", password=PASSWORD, csrf_token="old")
    assert visitor.status == 400
    assert visitor.sees("Who are you here?")


# unlinking


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


# confirming


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


def test_another_account_there_confirms_nothing(
    app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor, later: Later,
) -> None:
    knows(app, make_user(username="wei", phone=PHONE))
    comes_by(visitor, acme).enters_code(PHONE)
    later(700)
    address = goes_on(visitor.opens("/login/again").submits("Continue with Acme"))
    catches_up(acme, sub="another")
    assert leads_to(returns(visitor, acme, address), "/login/again")
    assert visitor.sees("That account of Acme is not linked with yours")
    assert len(rows(app, 'SELECT id FROM "user"')) == 1


def test_a_source_that_is_not_linked_confirms_nothing(acme: Provider, inside: Visitor) -> None:
    inside.opens("/").posts("/login/again/with/acme")
    assert inside.status == 404


def test_a_login_from_another_time_confirms_nothing(
    app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor, later: Later,
) -> None:
    knows(app, make_user(username="wei", phone=PHONE))
    comes_by(visitor, acme).enters_code(PHONE)
    later(700)
    address = goes_on(visitor.opens("/login/again").submits("Continue with Acme"))
    catches_up(acme, auth_time=1)
    assert leads_to(returns(visitor, acme, address), "/login/again")
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


# trials


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


# two at once


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
