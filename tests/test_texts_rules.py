"""Can an administrator say by which gateways the numbers of a country go, and see which way one would go?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests import gateway_pages
from tests.gateways import PAIR, add_gateway, add_rule
from tests.people import PHONE, events, rows
from tests.visitor import Visitor

boss, other = gateway_pages.boss, gateway_pages.other
LIST, NEW = "/admin/settings/texts/rules", "/admin/settings/texts/rules/new"
ADD, SAVE = "Add rule", "Save changes"
BRITISH = "+447400123456"


@pytest.fixture
def two(app: Flask) -> None:
    """Two gateways besides the environment's."""
    add_gateway(app, "main")
    add_gateway(app, "spare")


def rules(app: Flask) -> dict[str, object]:
    return {row.prefix: row.choices for row in rows(app, "SELECT prefix, choices FROM route")}


def looks(boss: Visitor, number: str) -> Visitor:
    return boss.opens(LIST).fills(to=number).submits("Look")


@pytest.mark.usefixtures("two", "both_databases")
def test_a_rule_is_added_changed_and_deleted(app: Flask, boss: Visitor) -> None:
    boss.opens("/admin/settings/texts").clicks("Rules").sees("No rule yet")
    boss.clicks(ADD).fills(country="44", gateway_1="spare", sender_1="+447400000000", gateway_2="Main").submits(ADD)
    assert boss.sees("The rule is added.", "United Kingdom and 3 more +44", "1. Spare (+447400000000)", "2. Main")
    boss.clicks("United Kingdom and 3 more +44").fills(gateway_2="").submits(SAVE).sees("Saved. It holds at once.")
    boss.does_not_see("2. Main")
    boss.clicks("United Kingdom and 3 more +44").submits(SAVE).sees("Nothing was changed.")
    boss.clicks("United Kingdom and 3 more +44").submits("Delete rule").sees("The rule is deleted.", "No rule yet")
    assert [event for event, _ in events(app)[-3:]] == ["route changed", "route changed", "route deleted"]


@pytest.mark.usefixtures("two")
def test_the_longest_beginning_holds_and_its_reason_is_said(app: Flask, boss: Visitor) -> None:
    assert looks(boss, BRITISH).sees("No rule for it: by all gateways that are on, in their own order.", "Inbox, sender Portal")
    for typed in ({"country": "else", "gateway_1": "main"}, {"country": "44", "gateway_1": "spare", "sender_1": "Acme UK"},
                  {"prefix": "+44 74", "gateway_1": "spare", "gateway_2": "main", "sender_1": "Acme Mobile"}):
        boss.opens(NEW).fills(**typed).submits(ADD).sees("The rule is added.")
    assert looks(boss, BRITISH).sees("By the rule for +4474.", "1. Spare, sender Acme Mobile 2. Main, sender Portal")
    assert looks(boss, "+447500123456").sees("By the rule for United Kingdom and 3 more +44.", "Spare, sender Acme UK")
    assert looks(boss, PHONE).sees("By the rule for everywhere else.", "Main, sender Portal")


@pytest.mark.usefixtures("two")
def test_a_rule_whose_gateways_are_off_is_passed_over_and_said(app: Flask, boss: Visitor) -> None:
    add_gateway(app, "silent", enabled=False)
    add_rule(app, "44", "silent")
    add_rule(app, "", "spare")
    assert looks(boss, BRITISH).sees("By the rule for everywhere else.", "Spare, sender Portal", "Silent is off and passed over.")
    assert boss.sees("1. Silent Off")


def test_a_call_has_its_own_way(app: Flask, boss: Visitor) -> None:
    add_gateway(app, "calls", kind="vonage-voice", sender="+4915112345678", secrets=PAIR)
    assert looks(boss, BRITISH).sees("A call goes by:", "Calls, sender +4915112345678")


def test_what_no_message_goes_to_is_said(boss: Visitor) -> None:
    assert looks(boss, "nonsense").sees("That isn’t a whole phone number.")
    assert looks(boss, "+449012345678").sees("can’t receive our text messages")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(("typed", "said"), [
    ({}, "Choose a country, or write the beginning of the numbers."),
    ({"prefix": "0044"}, "the first of them not 0"),
    ({"prefix": "+447700900"}, "1 to 8 digits"),
    ({"prefix": "four"}, "1 to 8 digits"),
    ({"prefix": "٤٤"}, "1 to 8 digits"),
    ({"country": "44", "gateway_1": ""}, "Choose one gateway at least."),
    ({"country": "44", "gateway_2": "main"}, "Choose each gateway once."),
    ({"country": "44", "sender_1": "far too long a name"}, "up to 11 letters and digits"),
    ({"country": "44", "sender_1": "<b>"}, "up to 11 letters and digits"),
    ({"country": "49"}, "There is a rule for these numbers already."),
])
def test_what_cannot_be_taken_is_said(app: Flask, boss: Visitor, typed: dict[str, str], said: str) -> None:
    add_rule(app, "49", "main")
    boss.opens(NEW).fills(**({"gateway_1": "main"} | typed)).submits(ADD)
    assert boss.status == 422
    assert boss.sees(said)
    assert list(rules(app)) == ["49"]


@pytest.mark.usefixtures("two")
def test_of_two_who_change_a_rule_the_later_is_told(app: Flask, boss: Visitor, other: Visitor, both_databases: str) -> None:
    here = f"{LIST}/{add_rule(app, '44', 'main')}"
    boss.opens(here)
    other.opens(here).fills(gateway_1="spare").submits(SAVE)
    boss.fills(sender_1="Mine").submits(SAVE)
    assert boss.status == 409
    assert boss.sees("other changed this rule meanwhile", "What holds now: spare.")
    boss.submits(SAVE).sees("Saved.")
    assert "Mine" in str(rules(app)["44"])


def test_a_rule_names_no_gateway_that_is_gone(app: Flask, boss: Visitor, other: Visitor) -> None:
    add_gateway(app, "main")
    boss.opens(NEW).fills(country="44", gateway_1="main")
    other.opens("/admin/settings/texts/gateways/1/delete").fills(typed="Main").submits("Delete gateway")
    boss.submits(ADD)
    assert boss.status == 422
    assert boss.sees("One of these gateways is there no more.")
    assert rules(app) == {}


@pytest.mark.usefixtures("two", "both_databases")
def test_of_many_at_once_who_add_a_rule_for_the_same_numbers_one_succeeds(app: Flask) -> None:
    from portal.audit.changes import Unfit
    from portal.messages.routing import routes
    from portal.messages.routing.choosing import Choice
    from portal.trace import COMMAND, COMMAND_ACTOR

    def adds(name: str) -> bool:
        with app.app_context():
            return not isinstance(routes.add("44", [Choice(name)], COMMAND, actor=COMMAND_ACTOR), Unfit)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(adds, ["main", "spare"] * 4)) == 1
    assert len(rules(app)) == 1


@pytest.mark.usefixtures("both_databases")
def test_a_gateway_that_goes_while_rules_are_written_stands_in_none(app: Flask) -> None:
    from portal.messages.routing import routes, upkeep
    from portal.messages.routing.choosing import Choice
    from portal.trace import COMMAND, COMMAND_ACTOR

    main = add_gateway(app, "main")
    add_gateway(app, "spare")

    def acts(prefix: str) -> None:
        with app.app_context():
            if prefix == "44":
                upkeep.remove(main, COMMAND, actor=COMMAND_ACTOR)
            else:
                routes.add(prefix, [Choice("main"), Choice("spare")], COMMAND, actor=COMMAND_ACTOR)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(acts, ["41", "42", "43", "44", "45", "46", "47", "48"]))
    assert "main" not in str(rules(app))


@pytest.mark.usefixtures("both_databases")
def test_of_many_who_move_gateways_at_once_none_is_lost(app: Flask) -> None:
    from portal.messages.routing import upkeep
    from portal.trace import COMMAND, COMMAND_ACTOR

    ids = [add_gateway(app, f"line-{at}", position=at) for at in range(1, 5)]

    def moves(gateway_id: int) -> None:
        with app.app_context():
            upkeep.move(gateway_id, COMMAND, up=True, actor=COMMAND_ACTOR)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(moves, ids * 3))
    assert [row.position for row in rows(app, "SELECT position FROM gateway ORDER BY position")] == [1, 2, 3, 4]
