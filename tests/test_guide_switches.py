"""Who is asked for a code under every combination of the guide's switches, global and an application's own, by every source?"""

from __future__ import annotations

from itertools import product

import pytest
from flask import Flask

from tests.coming_by import add_source, comes_by, lets_come
from tests.conftest import PASSWORD
from tests.people import OTHER_PHONE, PHONE, THIRD_PHONE, MakeUser, MakeVisitor, add_application, comes_in, confirms, does
from tests.visitor import Visitor

ON, OFF = "on", "off"
TABLE = """
global  its Password  customised  own  own Password   in the application  in the portal

on      on            off         on   on             asked               asked
on      on            off         on   off            asked               asked
on      on            off         off  on             asked               asked
on      on            off         off  off            asked               asked
on      off           off         on   on             not                 not
on      off           off         on   off            not                 not
on      off           off         off  on             not                 not
on      off           off         off  off            not                 not
off     on            off         on   on             not                 not
off     on            off         on   off            not                 not
off     on            off         off  on             not                 not
off     on            off         off  off            not                 not
off     off           off         on   on             not                 not
off     off           off         on   off            not                 not
off     off           off         off  on             not                 not
off     off           off         off  off            not                 not
on      on            on          on   on             asked               asked
on      on            on          on   off            not                 asked
on      on            on          off  on             not                 asked
on      on            on          off  off            not                 asked
on      off           on          on   on             asked               not
on      off           on          on   off            not                 not
on      off           on          off  on             not                 not
on      off           on          off  off            not                 not
off     on            on          on   on             asked               not
off     on            on          on   off            not                 not
off     on            on          off  on             not                 not
off     on            on          off  off            not                 not
off     off           on          on   on             asked               not
off     off           on          on   off            not                 not
off     off           on          off  on             not                 not
off     off           on          off  off            not                 not
"""
"""Written by hand from what the switches are said to do: of an application that does not customise, its own ones do nothing."""
ROWS = [tuple(line.split()) for line in TABLE.splitlines()[3:]]
UNLIMITED = {f"PORTAL_LIMIT_{name}": "9999" for name in (
    "TEXTS_PER_USER", "TEXTS_PER_ADDRESS", "TEXTS_PER_NUMBER_HOUR", "TEXTS_PER_NUMBER_DAY", "TEXTS_PER_PREFIX",
    "PASSWORD_PER_ADDRESS", "PASSWORD_PER_ACCOUNT", "REQUESTS_PER_ADDRESS")}
SHOP = "/admin/applications/1"


def is_on(boss: Visitor, switch: str) -> bool:
    box = boss.form(switch).find(switch)
    return box is not None and box.has("checked")


def throws(boss: Visitor, page: str, **switches: str) -> None:
    """Turn the switches of that page so, and save if that changes something."""
    boss.opens(page)
    changed = {name: value == ON for name, value in switches.items() if is_on(boss, name) is not (value == ON)}
    for name, on in changed.items():
        boss.fills(name, on)
    if changed:
        confirms(boss.submits("Save changes")).sees("Saved")


def stands(boss: Visitor, row: tuple[str, ...]) -> None:
    """Bring all switches to that row. An application's own can be thrown while it customises; they are kept beyond it."""
    sms, source, customises, own, own_source = row[:5]
    throws(boss, "/settings/mfa", **{"portal.sms": sms, "portal.source:password": source})
    throws(boss, f"{SHOP}/advanced", customises=ON)
    throws(boss, f"{SHOP}/security", **{"1.sms": own, "1.source:password": own_source})
    throws(boss, f"{SHOP}/advanced", customises=customises)


def asked(visitor: Visitor, identifier: str, entrance: str) -> str:
    """Whether a login there asks for a code before anything else, and whether home is shut until it is given."""
    visitor.opens(entrance).fills(identifier=identifier, password=PASSWORD).submits()
    return "asked" if visitor.page.heading == "Verification code login" else "not"


def outcome(visitors: MakeVisitor, identifier: str) -> tuple[str, str]:
    """What somebody meets in the application, and in the portal; with the first alone they are in the second as its rules say."""
    through, straight = visitors(), visitors()
    told = asked(through, identifier, "/login?application=client-shop"), asked(straight, identifier, "/login")
    is_home = {visitor: visitor.opens("/").page.heading.startswith("Welcome") for visitor in (through, straight)}
    assert is_home == {through: told == ("not", "not"), straight: told[1] == "not"}
    return told


@pytest.mark.settings(**UNLIMITED)
def test_every_combination_of_the_switches_asks_as_it_says(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    for username, phone, administrator in (("boss", OTHER_PHONE, True), ("li.na", PHONE, False), ("aide", THIRD_PHONE, True)):
        make_user(username=username, phone=phone, administrator=administrator)
    add_application(app, "Shop")
    boss = comes_in(another_visitor(), "boss", OTHER_PHONE)
    found = []
    for row in ROWS:
        stands(boss, row)
        found.append((*row[:5], *outcome(another_visitor, "li.na")))
        assert outcome(another_visitor, "aide") == ("asked", "asked"), f"an administrator is not asked: {row}"
    assert found == ROWS
    assert len(set(ROWS)) == 32


SOURCES = ("password", "scan", "oidc:acme", "oauth:github", "ldap:staff")
WORLDS = [(sms, *switches) for sms in (ON, OFF) for switches in product((ON, OFF), repeat=len(SOURCES))]


def comes(visitor: Visitor, who: str, source: str, *, vouched: bool = False) -> str:
    """Whether somebody who comes by that source is asked for a code, and whether home is shut until it is given."""
    comes_by(visitor, who, source, vouched=vouched)
    told = "asked" if visitor.page.heading == "Verification code login" else "not"
    assert visitor.opens("/").page.heading.startswith("Welcome") is (told == "not")
    return told


@pytest.mark.settings(**UNLIMITED)
def test_every_combination_of_the_switches_of_five_sources_asks_as_it_says(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    lets_come(app)
    for title, kind in (("Acme", "oidc"), ("GitHub", "oauth"), ("Staff", "ldap")):
        add_source(app, title, kind)
    for username, phone, administrator in (("boss", OTHER_PHONE, True), ("li.na", PHONE, False), ("aide", THIRD_PHONE, True)):
        make_user(username=username, phone=phone, administrator=administrator)
    boss = comes_in(another_visitor(), "boss", OTHER_PHONE)
    does(app, "mfa", "--trust", "oidc:acme", "on")
    for sms, *switches in WORLDS:
        named = {f"portal.source:{source}": value for source, value in zip(SOURCES, switches, strict=True)}
        throws(boss, "/settings/mfa", **{"portal.sms": sms, **named})
        expected = ["asked" if (sms, value) == (ON, ON) else "not" for value in switches]
        assert [comes(another_visitor(), "li.na", source) for source in SOURCES] == expected, (sms, switches)
        assert comes(another_visitor(), "li.na", "oidc:acme", vouched=True) == "not", "its word is taken"
        assert comes(another_visitor(), "aide", SOURCES[WORLDS.index((sms, *switches)) % 5], vouched=True) == "asked"
    assert len(WORLDS) == 64
