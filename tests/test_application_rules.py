"""May an application have rules of its own: its switch, its page of switches, and what is asked before codes stop?"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask

from tests import people
from tests.conftest import PASSWORD
from tests.pages import Node
from tests.people import (
    FOURTH_PHONE,
    OTHER_PHONE,
    PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    add_application,
    comes_in,
    confirms,
    does,
    events,
    leads_to,
    rows,
    told,
)
from tests.visitor import Visitor

later = people.later
CUSTOMIZE = "customises"
WORDS = "Customize security rules for this application"


@pytest.fixture
def shop(app: Flask) -> str:
    """The address of the pages of an application."""
    add_application(app, "Shop")
    return f"/admin/applications/{rows(app, 'SELECT id FROM application')[0].id}"


@pytest.fixture
def sms(shop: str) -> str:
    """The name of that application's SMS switch."""
    return f"{shop.rpartition('/')[2]}.sms"


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor, shop: str) -> Visitor:
    """An administrator."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


def customises(visitor: Visitor, shop: str, on: bool = True) -> Visitor:
    visitor.opens(f"{shop}/advanced").fills(CUSTOMIZE, on)
    return confirms(visitor.submits("Save changes"))


def throws(visitor: Visitor, shop: str, **switches: bool) -> Visitor:
    visitor.opens(f"{shop}/security")
    for name, on in switches.items():
        visitor.fills(f"{shop.rpartition('/')[2]}.{name}", on)
    return confirms(visitor.submits("Save changes"))


def asked_in(visitor: Visitor) -> bool:
    """Whether a login through the application sends a code before anything else."""
    visitor.opens("/login?application=client-shop").fills(identifier="li.na", password=PASSWORD).submits()
    return visitor.page.heading == "Verification code login"


def box(visitor: Visitor, name: str) -> Node:
    found = visitor.form(name).find(name)
    assert found is not None
    return found


def links(visitor: Visitor) -> list[str]:
    return [node.words() for node in visitor.page.root.all("a")]


@pytest.mark.usefixtures("both_databases", "shop")
def test_the_guide_s_way_to_the_application_s_switch(
    app: Flask, boss: Visitor, sms: str, another_visitor: MakeVisitor,
) -> None:
    boss.opens("/settings/mfa").clicks("Self-built application").clicks("Shop").clicks("Advanced configuration")
    assert "Security management" not in links(boss)
    here = boss.path
    boss.fills(CUSTOMIZE, True).submits("Save changes")
    assert leads_to(boss, here)
    assert boss.sees("Saved. This application has rules of its own now")
    boss.clicks("Security management")
    assert boss.sees("Multi-factor authentication", "SMS verification code", "Policy configuration", "Password")
    boss.fills(sms, False).submits("Save changes")
    assert boss.sees("Saved. It holds at once.", "Turned off by boss,", "“SMS verification code” turned off")
    assert not asked_in(another_visitor())
    assert told(app, "mfa")["sms"] == "on"


def test_the_switch_says_first_that_nothing_changes_by_it(app: Flask, boss: Visitor, shop: str) -> None:
    boss.opens(f"{shop}/advanced")
    assert boss.sees("Its rules begin as a copy of the global ones, so nothing changes")
    assert boss.sees(WORDS)
    assert box(boss, CUSTOMIZE).get("role") == "switch"
    customises(boss, shop)
    assert told(app, "mfa")["applications"] == {"Shop": {"sms": "on", "source:password": "on", "source:scan": "on"}}


def test_turned_off_it_says_what_applies_then(boss: Visitor, shop: str, another_visitor: MakeVisitor) -> None:
    throws(customises(boss, shop), shop, sms=False)
    boss.opens(f"{shop}/advanced")
    assert boss.sees("The global rules apply then (SMS verification code: On; Password: On; Scan code: On); its own are kept.",
                     "That changes: “SMS verification code” from Off to On.")
    customises(boss, shop, on=False)
    assert boss.sees("Saved. The global rules apply to this application now.", "The rules that it had before return.",
                     "That changes: “SMS verification code” from On to Off.")
    assert "Security management" not in links(boss)
    assert asked_in(another_visitor())


def test_kept_rules_that_ask_less_are_asked_about_before_they_return(boss: Visitor, shop: str, app: Flask) -> None:
    throws(customises(boss, shop), shop, sms=False)
    customises(boss, shop, on=False)
    boss.opens(f"{shop}/advanced").fills(CUSTOMIZE, True).submits("Save changes")
    assert boss.page.heading == "Save these changes?"
    assert boss.sees("The rules that it had before return. That changes: “SMS verification code” from On to Off.",
                     "will not be asked any more")
    assert told(app, "mfa")["applications"] == {}
    boss.clicks("Cancel")
    assert box(boss, CUSTOMIZE).has("checked")
    boss.submits("Save changes").submits("Save changes")
    assert told(app, "mfa")["applications"]["Shop"]["sms"] == "off"


def test_ending_rules_that_ask_more_is_asked_about(app: Flask, boss: Visitor, shop: str) -> None:
    customises(boss, shop)
    does(app, "mfa", "--global", "off")
    boss.opens(f"{shop}/advanced").fills(CUSTOMIZE, False).submits("Save changes")
    assert boss.page.heading == "Save these changes?"
    assert list(told(app, "mfa")["applications"]) == ["Shop"]
    boss.submits("Save changes")
    assert told(app, "mfa")["applications"] == {}


def test_security_management_is_not_there_without_own_rules(boss: Visitor, shop: str) -> None:
    boss.opens(f"{shop}/security")
    assert leads_to(boss, f"{shop}/advanced")
    assert boss.sees("This application follows the global rules.")


def test_the_impact_is_that_of_this_application(boss: Visitor, shop: str, another_visitor: MakeVisitor) -> None:
    customises(boss, shop)
    asked_in(another_visitor())
    another_visitor().logs_in("li.na", PASSWORD)
    assert boss.opens(f"{shop}/security").sees("Of the last 24 hours, 1 login would have needed only its first factor.")
    throws(boss, shop, sms=False)
    assert boss.opens(f"{shop}/security").sees(
        "Of the last 24 hours, 1 login through this application would have been asked for a code.")
    assert boss.opens("/settings/mfa").sees("Of the last 24 hours, 1 login would have needed only its first factor.")


def test_turning_it_on_asks_first_while_somebody_has_no_number(
    boss: Visitor, shop: str, sms: str, make_user: MakeUser, app: Flask,
) -> None:
    make_user(username="new")
    throws(customises(boss, shop), shop, sms=False)
    boss.opens(f"{shop}/security").fills(sms, True).submits("Save changes")
    assert boss.sees("1 user has no phone number, and will be asked to bind one at the next login.")
    assert told(app, "mfa")["applications"]["Shop"]["sms"] == "off"
    boss.submits("Save changes")
    assert told(app, "mfa")["applications"]["Shop"]["sms"] == "on"


def test_one_click_puts_an_application_s_switch_back(app: Flask, boss: Visitor, shop: str) -> None:
    throws(customises(boss, shop), shop, sms=False)
    confirms(boss.submits("Put back to On SMS verification code"))
    assert told(app, "mfa")["applications"]["Shop"]["sms"] == "on"


def test_a_page_that_was_overtaken_throws_nothing(app: Flask, boss: Visitor, shop: str, sms: str) -> None:
    customises(boss, shop)
    boss.opens(f"{shop}/security").fills(sms, False)
    does(app, "mfa", "--application-source", "Shop", "password", "off")
    boss.submits("Save changes")
    assert boss.status == 409
    assert boss.sees("Somebody threw a switch meanwhile.")
    assert told(app, "mfa")["applications"]["Shop"] == {"sms": "on", "source:password": "off", "source:scan": "on"}
    confirms(boss.submits("Save changes"))
    assert told(app, "mfa")["applications"]["Shop"] == {"sms": "off", "source:password": "off", "source:scan": "on"}


def test_rules_that_somebody_else_ended_are_not_thrown(app: Flask, boss: Visitor, shop: str, sms: str) -> None:
    customises(boss, shop)
    boss.opens(f"{shop}/security").fills(sms, False)
    does(app, "mfa", "--application", "Shop", "inherit")
    boss.submits("Save changes")
    assert leads_to(boss, f"{shop}/advanced")
    assert boss.sees("Nothing was saved: this application follows the global rules by now.")
    boss.fills(CUSTOMIZE, True)
    does(app, "mfa", "--application-source", "Shop", "password", "off")
    assert boss.submits("Save changes").status == 409
    assert boss.sees("Somebody changed this application’s rules meanwhile.")


def test_who_threw_what_is_told_and_written(app: Flask, boss: Visitor, shop: str) -> None:
    throws(customises(boss, shop), shop, **{"sms": False, "source:password": False})
    boss.opens(f"{shop}/security")
    assert boss.sees("“SMS verification code” turned off", "“Password” turned off", "Own rules turned on")
    written = [("rules customised", "on"), ("switch thrown", "off"), ("switch thrown", "off")]
    shop_id = int(shop.rpartition("/")[2])
    assert events(app, actor="boss", application_id=shop_id) == written
    assert boss.opens("/settings/mfa").sees("Nobody has changed anything here yet.")


@pytest.mark.parametrize("page", ["advanced", "security"])
def test_an_application_that_is_not_there_has_no_rules(app: Flask, boss: Visitor, shop: str, page: str) -> None:
    boss.opens(f"/admin/applications/99999999999999999999999/{page}")
    assert boss.status == 404
    boss.opens(f"{shop}/advanced")
    with_token = {"version": "customises=off,sms=on,source:password=on", "customises": "on"}
    boss.posts(f"/admin/applications/404404/{page}", **with_token)
    assert boss.status == 404


def test_a_reader_sees_all_of_it_and_can_change_nothing(
    app: Flask, boss: Visitor, shop: str, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    customises(boss, shop)
    make_user(username="reads", phone=FOURTH_PHONE, role="auditor")
    auditor = comes_in(another_visitor(), "reads", FOURTH_PHONE)
    for page, words in (("advanced", WORDS), ("security", "SMS verification code")):
        auditor.opens(f"{shop}/{page}")
        assert auditor.sees(words, "Own rules turned on")
        assert auditor.does_not_see("Save changes")
        boxes = [node for node in auditor.page.root.all("input") if node.get("type") == "checkbox"]
        assert boxes
        assert all(box.has("disabled") for box in boxes)
        auditor.posts(f"{shop}/{page}", version="")
        assert auditor.status == 403
    assert told(app, "mfa")["applications"]["Shop"]["sms"] == "on"


def test_the_help_desk_does_not_see_it(boss: Visitor, shop: str, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    make_user(username="helps", phone=FOURTH_PHONE, role="helpdesk")
    helper = comes_in(another_visitor(), "helps", FOURTH_PHONE)
    assert helper.opens(f"{shop}/advanced").status == 403


def test_a_form_without_its_token_throws_nothing_and_keeps_what_was_typed(app: Flask, boss: Visitor, shop: str, sms: str) -> None:
    boss.opens(f"{shop}/advanced").posts(f"{shop}/advanced", csrf_token="forged", customises="on")
    assert boss.status == 400
    assert box(boss, CUSTOMIZE).has("checked")
    assert told(app, "mfa")["applications"] == {}
    customises(boss, shop)
    boss.opens(f"{shop}/security").posts(f"{shop}/security", csrf_token="forged")
    assert boss.status == 400
    assert not box(boss, sms).has("checked")


def test_a_proof_of_long_ago_is_asked_for_again_and_nothing_typed_is_lost(
    app: Flask, boss: Visitor, shop: str, sms: str, later: Later,
) -> None:
    customises(boss, shop)
    later(601)
    boss.opens(f"{shop}/security").fills(sms, False).submits("Save changes")
    assert leads_to(boss, "/login/again")
    boss.fills(password=PASSWORD).submits("Confirm").enters_code(OTHER_PHONE)
    assert boss.sees("Security management")
    boss.submits("Go on")
    assert told(app, "mfa")["applications"]["Shop"]["sms"] == "off"


@pytest.mark.parametrize("name", ["<b>Shop</b>", "متجر", "店" * 80, "%(name)s", "{{ 7*7 }}"])
def test_strange_names_stand_on_the_pages_as_they_are(app: Flask, boss: Visitor, shop: str, name: str) -> None:
    add_application(app, name)
    own = rows(app, "SELECT id FROM application ORDER BY id DESC")[0].id
    customises(boss, f"/admin/applications/{own}")
    for address in (f"/admin/applications/{own}/advanced", f"/admin/applications/{own}/security", "/settings/mfa"):
        assert boss.opens(address).sees(name)
        assert "<b>Shop" not in boss.page.html
    query = urlencode({"who": "li.na", "application": name})
    assert boss.opens(f"/settings/mfa?{query}").sees(f"Through {name}, under its own rules.")
