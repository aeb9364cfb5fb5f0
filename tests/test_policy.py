"""Who is asked for a code? The whole truth table, against the design's ladder told in other words."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.signin.policy import Decision, Demand, Device, Person, Reason, Rules, decide

BOTH = (False, True)
WORLD = list(product(*[BOTH] * 9))
"""step-up asked, bypass, role, administrators always, SMS on, source on, trusted device, source vouches, source is trusted"""


def decided(world: tuple[bool, ...], source: str = "password") -> Decision:
    step_up, bypass, role, always, sms, source_on, trusted, vouches, believed = world
    rules = Rules(sms=sms, sources={source: source_on}, administrators_always=always, trusted={source} if believed else ())
    return decide(rules, source=source, person=Person(in_console=role, bypass=bypass, vouched=vouches),
                  device=Device(trusted=trusted), demand=Demand(step_up=step_up))


def excused(world: tuple[bool, ...]) -> set[Reason]:
    """Everything that would spare a person the code, if nothing insisted on it."""
    _step_up, bypass, _role, _always, sms, source_on, trusted, vouches, believed = world
    excuses = {Reason.BYPASS: bypass, Reason.SMS_OFF: not sms, Reason.SOURCE_OFF: not source_on, Reason.TRUSTED_DEVICE: trusted,
               Reason.SOURCE_VOUCHES: vouches and believed}
    return {reason for reason, holds in excuses.items() if holds}


def insisted(world: tuple[bool, ...]) -> Reason | None:
    """What asks for a code whatever the switches say: an application always, a role unless a bypass stands against it."""
    step_up, bypass, role, always, *_ = world
    if step_up:
        return Reason.STEP_UP
    return Reason.ADMINISTRATOR if role and always and not bypass else None


@pytest.mark.parametrize("world", WORLD)
def test_a_code_is_asked_for_unless_something_excuses_and_nothing_insists(world: tuple[bool, ...]) -> None:
    assert decided(world).required == (insisted(world) is not None or not excused(world))


@pytest.mark.parametrize("world", WORLD)
def test_the_reason_is_the_first_that_holds(world: tuple[bool, ...]) -> None:
    reason, insistent = decided(world).reason, insisted(world)
    if insistent:
        assert reason is insistent
    elif excused(world):
        order = [Reason.BYPASS, Reason.SMS_OFF, Reason.SOURCE_OFF, Reason.SOURCE_VOUCHES, Reason.TRUSTED_DEVICE]
        assert reason is next(each for each in order if each in excused(world))
    else:
        assert reason is Reason.RULES


def test_the_table_shows_every_reason_and_the_shipped_rules_ask_everybody() -> None:
    assert {decided(world).reason for world in WORLD} == set(Reason)
    shipped = decide(Rules(), source="password", person=Person(), device=Device(), demand=Demand())
    assert shipped == Decision(True, Reason.RULES)


@pytest.mark.parametrize(("world", "expected"), [
    ((True, True, True, True, False, False, True, True, True), Decision(True, Reason.STEP_UP)),
    ((False, True, True, True, True, True, False, False, False), Decision(False, Reason.BYPASS)),
    ((False, False, True, True, False, False, True, True, True), Decision(True, Reason.ADMINISTRATOR)),
    ((False, False, True, False, False, True, False, True, True), Decision(False, Reason.SMS_OFF)),
    ((False, False, False, True, True, False, True, True, True), Decision(False, Reason.SOURCE_OFF)),
    ((False, False, False, True, True, True, True, True, True), Decision(False, Reason.SOURCE_VOUCHES)),
    ((False, False, False, True, True, True, True, True, False), Decision(False, Reason.TRUSTED_DEVICE)),
    ((False, False, True, False, True, True, False, False, True), Decision(True, Reason.RULES)),
    ((False, False, True, False, True, True, False, True, False), Decision(True, Reason.RULES)),
])
def test_the_ladder_s_rungs_as_the_design_writes_them(world: tuple[bool, ...], expected: Decision) -> None:
    assert decided(world) == expected


KEYS = st.sampled_from(["password", "scan", "oidc:a", "oidc:b", "oauth:a", "ldap:a", ""]) | st.text()


@given(KEYS, st.dictionaries(KEYS, st.booleans()), st.frozensets(KEYS), st.tuples(*[st.booleans()] * 5))
def test_the_switches_of_one_source_say_nothing_of_another_and_a_new_one_is_asked_and_not_trusted(
    source: str, switches: dict[str, bool], believed: frozenset[str], about: tuple[bool, ...],
) -> None:
    role, always, sms, trusted, vouches = about
    rules = Rules(sms=sms, sources=switches, administrators_always=always, trusted=believed)
    person = Person(in_console=role, vouched=vouches)
    found = decide(rules, source=source, person=person, device=Device(trusted=trusted), demand=Demand())
    alone = (False, False, role, always, sms, switches.get(source, True), trusted, vouches, source in believed)
    assert found == decided(alone, source)


@given(KEYS, st.dictionaries(KEYS, st.sampled_from(["on", "off", "ON", "", "maybe"])), st.sampled_from(["on", "off", "maybe"]))
def test_an_application_s_own_rules_can_trust_no_source_and_only_a_plain_on_of_the_portal_s_does(
    source: str, own: dict[str, str], value: str,
) -> None:
    from portal.signin.rules import SHIPPED, rules_of, trust_of

    portal = SHIPPED | {trust_of(source): value}
    rules = rules_of({trust_of(key): said for key, said in own.items()}, portal=portal)
    assert set(rules.trusted) == ({source} if value == "on" and source else set())


def test_a_value_that_cannot_be_understood_asks_for_a_code() -> None:
    from types import SimpleNamespace

    from portal.signin.rules import Binder, in_force

    names = ("sms", "administrators", "source:password", "binding")
    rows = [SimpleNamespace(scope="portal", switch=name, value="maybe") for name in names]
    assert in_force(rows).rules == Rules(sms=True, sources={"password": True}, administrators_always=True)
    assert in_force(rows).binder is Binder.ADMINISTRATORS
