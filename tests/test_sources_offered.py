"""Does an application offer the identity sources that it was told to?"""

from __future__ import annotations

from flask import Flask

from tests import outside, people, sourcing
from tests.people import MakeVisitor, events, rows
from tests.sourcing import hides
from tests.visitor import Visitor

boss, acme = sourcing.boss, sourcing.acme
provider = outside.provider


def test_an_application_says_which_sources_it_offers(
    app: Flask, boss: Visitor, acme: str, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    client_id = people.add_application(app, "Wiki")
    hides(boss, "Acme", "Scan code").sees("Saved. The application’s login page offers these sources.")
    another_visitor().opens(f"/login?application={client_id}").does_not_see("Continue with Acme")
    another_visitor().opens("/login").sees("Continue with Acme")
    assert another_visitor().opens(f"/login/with/acme?application={client_id}").status == 404
    assert events(app)[-1] == ("application changed", "ok")
    hides(boss).does_not_see("Not offered")
    assert rows(app, "SELECT hidden_sources AS it FROM application")[0].it is None


def test_the_latest_changes_of_an_application_name_the_sources_that_it_offers(app: Flask, boss: Visitor, acme: str) -> None:
    people.add_application(app, "Wiki")
    hides(boss, "Acme", "Scan code")
    hides(boss, "Scan code")
    boss.opens("/admin/applications/1/security")
    boss.sees("Latest changes", "No longer offered: “Scan code” and “Acme”", "Offered: “Acme”")
    boss.opens("/settings/mfa").does_not_see("No longer offered")


def test_one_source_stays_at_an_application(app: Flask, boss: Visitor, acme: str) -> None:
    people.add_application(app, "Wiki")
    hides(boss, "Acme", "Scan code", "Password")
    assert boss.status == 422
    assert boss.sees("At least one source stays, or nobody could log in there.")
    assert rows(app, "SELECT hidden_sources AS it FROM application")[0].it is None


def test_of_two_who_choose_sources_the_later_is_told(app: Flask, boss: Visitor, acme: str) -> None:
    people.add_application(app, "Wiki")
    hides(boss, "Acme")
    boss.posts("/admin/applications/1/sources", listed="scan", offered="")
    assert boss.status == 409
    assert boss.sees("Somebody changed meanwhile which sources are offered.")
