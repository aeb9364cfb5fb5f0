"""Does the policy tell outside sources apart: their switches, their word, and whom they let in?"""

from __future__ import annotations

import json

import pytest
from flask import Flask

from tests import people, several_sources
from tests.coming_by import add_source, comes_by
from tests.conftest import PASSWORD
from tests.people import (
    FOURTH_PHONE,
    PHONE,
    MakeUser,
    MakeVisitor,
    add_application,
    comes_in,
    confirms,
    does,
    is_home,
    leads_to,
    rows,
    told,
)
from tests.several_sources import ACME, ASKED, GITHUB, asked
from tests.visitor import Visitor

boss = several_sources.boss
HOSTILE = ("<b>Acme</b>", "عكا", "{{ 7 * 7 }} %(num)s", "A" * 80)


def switched(visitor: Visitor, switch: str, *, on: bool, page: str = "/settings/mfa") -> Visitor:
    return visitor.opens(page).fills(switch, on).submits("Save changes")


@pytest.mark.parametrize("source", ["scan", ACME, GITHUB])
def test_the_switch_of_a_source_holds_for_its_logins_alone(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, source: str, both_databases: str,
) -> None:
    confirms(switched(boss, f"portal.source:{source}", on=False)).sees("Saved. It holds at once.")
    for each in ("password", "scan", ACME, GITHUB):
        assert asked(another_visitor(), each) is (each != source)
    does(app, "mfa", "--source", source, "on")
    assert asked(another_visitor(), source)


def test_an_application_has_a_switch_for_every_source(app: Flask, boss: Visitor, another_visitor: MakeVisitor) -> None:
    add_application(app, "Shop")
    does(app, "mfa", "--application", "Shop", "on")
    confirms(switched(boss, f"1.source:{ACME}", on=False, page="/admin/applications/1/security")).sees("Saved.")
    assert told(app, "mfa")["applications"]["Shop"] == {
        "sms": "on", "source:password": "on", "source:scan": "on", f"source:{ACME}": "off", f"source:{GITHUB}": "on"}
    for application, source, is_asked in ((1, ACME, False), (1, GITHUB, True), (None, ACME, True)):
        visitor = comes_by(another_visitor(), "li.na", source, application=application)
        assert (visitor.page.heading == ASKED) is is_asked


def test_a_change_that_spares_some_sources_is_asked_about_with_their_logins(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor,
) -> None:
    for source, times in (("password", 1), (ACME, 2), (GITHUB, 3)):
        for _ in range(times):
            comes_by(another_visitor(), "li.na", source)
    switched(boss, f"portal.source:{ACME}", on=False)
    assert boss.sees("Logins by “Acme” will not be asked for a code any more.",
                     "Of the last 24 hours, 2 logins would have needed only their first factor.")
    does(app, "mfa", "--source", ACME, "off")
    switched(boss, "portal.sms", on=False)
    assert boss.sees("Nobody but people with a role in the console will be asked for a code any more.")
    assert boss.sees("Of the last 24 hours, 4 logins would have needed only their first factor."), "Acme's are spared already"


def test_a_change_that_spares_many_sources_names_some_and_counts_the_others(app: Flask, boss: Visitor) -> None:
    for at in range(8):
        add_source(app, f"Branch {at}")
    boss.opens("/settings/mfa")
    for at in range(8):
        boss.fills(f"portal.source:oidc:branch-{at}", False)
    boss.submits("Save changes")
    names = "“Branch 0”, “Branch 1”, “Branch 2”, “Branch 3”, “Branch 4”, and 3 more"
    assert boss.sees(f"Logins by {names} will not be asked for a code any more.")


def test_each_source_says_of_what_kind_it_is_and_where(app: Flask, boss: Visitor) -> None:
    add_source(app, "Directory", "ldap")
    boss.opens("/settings/mfa")
    about = {name: boss.page.by_id(f"portal.source:{name}-about") for name in (ACME, GITHUB, "ldap:directory")}
    assert {name: node and node.words() for name, node in about.items()} == {
        ACME: "OpenID Connect, at id.acme.example.", GITHUB: "GitHub.",
        "ldap:directory": "LDAP directory, at directory.acme.example."}


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_is_text_wherever_it_stands(app: Flask, boss: Visitor, title: str) -> None:
    key = add_source(app, title, name="hostile")
    shown = boss.opens("/settings/mfa").page
    assert shown.html.count("<b>Acme") == 0
    assert title in boss.page.text
    assert "49" not in (shown.by_id(f"portal.source:{key}-about") or shown.root).words()
    switched(boss, f"portal.source:{key}", on=False)
    assert title in boss.page.text
    assert "<b>Acme" not in boss.page.html
    assert ("\u2068" in boss.page.html) is (title == "عكا"), "only what is read from the right stands apart"


def test_a_source_that_is_not_in_use_has_no_switch_and_decides_nothing(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--source", ACME, "off")
    does(app, "source", "disable", "acme")
    assert f"source:{ACME}" not in told(app, "mfa")
    assert boss.opens("/settings/mfa").does_not_see("OpenID Connect, at", "The identity source is off")
    assert boss.page.by_id(f"portal.source:{ACME}-about") is None
    assert people.command(app, "mfa", "--source", ACME, "on").exit_code == 1
    does(app, "source", "enable", ACME)
    assert told(app, "mfa")[f"source:{ACME}"] == "off"


def test_a_source_of_the_name_of_one_that_was_deleted_begins_anew(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    add_application(app, "Shop")
    does(app, "mfa", "--source", ACME, "off", "--application-source", "Shop", ACME, "off", "--trust", ACME, "on")
    does(app, "source", "delete", "acme", "--yes")
    assert rows(app, "SELECT name FROM switch WHERE name LIKE '%acme%'") == []
    assert asked(another_visitor(), ACME, vouched=True), "nothing of it decides any more"
    assert add_source(app) == ACME
    assert told(app, "mfa")[f"source:{ACME}"] == "on"
    assert asked(another_visitor(), ACME, vouched=True)


def test_the_word_of_a_source_counts_where_it_is_trusted_and_only_there(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    assert asked(another_visitor(), ACME, vouched=True), "nobody is trusted from the beginning"
    does(app, "mfa", "--trust", ACME, "on")
    assert not asked(another_visitor(), ACME, vouched=True)
    assert asked(another_visitor(), ACME), "it said nothing of a second factor"
    assert asked(another_visitor(), GITHUB, vouched=True), "another source"
    assert asked(another_visitor(), ACME, vouched=True, who="boss"), "people with a role are asked whatever a source says"
    add_application(app, "Shop")
    does(app, "mfa", "--application", "Shop", "on")
    visitor = comes_by(another_visitor(), "li.na", ACME, vouched=True, application=1)
    assert is_home(visitor, "li.na"), "an application's own rules have no say in whom the portal trusts"
    assert rows(app, "SELECT reason FROM sign_in ORDER BY id DESC LIMIT 1")[0].reason == "source_vouches"


def test_who_came_in_by_a_source_s_word_is_asked_once_it_counts_no_more(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    does(app, "mfa", "--trust", ACME, "on")
    visitor = comes_by(another_visitor(), "li.na", ACME, vouched=True)
    found = rows(app, "SELECT methods FROM sign_in ORDER BY id DESC LIMIT 1")[0].methods
    assert {"mfa", ACME} <= set(json.loads(found) if isinstance(found, str) else found)
    assert is_home(visitor.opens("/"), "li.na")
    does(app, "mfa", "--trust", ACME, "off")
    assert leads_to(visitor.opens("/"), "/login/code")
    assert is_home(visitor.submits("Send verification code").enters_code(PHONE), "li.na")


def test_whoever_gets_a_role_is_asked_though_their_source_is_trusted(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    make_user(username="aide", phone=FOURTH_PHONE, role="auditor")
    does(app, "mfa", "--trust", ACME, "on", "--administrators", "off")
    visitor = comes_by(another_visitor(), "aide", ACME, vouched=True)
    assert visitor.page.heading != ASKED
    does(app, "mfa", "--administrators", "on")
    assert leads_to(visitor.opens("/"), "/login/code")


def test_the_page_of_switches_says_who_is_trusted(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    assert boss.opens("/settings/mfa").does_not_see("A second factor that was given there counts as one here.")
    does(app, "mfa", "--trust", ACME, "on")
    assert boss.opens("/settings/mfa").sees("A second factor that was given there counts as one here.",
                                            "“Trust in second factors of Acme” turned on")
    boss.clicks("Settings of this identity source Acme")
    assert boss.status == 200
    assert boss.sees("Acme")
    make_user(username="reads", phone=FOURTH_PHONE, role="auditor")
    auditor = comes_in(another_visitor(), "reads", FOURTH_PHONE).opens("/settings/mfa")
    assert auditor.sees("A second factor that was given there counts as one here.")
    assert auditor.does_not_see("Settings of this identity source")


def test_trust_is_a_danger_that_the_dashboard_names(app: Flask, boss: Visitor) -> None:
    said = "The word of 1 outside source is taken for the second factor"
    assert boss.opens("/admin/").does_not_see(said)
    does(app, "mfa", "--trust", ACME, "on", "--source", GITHUB, "off")
    assert boss.opens("/admin/").sees(said, "1 identity source asks for no code")
    does(app, "source", "disable", "acme")
    does(app, "source", "disable", "github")
    assert boss.opens("/admin/").does_not_see(said, "asks for no code")


def test_logins_with_a_source_s_word_are_counted(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    from portal.signin import impact

    for who, source, vouched in (("li.na", ACME, True), ("li.na", ACME, True), ("li.na", ACME, False),
                                 ("li.na", GITHUB, True), ("boss", ACME, True)):
        comes_by(another_visitor(), who, source, vouched=vouched)
    with app.app_context():
        assert impact.vouched(ACME).number == 2, "who has a role is asked anyway"
    assert boss.opens("/admin/settings/sources/3").sees("Of the last 24 hours, 2 logins came with its word for a second factor.")


def test_the_whole_page_stands_with_thirty_sources(app: Flask, boss: Visitor) -> None:
    for at in range(28):
        add_source(app, f"Branch {at}")
    boss.opens("/settings/mfa")
    boxes = [node for node in boss.page.root.all("input") if node.get("role") == "switch"]
    assert len(boxes) == 2 + 2 + 2 + 28
    assert all(node.has("checked") for node in boxes)
    confirms(switched(boss, "portal.source:oidc:branch-27", on=False)).sees("Saved. It holds at once.")
    assert told(app, "mfa")["source:oidc:branch-27"] == "off"
    assert PASSWORD not in boss.page.html
