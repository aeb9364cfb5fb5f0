"""Does *Protection* say what is closed, used and refused, and can its rules be changed there, with a reason?"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from flask import Flask

from portal import audit
from portal.audit import Event, What
from portal.database import writing
from portal.health import findings
from portal.health.conditions import Condition, Finding, Part
from portal.messages.guard import ledger, upkeep
from portal.messages.guard.rules import Kind, Rules
from portal.trace import COMMAND, COMMAND_ACTOR
from tests import people
from tests.conftest import PASSWORD
from tests.people import OTHER_PHONE, Later, MakeUser, MakeVisitor, comes_in, events, leads_to, rows
from tests.visitor import Visitor

later = people.later
PAGE, RULES = "/admin/settings/texts/protection", "/admin/settings/texts/protection/rules"
Attack = Callable[[int], None]
_serial = itertools.count(1)


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(), "boss", OTHER_PHONE)


@pytest.fixture
def attack(make_user: MakeUser, another_visitor: MakeVisitor) -> Attack:
    """So many accounts ask for codes to new British numbers, and never type one."""

    def times(many: int) -> None:
        for _ in range(many):
            at = next(_serial)
            make_user(username=f"thief{at}")
            thief = another_visitor(address=f"198.51.100.{at}").logs_in(f"thief{at}", PASSWORD)
            thief.fills(country="GB", phone=f"+447400{at:06d}").submits()

    return times


def saved(app: Flask) -> Rules:
    with app.app_context():
        return upkeep.saved().rules


def test_a_quiet_portal_says_so(boss: Visitor) -> None:
    boss.opens(PAGE)
    assert boss.sees("No country is closed.", "No text message was refused.",
                     "Closed after 10 texts whose codes do not come back, unless 30 % do",
                     "Messages of the whole portal in a day 10000 PORTAL_LIMIT_TEXTS_IN_A_DAY", "Share of new numbers 50 %")
    assert boss.sees("+1 is that of the United States, Canada and 23 more.")
    assert boss.page.root.all("progress")


def test_a_closed_country_is_shown_with_what_was_refused_and_opened_with_a_reason(
    app: Flask, boss: Visitor, attack: Attack, both_databases: str,
) -> None:
    attack(13)
    boss.opens(PAGE)
    assert boss.sees("+44 United Kingdom", "Its codes did not come back Until",
                     "Calling code closed to new numbers: codes did not come back", "New numbers, this hour: 10 of 500",
                     "+44 United Kingdom and 3 more, this hour: 10 of 100")
    assert boss.sees("Calling code closed to new numbers: codes did not come back +44 United Kingdom and 3 more 3")
    boss.clicks("Open +44 United Kingdom and 3 more")
    assert boss.submits("Open").status == 422
    assert boss.sees("Say why: it is kept in the audit log.")
    boss.fills(why="a fair in London").submits("Open")
    assert boss.sees("Open. Codes that do not come back are counted anew.", "No country is closed.")
    assert (What.PREFIX_OPENED, "by hand") in events(app)
    attack(1)
    assert len(rows(app, "SELECT id FROM message WHERE phone LIKE '+44%'")) == 11


def test_a_country_is_closed_by_hand_for_a_while(app: Flask, boss: Visitor, attack: Attack, later: Later) -> None:
    boss.opens(PAGE).fills(code="United Kingdom and 3 more +44", hours="6 hours").submits("Close to new numbers")
    assert boss.status == 422
    assert boss.sees("Say why: it is kept in the audit log.")
    boss.fills(why="fraud in the news").submits("Close to new numbers")
    assert boss.sees("Closed. New numbers of that country get no text messages.", "boss: fraud in the news")
    attack(1)
    assert rows(app, "SELECT id FROM message WHERE phone LIKE '+44%'") == []
    later(6 * 3_600 + 1)
    attack(1)
    assert len(rows(app, "SELECT id FROM message WHERE phone LIKE '+44%'")) == 1


def test_closing_needs_a_country_and_a_time_that_are_offered(boss: Visitor) -> None:
    boss.opens(PAGE)
    boss.posts(PAGE, code="999999999999999999999", hours="-1", why="x")
    assert boss.status == 422
    assert boss.sees("Choose a country.", "Choose for how long.")


def test_rules_are_changed_with_a_reason_and_the_change_is_shown(app: Flask, boss: Visitor) -> None:
    boss.opens(RULES).fills(unverified="20", verified_share="40", money="12.50", currency="eur", countries="gb, de",
                            landline=False, growing=False).submits("Save changes")
    assert boss.status == 422
    assert boss.sees("Say why: it is kept in the audit log.")
    boss.fills(why="bill of October").submits("Save changes")
    assert leads_to(boss, PAGE)
    assert boss.sees("Saved. It holds at once.", "Closed after 20 texts", "12.50 EUR a day", "United Kingdom, Germany",
                     "Mobile phones")
    assert saved(app) == Rules(unverified=20, verified_share=40, money=125_000, currency="EUR", countries=("GB", "DE"),
                               kinds=frozenset({Kind.MOBILE}), growing=False)
    boss.clicks("Change the rules")
    assert boss.sees("Who changed them", "boss", "bill of October", "10 → 20")


def test_a_change_of_the_rules_is_put_back_and_what_changed_since_stays(app: Flask, boss: Visitor) -> None:
    boss.opens(RULES).fills(unverified="20", money="12.50", currency="eur", countries="gb, de", landline=False,
                            why="bill of October").submits("Save changes")
    boss.opens(RULES).fills(share="70", why="term begins").submits("Save changes")
    first = rows(app, "SELECT min(id) AS id FROM audit_entry WHERE event = 'guard changed'")[0].id
    assert boss.opens(RULES).sees("Put back")
    boss.opens(f"{RULES}?back={first}").sees("stands in the form as it was before")
    assert "Put back what boss changed on" in boss.answer.text
    assert saved(app).unverified == 20
    boss.submits("Save changes").sees("Saved. It holds at once.")
    assert saved(app) == Rules(share=70)


@pytest.mark.parametrize("entry", ["0", "999999", "99999999999999999999", "x", "1"])
def test_what_is_no_change_of_the_rules_is_not_put_back(app: Flask, boss: Visitor, entry: str) -> None:
    assert boss.opens(f"{RULES}?back={entry}").does_not_see("stands in the form as it was before")
    assert boss.status == 200


@pytest.mark.parametrize("detail", [
    None, [], "20", {"unverified": {"after": 20}}, {"unverified": {"before": "ten"}}, {"unverified": {"before": None}},
    {"kinds": {"before": "carrier pigeon"}}, {"countries": {"before": ["DE"]}}, {"money": {"before": "12.50"}},
    {"breaker": {"before": "yes"}}, {"currency": {"before": 5}}, {"share": 5}])
@pytest.mark.usefixtures("both_databases")
def test_a_change_that_cannot_be_read_is_not_put_back(app: Flask, boss: Visitor, detail: object) -> None:
    with app.app_context(), writing() as connection:
        audit.record(connection, COMMAND, Event(event=What.GUARD_CHANGED, actor=COMMAND_ACTOR, detail=detail))  # type: ignore[arg-type]
    entry = rows(app, "SELECT max(id) AS id FROM audit_entry WHERE event = 'guard changed'")[0].id
    assert boss.opens(f"{RULES}?back={entry}").status == 200
    assert boss.sees("That change cannot be read")
    assert boss.does_not_see("stands in the form as it was before")
    boss.fills(why="nothing").submits("Save changes")
    assert saved(app) == Rules()


def test_a_calling_code_that_countries_share_says_so(boss: Visitor) -> None:
    boss.opens(PAGE).sees("United States and 24 more +1", "close together", "Germany +49")
    boss.fills(code="1", hours="6", why="a wave of texts").submits("Close to new numbers").sees("+1 United States and 24 more")
    boss.opens(f"{PAGE}/open/1").sees("That calling code is shared", "Canada", "Jamaica")
    boss.opens(f"{PAGE}/open/43").does_not_see("That calling code is shared")


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("countries", "DE, Atlantis", "There is no region ATLANTIS."), ("unverified", "0", "Enter a whole number from 1 to 1000."),
    ("unverified", "ten", "Enter a whole number"), ("verified_share", "100", "Enter a whole number from 1 to 90."),
    ("share", "0", "Enter a whole number from 1 to 100."), ("messages", "10001", "Enter a whole number from 1 to 10000."),
    ("messages", "0", "At least 1: without codes nobody could log in."),
    ("money", "much", "Enter an amount such as 20 or 12.50"), ("money", "999999", "Enter an amount"),
    ("money", "20", "Name the currency"), ("messages", "١٢³", "Enter a whole number"),
    ("why", "x" * 201, "Say it in at most 200 characters."),
])
def test_a_rule_that_cannot_be_is_told_beside_its_field_and_nothing_is_lost(
    app: Flask, boss: Visitor, field: str, typed: str, said: str,
) -> None:
    boss.opens(RULES).fills(why="a try", unverified="77").fills(**{field: typed}).submits("Save changes")
    assert boss.status == 422
    assert boss.sees(said)
    assert dict(boss.form("why").values())[field] == typed
    assert field == "unverified" or dict(boss.form("why").values())["unverified"] == "77"
    assert saved(app) == Rules()


def test_at_least_one_kind_of_number_stays(boss: Visitor) -> None:
    boss.opens(RULES).fills(mobile=False, landline=False, why="a try").submits("Save changes")
    assert boss.status == 422
    assert boss.sees("Choose at least one kind of number.")


@pytest.mark.settings(PORTAL_COUNTRIES="DE,AT")
def test_a_country_that_the_environment_forbids_cannot_be_allowed(boss: Visitor) -> None:
    boss.opens(RULES)
    assert boss.sees("all that the environment allows (DE, AT)")
    boss.fills(countries="DE, GB", why="a try").submits("Save changes")
    assert boss.sees("PORTAL_COUNTRIES does not allow GB.")
    assert boss.opens(PAGE).sees("Countries Germany, Austria")


@pytest.mark.settings(PORTAL_COUNTRIES="DE")
def test_rules_that_leave_no_country_are_told_with_what_can_be_done(app: Flask, boss: Visitor) -> None:
    nowhere = "PORTAL_COUNTRIES allows none of the countries that the rules name"
    assert nowhere not in boss.opens(PAGE).page.text
    with app.app_context():
        upkeep.change(
            Rules(countries=("GB",)), COMMAND, version=0, reason="before the environment was narrowed", actor=COMMAND_ACTOR)
    boss.opens(PAGE)
    assert boss.sees(f"No text message goes out: {nowhere}.", "Change the rules", "Countries None")
    with app.app_context():
        assert findings.of([Part.GATEWAY]) == [Finding(Part.GATEWAY, Condition.NO_COUNTRY)]


def test_of_two_administrators_the_later_is_told_and_loses_nothing(
    app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="chief", phone="+4915112345670", administrator=True)
    chief = comes_in(another_visitor(), "chief", "+4915112345670")
    chief.opens(RULES)
    boss.opens(RULES).fills(unverified="20", why="first").submits("Save changes")
    chief.fills(unverified="30", why="second").submits("Save changes")
    assert chief.status == 409
    assert chief.sees("boss changed the rules meanwhile", "nothing was saved", "10 → 20")
    assert saved(app).unverified == 20
    assert dict(chief.form("why").values())["unverified"] == "30"
    chief.submits("Save changes")
    assert saved(app).unverified == 30


def test_saving_what_is_so_already_changes_nothing(app: Flask, boss: Visitor) -> None:
    boss.opens(RULES).fills(why="no change").submits("Save changes")
    assert boss.sees("Nothing was changed.")
    assert rows(app, "SELECT name FROM message_setting") == []


def test_money_that_was_spent_is_shown(app: Flask, boss: Visitor) -> None:
    boss.opens(RULES).fills(money="20", currency="EUR", why="a budget").submits("Save changes")
    with app.app_context(), writing() as connection:
        ledger.spent(connection, 1_234_500, "EUR")
    assert boss.opens(PAGE).sees("Money of today: 1.23 of 20.00 EUR")


def test_what_is_off_says_so(app: Flask, boss: Visitor) -> None:
    boss.opens(RULES).fills(breaker=False, growing=False, share="100", why="a fair").submits("Save changes")
    assert boss.sees("No country is closed, and none will be: that rule is off.", "Countries whose codes do not come back Off")


@pytest.mark.parametrize("role", ["helpdesk", "auditor"])
def test_only_administrators_see_it(make_user: MakeUser, visitor: Visitor, role: str) -> None:
    make_user(username="other", phone=OTHER_PHONE, role=role)
    assert comes_in(visitor, "other", OTHER_PHONE).opens(PAGE).status == 403


def test_it_is_there_in_chinese(another_visitor: MakeVisitor, make_user: MakeUser, attack: Attack) -> None:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    attack(11)
    boss = comes_in(another_visitor(language="zh-CN"), "boss", OTHER_PHONE)
    assert boss.opens(PAGE).sees("+44 英国")
