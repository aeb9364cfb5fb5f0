"""Do switches, preview and table say of every identity source what a login by it then meets?"""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from flask import Flask

from tests import people
from tests.coming_by import add_source, comes_by, lets_come
from tests.conftest import PASSWORD
from tests.people import (
    FOURTH_PHONE,
    OTHER_PHONE,
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
from tests.test_preview import line, lit
from tests.visitor import Visitor

ACME, GITHUB = "oidc:acme", "oauth:github"
ASKED = "Verification code login"
HOSTILE = ("<b>Acme</b>", "عكا", "{{ 7 * 7 }} %(num)s", "A" * 80)


@pytest.fixture
def boss(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator, a person, and two outside sources by which people can come."""
    lets_come(app)
    assert [add_source(app), add_source(app, "GitHub", "oauth")] == [ACME, GITHUB]
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


def asked(visitor: Visitor, source: str, *, vouched: bool = False, who: str = "li.na") -> bool:
    """Whether a login by that source is asked for a code before anything else."""
    comes_by(visitor, who, source, vouched=vouched)
    assert visitor.page.heading in (ASKED, f"Welcome, {who}"), visitor.page.text
    return visitor.page.heading == ASKED


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


def links(app: Flask, who: str, source: str) -> None:
    from portal.database import writing

    with app.app_context(), writing() as connection:
        connection.exec_driver_sql(
            'INSERT INTO identity (source_id, user_id, issuer, subject, called, linked_at) '
            f"""SELECT s.id, u.id, 'i', 's{who}', '{who}@acme', 0 FROM identity_source s, "user" u """
            f"WHERE s.name = '{source.partition(':')[2]}' AND u.username = '{who}'")


def previews(visitor: Visitor, who: str, source: str, application: str = "", *, vouched: bool = False) -> Visitor:
    visitor.opens("/settings/mfa").fills(who=who, source=source, application=application).fills("vouched", vouched)
    return visitor.submits("Preview")


WORLDS: dict[str, list[list[str]]] = {
    "as shipped": [], "trusted": [["mfa", "--trust", ACME, "on"]], "source off": [["mfa", "--source", ACME, "off"]],
    "sms off": [["mfa", "--global", "off"]], "another trusted": [["mfa", "--trust", GITHUB, "on"]],
}


@pytest.mark.parametrize("vouched", [False, True])
@pytest.mark.parametrize(("world", "who"), list(product(WORLDS, ["li.na", "boss"])))
def test_the_preview_of_an_outside_source_says_what_its_login_then_does(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, *, world: str, who: str, vouched: bool,
) -> None:
    for words in WORLDS[world]:
        does(app, *words)
    links(app, who, ACME)
    previews(boss, who, "Acme", vouched=vouched)
    is_asked = asked(another_visitor(), ACME, vouched=vouched, who=who)
    assert boss.sees(f"{who}: " + ("A code will be asked for" if is_asked else "No code will be asked for"))
    assert boss.sees("After “Acme” " + (f"comes the page “{ASKED}”." if is_asked else "the person is logged in."))
    assert lit(boss)[0].all("b")[0].words().startswith("Asked" if is_asked else "Not asked")


def test_the_preview_says_that_somebody_is_not_linked(app: Flask, boss: Visitor) -> None:
    assert previews(boss, "li.na", "Acme").sees("But the account is not linked with this identity source")
    links(app, "li.na", ACME)
    assert previews(boss, "li.na", "Acme").does_not_see("not linked")
    assert previews(boss, "li.na", "GitHub").sees("But the account is not linked with this identity source")


def test_who_has_no_password_comes_in_by_another_source(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="without", phone=FOURTH_PHONE, password=None)
    links(app, "without", ACME)
    assert previews(boss, "without", "Password").sees("But the account has no password yet")
    assert previews(boss, "without", "Acme").sees(f"After “Acme” comes the page “{ASKED}”.")


def hides(app: Flask, application: int, *keys: str) -> None:
    from portal.sources import offering
    from portal.trace import COMMAND, Actor

    with app.app_context():
        assert offering.hide(application, keys, COMMAND, seen=(), actor=Actor("test"))


def test_what_an_application_does_not_offer_is_said(app: Flask, boss: Visitor) -> None:
    add_application(app, "Shop")
    does(app, "mfa", "--application", "Shop", "on", "--application-source", "Shop", GITHUB, "off")
    hides(app, 1, ACME)
    boss.opens("/settings/mfa")
    assert line(boss, "Shop").endswith("Code Code Not offered No code The identity source is off")
    assert line(boss, "All applications without rules of their own").endswith("Code Code Code Code")
    previews(boss, "li.na", "Acme", "Shop")
    assert boss.status == 422
    assert boss.sees("This application does not offer it: nobody comes in by it there.")
    assert boss.does_not_see("A code will be asked for")
    assert previews(boss, "li.na", "GitHub", "Shop").sees("No code will be asked for")


def test_of_many_sources_the_table_says_which_are_asked(app: Flask, boss: Visitor) -> None:
    for at in range(28):
        add_source(app, f"Branch {at}")
    add_application(app, "Shop")
    does(app, "mfa", "--application-source", "Shop", "scan", "off", "--application-source", "Shop", ACME, "off")
    hides(app, 1, GITHUB)
    boss.opens("/settings/mfa")
    heads = [node.words() for node in boss.page.root.all("th") if node.get("role") == "columnheader"]
    assert heads[-4:] == ["Application", "Code", "No code", "Not offered"]
    cells = [node.words() for node in boss.page.root.all("tr") if "Shop" in node.words() for node in node.all("td")]
    assert [cell.split()[0] for cell in cells] == ["29", "2", "1"]
    assert cells[1:] == ["2 Scan code; Acme", "1 GitHub"]


def test_the_choice_whether_a_source_vouches_is_there_with_a_source_that_can(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    boss = comes_in(another_visitor(), "boss", OTHER_PHONE).opens("/settings/mfa")
    assert boss.does_not_see("It says that a second factor was given there")
    add_source(app)
    assert boss.opens("/settings/mfa").sees("It says that a second factor was given there")


def test_turning_own_rules_off_does_not_list_thirty_sources(app: Flask, boss: Visitor) -> None:
    for at in range(28):
        add_source(app, f"Branch {at}")
    add_application(app, "Shop")
    does(app, "mfa", "--application", "Shop", "on", "--source", ACME, "off")
    boss.opens("/admin/applications/1/advanced")
    assert boss.sees("The global rules apply then (SMS verification code: On; Acme: Off; 31 more: On); its own are kept.")


def test_sources_are_looked_after_from_a_terminal(app: Flask, make_user: MakeUser, both_databases: str) -> None:
    added: dict[str, Any] = told(app, "source", "add-oidc", "--title", "Acme", "--issuer", "https://id.acme.example",
                                 "--client-id", "portal", "--secret-stdin", given="kept secret\n")
    assert added == {"id": 3, "key": ACME, "title": "Acme", "enabled": False, "preferred": False, "trusted": False}
    directory = told(app, "source", "add-ldap", "--title", "Staff", "--name", "staff", "--server", "ldaps://ldap.acme.example",
                     "--base-dn", "dc=acme", "--filter", "(uid={identifier})", "--bind-dn", "cn=portal", "--secret-stdin",
                     given="another secret\n")
    assert directory["key"] == "ldap:staff"
    assert [each["key"] for each in told(app, "source", "list")] == ["password", "scan", ACME, "ldap:staff"]
    assert does(app, "source", "enable", "acme") == "Enabled.\n"
    assert does(app, "source", "enable", ACME) == "It is enabled already.\n"
    does(app, "mfa", "--trust", ACME, "on")
    shown = told(app, "source", "show", "acme")
    assert (shown["enabled"], shown["trusted"], shown["issuer"]) == (True, True, "https://id.acme.example")
    assert told(app, "mfa")[f"trust:{ACME}"] == "on"
    make_user(username="li.na")
    links(app, "li.na", ACME)
    assert told(app, "user", "show", "li.na")["linked"] == [f"{ACME} li.na@acme"]
    assert "1 of its people have no other way in" not in people.command(app, "source", "delete", "acme").output
    does(app, "source", "delete", "acme", "--yes")
    assert [each["key"] for each in told(app, "source", "list")] == ["password", "scan", "ldap:staff"]
    assert "secret" not in does(app, "source", "list") + does(app, "source", "show", "staff")


@pytest.mark.parametrize("words", [
    ("show", "nowhere"), ("enable", "nowhere"), ("disable", "password"), ("delete", "scan", "--yes"), ("delete", "acme"),
    ("add-oidc", "--title", "Acme", "--issuer", "https://id.acme.example", "--client-id", "portal"),
    ("add-oidc", "--title", "New", "--issuer", "http://id.acme.example", "--client-id", "portal"),
    ("add-ldap", "--title", "New", "--server", "ldap://acme.example", "--base-dn", "dc=acme", "--filter", "(uid={identifier})"),
    ("add-oidc", "--title", "New", "--issuer", "https://id.acme.example", "--client-id", "portal", "--secret-stdin"),
])
def test_a_command_about_a_source_that_cannot_be_done_says_so_and_does_nothing(app: Flask, words: tuple[str, ...]) -> None:
    add_source(app)
    before = told(app, "source", "list")
    result = people.command(app, "source", *words)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert told(app, "source", "list") == before


@pytest.mark.parametrize("words", [
    ("--trust", "password", "on"), ("--trust", "scan", "on"), ("--trust", "oidc:nowhere", "on"), ("--source", "acme", "off"),
])
def test_what_cannot_be_trusted_or_thrown_is_refused(app: Flask, words: tuple[str, ...]) -> None:
    add_source(app)
    before = told(app, "mfa")
    assert people.command(app, "mfa", *words).exit_code == 1
    assert told(app, "mfa") == before


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
