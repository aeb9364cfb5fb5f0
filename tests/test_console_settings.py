"""Does the page of settings say who is in charge and what is in force, and never a secret?"""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from flask import Flask

import config
from tests.conftest import settings
from tests.pages import Node
from tests.people import OTHER_PHONE, PHONE, MakeUser, comes_in, command, does
from tests.visitor import Visitor

CANARY = "canary-0123456789-abcdefghij-never-shown"
SECRETS = dict.fromkeys(("PORTAL_SECRET", "PORTAL_SECRET_OLD", "VONAGE_API_KEY", "VONAGE_API_SECRET", "VONAGE_PRIVATE_KEY",
                         "VONAGE_SIGNATURE_SECRET"), CANARY)


@pytest.fixture
def boss(make_user: MakeUser, visitor: Visitor) -> Visitor:
    """An administrator before the page."""
    make_user(username="boss", name="Li Na", phone=OTHER_PHONE, administrator=True)
    comes_in(visitor, "boss", OTHER_PHONE).opens("/admin/settings")
    assert visitor.status == 200
    return visitor


def lines(visitor: Visitor) -> dict[str, list[str]]:
    """Value and meaning of each setting on the page."""
    rows = [[node.words() for node in row.all("th", "td")] for row in visitor.page.root.all("tr")]
    return {row[0]: row[1:] for row in rows if len(row) == 3 and re.match(r"^[A-Z_]+$", row[0])}


def people(visitor: Visitor) -> list[Node]:
    tables = [node for node in visitor.page.root.all("table") if node.get("aria-labelledby") == "people-title"]
    return [row for body in tables[0].all("tbody") for row in body.all("tr")]


def test_every_setting_stands_there_once_with_what_it_means(boss: Visitor) -> None:
    found, declared = lines(boss), dataclasses.fields(config.Settings)
    assert list(found) == [config.variable(field) for field in declared]
    for field in declared:
        assert found[config.variable(field)][1].replace(" ", "") == field.metadata["about"].replace("`", "").replace(" ", "")


@pytest.mark.settings(PORTAL_SESSION_IDLE="4321", PORTAL_COUNTRIES="DE,AT", PORTAL_NAME="Tor", PORTAL_HOME_COUNTRY="DE")
def test_values_are_those_in_force_as_they_are_typed(boss: Visitor) -> None:
    found = lines(boss)
    expected = {"PORTAL_SESSION_IDLE": "4321", "PORTAL_COUNTRIES": "DE, AT", "PORTAL_NAME": "Tor", "VONAGE_CA_FILE": "Not set"}
    assert {name: found[name][0] for name in expected} == expected


@pytest.mark.settings(**SECRETS, REDIS_URL=f"redis://:{CANARY}@127.0.0.1:1/0")
def test_no_secret_is_shown(app: Flask, boss: Visitor) -> None:
    found = lines(boss)
    assert {found[name][0] for name in (*SECRETS, "REDIS_URL", "DATABASE_URL")} == {"Set"}
    assert boss.does_not_see(CANARY, app.config["PORTAL"].database_url)


def test_a_secret_that_is_not_set_is_said_not_to_be(boss: Visitor) -> None:
    assert lines(boss)["VONAGE_API_SECRET"][0] == "Not set"


def test_whatever_sounds_like_a_secret_is_declared_as_one() -> None:
    sounds = re.compile(r"secret|_key$|password(?!_per)|token|(database|redis)_url")
    silent = [field.name for field in dataclasses.fields(settings())
              if sounds.search(field.name) and not field.metadata["secret"] and "limit" not in field.name]
    assert silent == []


@pytest.mark.usefixtures("both_databases")
def test_people_with_a_role_are_listed_and_lead_to_their_details(make_user: MakeUser, boss: Visitor) -> None:
    make_user(username="desk", role="helpdesk", phone=PHONE)
    make_user(username="nobody")
    boss.opens("/admin/settings")
    said = [row.words() for row in people(boss)]
    assert len(said) == 2
    assert all(word in said[0] for word in ("Li Na", "boss", "Administrator", "Active"))
    assert all(word in said[1] for word in ("desk", "Helpdesk", "Never"))
    assert boss.clicks("Li Na").page.heading == "Li Na"


def test_many_people_with_a_role_take_several_pages(make_user: MakeUser, boss: Visitor) -> None:
    for number in range(24):
        make_user(username=f"desk{number:02}", role="helpdesk", password=None)
    first = [row.words() for row in people(boss.opens("/admin/settings"))]
    rest = [row.words() for row in people(boss.clicks("Next"))]
    assert (len(first), len(rest), len({*first, *rest})) == (20, 5, 25)


def test_the_parts_are_as_the_doctor_finds_them(app: Flask, boss: Visitor) -> None:
    told = json.loads(command(app, "doctor", "--json").stdout)
    titles = {node.get("id") for node in boss.page.root.all("h2") if node.words() == "Parts of the portal"}
    here = next(part for part in boss.page.root.all("section") if part.get("aria-labelledby") in titles).all("li")
    assert [node.all("b")[0].words().lower() for node in here] == [finding["part"] for finding in told]
    assert ["Broken" not in node.words() for node in here] == [finding["well"] for finding in told]
    assert "Broken" in " ".join(node.words() for node in here), "no sender runs here"


def test_who_may_bind_is_said_with_the_way_to_the_switch(app: Flask, boss: Visitor) -> None:
    assert boss.sees("Who may bind a number The user")
    does(app, "mfa", "--binding", "administrators")
    assert boss.opens("/admin/settings").sees("Who may bind a number Administrators only")
    assert boss.clicks("Open the switches").page.heading == "Multi-factor authentication"


def test_an_auditor_reads_it_and_the_helpdesk_does_not(make_user: MakeUser, visitor: Visitor) -> None:
    make_user(username="auditor", role="auditor", phone=PHONE)
    make_user(username="desk", role="helpdesk", phone=OTHER_PHONE)
    assert comes_in(visitor, "auditor", PHONE).opens("/admin/settings").status == 200
    assert comes_in(visitor.submits("Log out"), "desk", OTHER_PHONE).opens("/admin/settings").status == 403
