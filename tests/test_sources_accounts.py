"""Are a user's accounts at outside sources shown and removed, without anybody being locked out unawares?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import outside, sourcing
from tests.comings import knows, linked
from tests.people import OTHER_PHONE, PHONE, MakeUser, comes_in, events, rows
from tests.visitor import Visitor

boss, acme, other = sourcing.boss, sourcing.acme, sourcing.other
provider = outside.provider


@pytest.fixture
def li_na(app: Flask, acme: str, make_user: MakeUser) -> int:
    """Somebody without a password who comes in by the source alone."""
    user_id = make_user(username="li.na", password=None)
    knows(app, user_id)
    return user_id


def test_the_accounts_of_a_user_are_shown_and_removed(app: Flask, boss: Visitor, acme: str, make_user: MakeUser) -> None:
    user_id = make_user(username="li.na")
    knows(app, user_id)
    boss.opens(f"/admin/users/{user_id}/security").sees("Accounts elsewhere", "Acme", "Never")
    boss.submits("Remove Acme li.na").sees("The account is removed.")
    assert linked(app) == []
    assert events(app, user_id=user_id)[-1] == ("identity unlinked", "ok")


def test_an_administrator_is_warned_before_the_last_way_in_is_removed(app: Flask, boss: Visitor, li_na: int) -> None:
    boss.opens(f"/admin/users/{li_na}/security").submits("Remove Acme li.na")
    assert boss.status == 409
    assert boss.page.heading == "Remove the last way in of li.na?"
    assert len(linked(app)) == 1
    boss.submits("Remove all the same").sees("The account is removed.")
    assert linked(app) == []


@pytest.fixture
def helper(make_user: MakeUser, visitor: Visitor) -> Visitor:
    """Somebody of the helpdesk who has just come in."""
    make_user(username="helper", phone=PHONE, role="helpdesk")
    return comes_in(visitor, "helper", PHONE)


def test_the_helpdesk_never_removes_the_last_way_in(app: Flask, helper: Visitor, li_na: int) -> None:
    helper.opens(f"/admin/users/{li_na}/security").submits("Remove Acme li.na")
    assert helper.status == 409
    assert helper.sees("That is the last way in for this user", "Give them a link for a password first.")
    identity = rows(app, "SELECT id FROM identity")[0].id
    helper.posts(f"/admin/users/{li_na}/identities/{identity}/remove", last="yes")
    assert helper.status == 409
    assert len(linked(app)) == 1


def test_the_helpdesk_does_not_touch_people_with_a_role(
    app: Flask, helper: Visitor, acme: str, make_user: MakeUser,
) -> None:
    boss_id = make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    knows(app, boss_id)
    helper.opens(f"/admin/users/{boss_id}/security").does_not_see("Remove Acme li.na")
    identity = rows(app, "SELECT id FROM identity")[0].id
    assert helper.posts(f"/admin/users/{boss_id}/identities/{identity}/remove").status == 403
    assert len(linked(app)) == 1


def test_nobody_removes_the_account_of_another_by_a_wrong_address(
    app: Flask, boss: Visitor, li_na: int, make_user: MakeUser,
) -> None:
    other = make_user(username="other")
    identity = rows(app, "SELECT id FROM identity")[0].id
    boss.opens(f"/admin/users/{other}/security")
    assert boss.posts(f"/admin/users/{other}/identities/{identity}/remove", last="yes").status == 404
    assert len(linked(app)) == 1
