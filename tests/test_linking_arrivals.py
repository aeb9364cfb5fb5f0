"""Does who comes from an outside source and is unknown log in once, link, and go on?"""

from __future__ import annotations

from flask import Flask

from tests import linkings, outside, people
from tests.comings import SUBJECT, comes_by, linked
from tests.conftest import PASSWORD
from tests.linkings import HERE, arrives
from tests.people import OTHER_PHONE, PHONE, Later, MakeUser, MakeVisitor, comes_in, leads_to
from tests.provider import Provider
from tests.visitor import Visitor

acme, li_na = linkings.acme, linkings.li_na
provider, nothing_rests, later = outside.provider, outside.nothing_rests, people.later


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
