"""Do the switches say what they will do, and to how many, before they are thrown?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import throwing
from tests.conftest import PASSWORD
from tests.people import MakeUser, MakeVisitor, does
from tests.throwing import ADMINISTRATORS, PASSWORD_SOURCE, SMS, saves
from tests.visitor import Visitor

boss = throwing.boss


def impact_of(visitor: Visitor, name: str) -> str:
    line = visitor.page.by_id(f"{name}-impact")
    assert line is not None
    return line.words()


def test_every_switch_tells_its_impact_before_it_is_thrown(
    boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="new")
    make_user(username="newer")
    another_visitor().logs_in("li.na", PASSWORD)
    boss.opens("/settings/mfa")
    assert "1 login would have needed only its first factor." in impact_of(boss, SMS)
    said = "1 person with a role in the console will be asked only where the rules ask everybody."
    assert said in impact_of(boss, ADMINISTRATORS)
    saves(boss, **{SMS: False, ADMINISTRATORS: False})
    assert "2 users have a phone number. 2 will be asked to bind one at their next login." in impact_of(boss, SMS)
    assert impact_of(boss, SMS).startswith("If you turn it on:")
    assert "1 person with a role in the console will be asked at every entrance." in impact_of(boss, ADMINISTRATORS)


def test_a_switch_that_the_other_makes_idle_says_so(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    said = "Nothing changes while “SMS verification code” is off."
    assert said in impact_of(boss.opens("/settings/mfa"), PASSWORD_SOURCE)
    does(app, "mfa", "--global", "on", "--source", "password", "off")
    assert "Nothing changes" not in impact_of(boss.opens("/settings/mfa"), SMS)
    does(app, "mfa", "--source", "scan", "off")
    said = "Nothing changes while every identity source is off."
    assert said in impact_of(boss.opens("/settings/mfa"), SMS)


def test_a_suspended_user_is_not_counted(app: Flask, boss: Visitor) -> None:
    does(app, "user", "suspend", "li.na")
    saves(boss, **{SMS: False})
    assert "1 user has a phone number. Nobody needs to bind one." in impact_of(boss, SMS)


def test_numbers_beyond_the_bound_say_more(
    app: Flask, boss: Visitor, monkeypatch: pytest.MonkeyPatch, make_user: MakeUser, both_databases: str,
) -> None:
    from portal.signin import impact

    for at in range(4):
        make_user(username=f"new{at}x")
    does(app, "mfa", "--global", "off")
    monkeypatch.setattr(impact, "COUNTED", 3)
    boss.opens("/settings/mfa")
    assert "2 users have a phone number. More than 3 will be asked to bind one at their next login." in impact_of(boss, SMS)


@pytest.mark.parametrize("size", [2, 3])
def test_logins_are_counted_up_to_the_bound(
    boss: Visitor, another_visitor: MakeVisitor, monkeypatch: pytest.MonkeyPatch, size: int,
) -> None:
    from portal.signin import impact

    for _ in range(2):
        another_visitor().logs_in("li.na", PASSWORD)
    monkeypatch.setattr(impact, "COUNTED", size)
    words = {2: "Of the last 24 hours, more than 2 logins", 3: "Of the last 24 hours, 2 logins"}[size]
    assert words in impact_of(boss.opens("/settings/mfa"), SMS)
