"""Which ways lead to a number? The rule with the longest prefix that has any in use, else all in their order."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.messages.routing import choosing
from portal.messages.routing.choosing import Choice, Route
from portal.models import Channel, GatewayKind
from tests.carrying import registered

PHONE = "+4915112345678"
ONE, TWO, THREE = (registered(GatewayKind.VONAGE, name=name, sender=name.title()) for name in ("one", "two", "three"))
OFF = registered(GatewayKind.VONAGE, name="off", enabled=False)
VOICE = registered(GatewayKind.VONAGE_VOICE, name="voice")
ALL = (ONE, TWO, OFF, VOICE, THREE)


def route(prefix: str, *choices: str | tuple[str, str]) -> Route:
    made = tuple(Choice(each) if isinstance(each, str) else Choice(*each) for each in choices)
    return Route(id=len(prefix), prefix=prefix, choices=made)


def found(*routes: Route, phone: str = PHONE, channel: Channel = Channel.TEXT, gateways: Any = ALL) -> list[tuple[str, str]]:
    return [(way.gateway.name, way.sender) for way in choosing.ways(gateways, routes, phone, channel)]


def test_without_rules_all_gateways_in_use_are_tried_in_their_order_with_their_own_senders() -> None:
    assert found() == [("one", "One"), ("two", "Two"), ("three", "Three")]


def test_a_rule_names_gateways_their_order_and_senders() -> None:
    assert found(route("49", ("three", "+49170"), "one")) == [("three", "+49170"), ("one", "One")]


def test_of_several_rules_the_longest_prefix_holds_wherever_it_stands() -> None:
    rules = route("", "one"), route("4915", "three"), route("49", "two")

    assert found(*rules) == [("three", "Three")]
    assert found(*rules, phone="+49301234567") == [("two", "Two")]
    assert found(*rules, phone="+436641234567") == [("one", "One")]


def test_a_rule_whose_gateways_are_all_off_or_gone_gives_way_to_the_next_shorter_one() -> None:
    assert found(route("4915", "off", "deleted", "voice"), route("49", "two")) == [("two", "Two")]
    assert found(route("49", "off")) == found()


def test_a_call_goes_by_gateways_that_call() -> None:
    assert found(channel=Channel.VOICE) == [("voice", "Portal")]
    assert found(route("49", "one", "voice"), channel=Channel.VOICE) == [("voice", "Portal")]


def test_with_no_gateway_in_use_there_is_no_way() -> None:
    assert found(gateways=(OFF, VOICE)) == []


@given(st.lists(st.tuples(st.from_regex(r"\A[0-9]{0,5}\Z"), st.lists(st.sampled_from(["one", "two", "off", "voice", "gone"])))))
def test_every_way_is_in_use_and_for_the_channel_and_there_is_one_where_any_is(rules: list[tuple[str, list[str]]]) -> None:
    names = [name for name, _sender in found(*(route(prefix, *choices) for prefix, choices in rules))]

    assert names
    assert set(names) <= {"one", "two", "three"}
