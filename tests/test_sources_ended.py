"""What goes with an identity source that is deleted or no longer trusted, and is it said before?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import outside, people, sourcing
from tests.comings import comes_by, knows, linked, offers
from tests.people import OTHER_PHONE, Later, MakeUser, MakeVisitor, comes_in, events, leads_to, rows
from tests.provider import Provider
from tests.sourcing import DELETE, LIST, SAVE, hides, order
from tests.visitor import Visitor

boss, acme = sourcing.boss, sourcing.acme
provider, later = outside.provider, people.later


@pytest.mark.usefixtures("both_databases")
def test_who_would_be_without_a_way_in_is_said_before_a_source_is_deleted(
    app: Flask, boss: Visitor, acme: str, provider: Provider, make_user: MakeUser,
) -> None:
    offers(app, "umbrella", issuer=provider.url)
    knows(app, make_user(username="with.password"), "1")
    knows(app, make_user(username="alone", password=None), "2")
    twice = make_user(username="twice", password=None)
    knows(app, twice, "3")
    knows(app, twice, "3", source="umbrella")
    boss.opens(LIST).sees("3 accounts linked", "1 account linked")
    boss.opens(acme).clicks(DELETE)
    assert boss.sees("3 accounts there are linked with users here.", "1 of them has neither a password nor another source")
    assert boss.fills(typed="acne").submits(DELETE).status == 422
    assert "acme" in order(app)
    boss.fills(typed="ACME").submits(DELETE).sees("The identity source is deleted.")
    assert linked(app) == [(twice, "3")]
    assert "acme" not in order(app)


def test_a_deleted_source_takes_its_switches_along(app: Flask, boss: Visitor, acme: str) -> None:
    people.add_application(app, "Wiki")
    hides(boss, "Acme")
    boss.opens(acme).submits("Trust it").sees("Saved. A second factor that was given there counts here.")
    people.does(app, "mfa", "--source", "oidc:acme", "off")
    assert len(rows(app, "SELECT name FROM switch WHERE name LIKE '%oidc:acme'")) == 2
    boss.opens(f"{acme}/delete").fills(typed="Acme").submits(DELETE)
    assert rows(app, "SELECT name FROM switch WHERE name LIKE '%oidc:acme'") == []
    assert rows(app, "SELECT hidden_sources AS it FROM application")[0].it is None


@pytest.mark.usefixtures("both_databases")
def test_who_came_in_by_a_source_goes_with_it(
    app: Flask, boss: Visitor, acme: str, provider: Provider, *, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    knows(app, make_user(username="li.na", phone=OTHER_PHONE))
    people.does(app, "mfa", "--source", "oidc:acme", "off")
    by_source = comes_by(another_visitor(), provider)
    by_password = comes_in(another_visitor(), "li.na", OTHER_PHONE)
    assert people.is_home(by_source, "li.na")
    assert boss.opens(f"{acme}/delete").sees("Whoever came in by it is logged out.")
    boss.fills(typed="Acme").submits(DELETE).sees("The identity source is deleted.")
    assert people.is_outside(by_source)
    assert people.is_home(by_password.opens("/"), "li.na")


def test_trust_is_a_switch_with_a_history(app: Flask, boss: Visitor, acme: str) -> None:
    boss.opens(acme).submits("Trust it")
    assert boss.sees("It is trusted", "Turned on by boss")
    assert [(row.name, row.value) for row in rows(app, "SELECT name, value FROM switch")] == [("trust:oidc:acme", "on")]
    assert events(app)[-1] == ("switch thrown", "on")
    boss.opens(LIST).sees("Trusted")
    boss.opens(acme).submits("Trust it no more")
    assert [row.value for row in rows(app, "SELECT value FROM switch")] == ["off"]


@pytest.mark.parametrize("button", [SAVE, "Turn off", "Let it lead", "Trust it"])
def test_what_changes_a_source_needs_a_late_proof(app: Flask, boss: Visitor, acme: str, later: Later, button: str) -> None:
    later(601)
    before = rows(app, "SELECT title, enabled, preferred FROM identity_source WHERE name = 'acme'")
    boss.opens(acme)
    if button == SAVE:
        boss.fills(title="Other")
    assert leads_to(boss.submits(button), "/login/again")
    assert rows(app, "SELECT title, enabled, preferred FROM identity_source WHERE name = 'acme'") == before
    assert rows(app, "SELECT * FROM switch") == []
