"""Does a person come in by a directory, and nobody else? From the login page on, against a real slapd."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from portal import trace
from portal.models import SourceKind
from portal.sources import register, upkeep
from portal.sources.wanted import Asked
from tests.conftest import PASSWORD
from tests.directory import PEOPLE, SEARCHER_PASSWORD, SECRET, Directory, person
from tests.people import OTHER_PHONE, PHONE, Later, MakeUser, MakeVisitor, add_application, events, is_home, later, leads_to, rows
from tests.processes import until
from tests.servers import Portal
from tests.transports import OverNetwork
from tests.visitor import Visitor

pytest.importorskip("ldap", reason="python-ldap is not installed: `make test` installs it where it may")
__all__ = ["later"]
pytestmark = pytest.mark.settings(PORTAL_HOME_COUNTRY="DE")
REFUSED = "That account and password don’t match."
Add = Callable[..., None]


@pytest.fixture(scope="module")
def directory() -> Iterator[Directory]:
    served = Directory(person("li.na", cn="Li Na", mobile="0151 12345678"), person("wang.wei"), person("zhao"))
    served.start()
    yield served
    served.end()


@pytest.fixture
def add(app: Flask, directory: Directory) -> Add:
    """Adds the directory *Staff* to the sources: `add(create_accounts=True)`."""
    return lambda **other: add_directory(app, directory.settings(**other))


def add_directory(app: Flask, settings: dict[str, Any]) -> None:
    asked = Asked(kind=SourceKind.LDAP, title="Staff", name="staff", enabled=True, secret=SEARCHER_PASSWORD,
                  settings=settings)
    with app.app_context():
        added = upkeep.add(asked, trace.COMMAND, actor=trace.Actor("test"))
        assert isinstance(added, int), added
        register.forget()


def by_staff(visitor: Visitor, account: str, password: str = SECRET, page: str = "/login") -> Visitor:
    """From the login page to the directory's form, and what is typed there."""
    return visitor.opens(page).clicks("Continue with Staff").fills(identifier=account, password=password).submits()


def held(visitor: Visitor, field: str) -> str:
    """What stands in a field of the page that is open."""
    return dict(visitor.form(field).values())[field]


def links(visitor: Visitor, account: str = "li.na") -> Visitor:
    """A person inside links their account of the directory."""
    visitor.opens("/account/sources").submits("Link")
    return visitor.fills(identifier=account, password=SECRET).submits()


def test_a_person_of_the_directory_comes_in_by_password_and_code(
    add: Add, visitor: Visitor, another_visitor: MakeVisitor, make_user: MakeUser, app: Flask,
) -> None:
    make_user(username="lina", phone=PHONE)
    add()
    links(visitor.logs_in("lina", PASSWORD).enters_code(PHONE))
    visitor.sees("Linked. You can log in with Staff from now on.", "li.na")
    other = by_staff(another_visitor(), "li.na")
    assert leads_to(other, "/login/code")
    assert is_home(other.enters_code(PHONE), "lina")
    assert rows(app, "SELECT source FROM sign_in WHERE state = 'complete' ORDER BY id DESC")[0].source == "ldap:staff"


@pytest.mark.parametrize(("account", "password"), [
    ("li.na", "wrong"), ("nobody", SECRET), ("*", SECRET), ("li.na)(uid=*", SECRET)])
def test_whoever_is_refused_reads_the_same_words(
    add: Add, visitor: Visitor, app: Flask, account: str, password: str,
) -> None:
    add(create_accounts=True)
    by_staff(visitor, account, password)
    assert visitor.status == 422
    visitor.sees(REFUSED)
    assert held(visitor, "identifier") == account
    assert events(app)[-1] == ("first factor refused", "refused")
    assert not rows(app, 'SELECT id FROM "user"')


def test_empty_fields_say_so(add: Add, visitor: Visitor) -> None:
    add()
    visitor.opens("/login/with/staff").submits()
    assert visitor.status == 422
    visitor.sees("Enter your account at Staff.", "Enter your password.")


def test_somebody_nobody_is_linked_with_says_who_they_are_here(
    add: Add, visitor: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="lina", phone=PHONE)
    add()
    assert leads_to(by_staff(visitor, "li.na"), "/login/arrived")
    visitor.sees("Nobody here is linked with this account of Staff yet.")
    visitor.fills(identifier="lina", password=PASSWORD).submits().enters_code(PHONE)
    assert leads_to(visitor, "/account/sources")


def test_an_account_is_created_where_the_source_may_and_its_number_is_suggested(
    add: Add, visitor: Visitor, app: Flask,
) -> None:
    add(create_accounts=True, email_domains=["example.org"], take_phone=True)
    assert leads_to(by_staff(visitor, "li.na"), "/login/phone")
    user = rows(app, 'SELECT username, name, email, phone FROM "user"')[0]
    assert tuple(user) == ("li.na", "Li Na", "li.na@example.org", None)
    assert held(visitor, "phone").replace(" ", "").endswith("15112345678")


def test_a_number_that_the_directory_is_trusted_with_receives_the_code(add: Add, visitor: Visitor) -> None:
    add(create_accounts=True, take_phone=True, trust_phone=True)
    assert leads_to(by_staff(visitor, "li.na"), "/login/code")
    assert is_home(visitor.enters_code(PHONE), "Li Na")


def test_no_account_is_created_for_another_email_domain(add: Add, visitor: Visitor, app: Flask) -> None:
    add(create_accounts=True, email_domains=["elsewhere.example"])
    assert leads_to(by_staff(visitor, "li.na"), "/login/arrived")
    assert not rows(app, 'SELECT id FROM "user"')


def test_whoever_is_renamed_in_the_directory_keeps_their_account(
    add: Add, visitor: Visitor, another_visitor: MakeVisitor, directory: Directory, app: Flask,
) -> None:
    add(create_accounts=True, take_phone=True, trust_phone=True)
    by_staff(visitor, "wang.wei")
    directory.changes(f"dn: uid=wang.wei,{PEOPLE}\nchangetype: modrdn\nnewrdn: uid=li.wei\ndeleteoldrdn: 1\n")
    by_staff(another_visitor(), "li.wei")
    assert rows(app, "SELECT called FROM identity")[0].called == "li.wei"
    assert len(rows(app, 'SELECT id FROM "user"')) == 1


def test_the_form_counts_once_and_in_its_own_browser(add: Add, visitor: Visitor, another_visitor: MakeVisitor) -> None:
    add(create_accounts=True)
    visitor.opens("/login/with/staff")
    address = visitor.path
    other = another_visitor().opens(address).fills(identifier="li.na", password=SECRET).submits()
    assert other.status == 400
    other.sees("begun in another browser")
    visitor.fills(identifier="li.na", password=SECRET).submits()
    assert leads_to(visitor, "/login/phone")
    again = visitor.opens(address).fills(identifier="li.na", password=SECRET).submits()
    again.sees("That way back is used or too old")


def test_a_form_that_was_open_too_long_is_begun_anew(add: Add, visitor: Visitor, later: Later) -> None:
    add()
    visitor.opens("/login/with/staff")
    later(700)
    visitor.fills(identifier="li.na", password=SECRET).submits()
    assert visitor.status == 400


def test_tries_are_paused_as_passwords_are_and_count_for_one_source(
    add: Add, visitor: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="li.na", phone=PHONE)
    add()
    for spelling in ("li.na", "LI.NA", " li.na ", "lí.na", "l\ufffci\u034f.na"):
        by_staff(visitor, spelling, "wrong")
    by_staff(visitor, "li.na")
    assert visitor.status == 429
    assert visitor.answer.header("Retry-After")
    assert leads_to(visitor.opens("/login").logs_in("li.na", PASSWORD), "/login/code")


@pytest.mark.settings(PORTAL_LIMIT_PASSWORD_PER_ACCOUNT="3", PORTAL_LIMIT_PASSWORD_PER_IDENTIFIER="50")
def test_the_directory_sees_no_more_tries_for_an_entry_than_our_limit(
    add: Add, visitor: Visitor, directory: Directory, later: Later,
) -> None:
    add(filter="(|(uid={identifier})(mail={identifier}))")
    for account in ("zhao", "zhao@example.org", "ZHAO"):
        by_staff(visitor, account, "wrong")
    assert by_staff(visitor, "zhao").status == 422
    visitor.sees(REFUSED)
    later(3_700)
    assert leads_to(by_staff(visitor, "zhao@example.org"), "/login/arrived")


def test_unknown_and_wrong_take_the_same_time(add: Add, visitor: Visitor) -> None:
    add()

    def refusals(account: str) -> float:
        times = []
        for number in range(4):
            visitor.opens("/login/with/staff").fills(identifier=account.format(number), password="wrong")
            began = time.monotonic()
            assert visitor.submits().status == 422
            times.append(time.monotonic() - began)
        return statistics.median(times)

    assert refusals("nobody{}") == pytest.approx(refusals("li.na"), abs=0.1)


@pytest.mark.parametrize("address", ["/login/with/staff", "/login/with/staff/form"])
def test_a_directory_out_of_use_or_unknown_has_no_form(add: Add, visitor: Visitor, app: Flask, address: str) -> None:
    add()
    assert visitor.opens(address).status == 200
    with app.app_context():
        source = next(source for source in register.fresh() if source.name == "staff")
        upkeep.enable(source.id, trace.COMMAND, on=False, actor=trace.Actor("test"))
    assert visitor.opens(address).status == 404
    assert visitor.opens(address.replace("staff", "other")).status == 404


def test_who_comes_through_an_application_goes_on_through_it(add: Add, visitor: Visitor, app: Flask) -> None:
    add(create_accounts=True)
    client_id = add_application(app, "Wiki")
    by_staff(visitor, "li.na", page=f"/login?application={client_id}&next=/account/sources")
    [row] = rows(app, "SELECT application_id, next_address FROM sign_in")
    assert row.application_id is not None
    assert row.next_address == "/account/sources"


def test_an_experience_login_asks_the_directory_and_links_nobody(
    add: Add, visitor: Visitor, another_visitor: MakeVisitor, make_user: MakeUser, app: Flask,
) -> None:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="lina", phone=PHONE)
    add_application(app, "Wiki")
    add(create_accounts=True)
    boss = visitor.logs_in("boss", PASSWORD).enters_code(OTHER_PHONE)
    boss.opens("/admin/applications/1").submits("Experience login").clicks("Continue with Staff")
    assert leads_to(boss, "/trial/login/with/staff/form")
    boss.fills(identifier="li.na", password=SECRET).submits()
    assert boss.status == 403
    assert not rows(app, "SELECT id FROM identity")
    links(another_visitor().logs_in("lina", PASSWORD).enters_code(PHONE))
    by_staff(boss, "li.na", page="/trial/login")
    assert leads_to(boss, "/trial/login/code")


def test_it_is_confirmed_by_the_directory_that_it_is_you(
    add: Add, visitor: Visitor, make_user: MakeUser, later: Later,
) -> None:
    make_user(username="lina", phone=PHONE)
    add()
    links(visitor.logs_in("lina", PASSWORD).enters_code(PHONE))
    later(700)
    visitor.opens("/account/sources").submits("Unlink")
    assert leads_to(visitor, "/login/again")
    assert visitor.submits("Continue with Staff").page.heading == "Confirm that it is you"
    visitor.fills(identifier="zhao", password=SECRET).submits()
    visitor.sees("That account of Staff is not linked with yours.")
    visitor.submits("Continue with Staff").fills(identifier="li.na", password=SECRET).submits().enters_code(PHONE)
    assert leads_to(visitor, "/go-on")


def test_a_directory_that_is_down_is_said_to_be(visitor: Visitor, app: Flask, directory: Directory) -> None:
    add_directory(app, directory.settings(servers=["ldaps://127.0.0.1:1"]))
    for _time in range(2):
        by_staff(visitor, "li.na")
        assert visitor.status == 503
        assert visitor.answer.header("Retry-After")
        visitor.sees("Staff doesn’t answer at the moment.")
        assert held(visitor, "identifier") == "li.na"
    assert events(app).count(("first factor refused", "source")) == 1


def test_it_reads_chinese(add: Add, another_visitor: MakeVisitor) -> None:
    add()
    visitor = another_visitor(language="zh").opens("/login/with/staff")
    assert "Account" not in visitor.page.text
    assert "another way" not in visitor.page.text


def test_logins_by_password_go_on_while_the_directory_hangs(portals: Callable[..., Portal], tmp_path: Any) -> None:
    frozen = Directory(person("li.na"))
    frozen.start()
    portal = portals(WEB_CONCURRENCY="1", PORTAL_THREADS="4", PORTAL_LIMIT_PASSWORD_PER_ADDRESS="500")
    assert portal.cli("user", "create", "--username", "lina", "--password-stdin", given=PASSWORD).returncode == 0
    added_behind(portal, frozen.settings())
    until(lambda: Visitor(OverNetwork(portal.url)).opens("/login/with/staff").status == 200)
    frozen.freeze()
    waiting = [Visitor(OverNetwork(portal.url)).opens("/login/with/staff") for _ in range(6)]
    asking = [threading.Thread(target=each.fills(identifier=f"p{number}", password=SECRET).submits)
              for number, each in enumerate(waiting)]
    for each in asking:
        each.start()
    time.sleep(0.5)
    began = time.monotonic()
    assert leads_to(Visitor(OverNetwork(portal.url)).logs_in("lina", PASSWORD), "/login/phone")
    assert time.monotonic() - began < 3
    for each in asking:
        each.join()
    assert sorted(each.status for each in waiting) == [503] * 6
    frozen.end()


def added_behind(portal: Portal, settings: dict[str, Any]) -> None:
    """Add the directory to the database of a portal that runs."""
    from portal import create_app
    from tests.conftest import settings as read

    add_directory(create_app(read(**{"DATABASE_URL": portal.environment["DATABASE_URL"]})), settings)
