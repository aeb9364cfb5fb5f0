"""Whom does an outside source create, and whose number, email and name do they get?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import coming_outside, outside
from tests.comings import SUBJECT, comes_by, knows, linked, sets
from tests.people import OTHER_PHONE, PHONE, MakeUser, events, is_home, is_outside, leads_to, rows
from tests.provider import Provider
from tests.visitor import Visitor

acme, li_na = coming_outside.acme, coming_outside.li_na
provider, nothing_rests = outside.provider, outside.nothing_rests


def test_a_user_is_created_where_the_source_may(app: Flask, acme: Provider, visitor: Visitor) -> None:
    sets(app, create_accounts=True, email_domains=["example.com"])
    assert leads_to(comes_by(visitor, acme), "/login/phone")
    (row,) = rows(app, 'SELECT id, username, email, name, phone, password_hash, role FROM "user"')
    assert (row.username, row.email, row.name, row.phone, row.password_hash, row.role) == (
        "li.na", "li.na@example.com", "Li Na", None, None, None)
    assert linked(app) == [(row.id, SUBJECT)]
    assert [event for event, _outcome in events(app, user_id=row.id)][:2] == ["user created", "identity linked"]


@pytest.mark.parametrize("claims", [
    {"email": "li.na@example.org"}, {"email_verified": False}, {"email": None}, {"email": "li.na@example.com.evil.org"},
    {"email": "li.na@sub.example.com"},
])
def test_nobody_is_created_by_an_email_that_is_not_let_in(
    app: Flask, acme: Provider, visitor: Visitor, claims: dict[str, str],
) -> None:
    sets(app, create_accounts=True, email_domains=["example.com"])
    acme.claims = claims
    assert leads_to(comes_by(visitor, acme), "/login/arrived")
    assert visitor.sees("none is created for it")
    assert rows(app, 'SELECT id FROM "user"') == []


def test_an_email_makes_nobody_one_with_its_holder(
    app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor,
) -> None:
    make_user(username="victim", email="Li.Na@example.com", phone=PHONE)
    sets(app, create_accounts=True)
    assert leads_to(comes_by(visitor, acme), "/login/arrived")
    assert visitor.sees("Somebody here has the email address of this account of Acme already")
    assert linked(app) == []
    assert is_outside(visitor)


def test_a_username_that_is_taken_is_left_to_its_holder(
    app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor,
) -> None:
    make_user(username="li.na", phone=PHONE)
    sets(app, create_accounts=True)
    comes_by(visitor, acme)
    assert [row.username for row in rows(app, 'SELECT username FROM "user" ORDER BY id')] == ["li.na", None]


@pytest.mark.parametrize("trusted", [True, False])
def test_a_number_that_the_source_tells_is_bound_only_where_it_is_trusted(
    app: Flask, acme: Provider, visitor: Visitor, trusted: bool,
) -> None:
    sets(app, create_accounts=True, take_phone=True, trust_phone=trusted)
    acme.claims = {"phone_number": PHONE, "phone_number_verified": True}
    comes_by(visitor, acme)
    (row,) = rows(app, 'SELECT phone, phone_state FROM "user"')
    assert (row.phone, row.phone_state) == ((PHONE, "not proven") if trusted else (None, None))
    assert leads_to(visitor, "/login/code" if trusted else "/login/phone")
    if not trusted:
        assert visitor.form("phone").find("phone").get("value").replace(" ", "") == "015112345678"  # type: ignore[union-attr]
        visitor.submits("Send verification code")
    assert is_home(visitor.enters_code(PHONE), "Li Na")
    assert rows(app, 'SELECT phone_state FROM "user"')[0].phone_state == "proven"


def test_a_trusted_number_is_taken_over_by_somebody_who_has_none(
    app: Flask, acme: Provider, make_user: MakeUser, visitor: Visitor,
) -> None:
    knows(app, make_user(username="li.na"))
    sets(app, take_phone=True, trust_phone=True)
    acme.claims = {"phone_number": PHONE, "phone_number_verified": True}
    assert leads_to(comes_by(visitor, acme), "/login/code")
    assert is_home(visitor.enters_code(PHONE), "li.na")


def test_a_suggested_number_of_somebody_else_is_refused_in_words(
    app: Flask, acme: Provider, li_na: int, make_user: MakeUser, visitor: Visitor,
) -> None:
    knows(app, make_user(username="wei", phone=""), subject="wei")
    sets(app, take_phone=True, trust_phone=False)
    acme.claims = {"phone_number": PHONE, "phone_number_verified": True, "sub": "wei"}
    comes_by(visitor, acme).submits("Send verification code").enters_code(PHONE)
    assert leads_to(visitor, "/login/phone")
    assert visitor.sees("belongs to another account already")


def test_a_number_of_somebody_else_stays_theirs(
    app: Flask, acme: Provider, li_na: int, make_user: MakeUser, visitor: Visitor,
) -> None:
    knows(app, make_user(username="wei"), subject="wei")
    sets(app, take_phone=True, trust_phone=True)
    acme.claims = {"phone_number": PHONE, "phone_number_verified": True, "sub": "wei"}
    assert leads_to(comes_by(visitor, acme), "/login/phone")
    assert rows(app, 'SELECT phone FROM "user" ORDER BY id')[1].phone is None


def test_a_bound_number_is_not_changed_by_a_source(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    sets(app, take_phone=True, trust_phone=True)
    acme.claims = {"phone_number": OTHER_PHONE, "phone_number_verified": True}
    comes_by(visitor, acme)
    assert rows(app, 'SELECT phone FROM "user"')[0].phone == PHONE
