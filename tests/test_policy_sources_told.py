"""What do the preview, the table and the commands say of outside sources?"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from flask import Flask

from tests import people, several_sources
from tests.coming_by import add_source
from tests.people import FOURTH_PHONE, OTHER_PHONE, MakeUser, MakeVisitor, add_application, comes_in, does, told
from tests.several_sources import ACME, ASKED, GITHUB, asked
from tests.test_preview import line, lit
from tests.visitor import Visitor

boss = several_sources.boss


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
