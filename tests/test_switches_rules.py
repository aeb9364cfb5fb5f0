"""Does an application follow the global rules until it has its own, and what do they begin as?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import people, throwing
from tests.conftest import PASSWORD
from tests.people import THIRD_PHONE, MakeVisitor, comes_in, does, events, is_home, told
from tests.throwing import asked
from tests.visitor import Visitor

boss, shop = throwing.boss, throwing.shop


def asked_in(visitor: Visitor, client_id: str) -> bool:
    """Whether a login through the application sends a code before anything else."""
    visitor.opens(f"/login?application={client_id}").fills(identifier="li.na", password=PASSWORD).submits()
    return visitor.page.heading == "Verification code login"


def test_an_application_follows_the_global_rules_until_it_customises(
    app: Flask, boss: Visitor, shop: str, another_visitor: MakeVisitor,
) -> None:
    assert asked_in(another_visitor(), shop)
    does(app, "mfa", "--global", "off")
    assert not asked_in(another_visitor(), shop)


def test_an_application_s_own_rules_begin_as_a_copy_and_live_apart(
    app: Flask, boss: Visitor, shop: str, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    does(app, "mfa", "--source", "password", "off")
    copied = {"sms": "on", "source:password": "off", "source:scan": "on"}
    assert told(app, "mfa", "--application", "Shop", "on")["applications"] == {"Shop": copied}
    assert not asked_in(another_visitor(), shop)
    does(app, "mfa", "--source", "password", "on")
    assert not asked_in(another_visitor(), shop)
    does(app, "mfa", "--application-source", "Shop", "password", "on")
    assert asked_in(another_visitor(), shop)
    does(app, "mfa", "--global", "off")
    assert asked_in(another_visitor(), shop)
    assert not asked(another_visitor(), "li.na")


def test_rules_switched_back_are_kept_but_not_in_force(
    app: Flask, boss: Visitor, shop: str, another_visitor: MakeVisitor,
) -> None:
    does(app, "mfa", "--application", "Shop", "off")
    assert not asked_in(another_visitor(), shop)
    assert told(app, "mfa", "--application", "Shop", "inherit")["applications"] == {}
    assert asked_in(another_visitor(), shop)
    kept = told(app, "mfa", "--application-source", "Shop", "password", "on")["applications"]["Shop"]
    assert kept["sms"] == "off"
    assert not asked_in(another_visitor(), shop)


def test_customising_is_in_the_audit_log(app: Flask, shop: str) -> None:
    does(app, "mfa", "--application", "Shop", "off")
    does(app, "mfa", "--application", "Shop", "inherit")
    assert events(app, actor="command") == [("rules customised", "on"), ("switch thrown", "off"), ("rules customised", "off")]


@pytest.mark.parametrize("words", [
    ("--source", "nothing", "off"), ("--application", "Nowhere", "on"), ("--application-source", "Shop", "nothing", "off"),
    ("--global", "off", "--source", "nothing", "off"),
])
def test_a_command_that_names_what_there_is_not_fails_and_throws_nothing(app: Flask, shop: str, words: tuple[str, ...]) -> None:
    before = told(app, "mfa")
    assert people.command(app, "mfa", *words).exit_code == 1
    assert told(app, "mfa") == before


def test_the_number_of_a_third_person_is_bound_by_an_administrator(app: Flask, another_visitor: MakeVisitor) -> None:
    does(app, "mfa", "--binding", "administrators")
    does(app, "user", "create", "--username", "helped", "--phone", THIRD_PHONE, "--password-stdin", given=f"{PASSWORD}\n")
    assert is_home(comes_in(another_visitor(), "helped", THIRD_PHONE), "helped")
