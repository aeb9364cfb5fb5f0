"""Does the breaker count what was sent and not verified, and nothing else? A gateway that is down closes no country."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import clock, create_app
from portal.database import reading, writing
from portal.extensions import db
from portal.messages import allowances, opt_outs, standing
from portal.messages.delivery import deliver
from portal.messages.guard import budgets
from portal.messages.sweep import sweep
from portal.models import Allowance, MessageState, PhoneState, Purpose, State, User
from tests.conftest import settings
from tests.gateway import Gateway
from tests.letters import PHONE, Letter, write

PREFIX, TEXTS = "+49", 3


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def app(both_databases: str, gateway: Gateway) -> Iterator[Flask]:
    application = create_app(settings(DATABASE_URL=both_databases, PORTAL_GATEWAY_RATE="100", **gateway.settings()))
    yield application
    with application.app_context():
        db.engine.dispose()


def asked(app: Flask, number: int = TEXTS, **about: Any) -> list[Letter]:
    """So many texts to new numbers, taken from the breaker's budget as the sign-in takes them."""
    letters = [write(app, phone=f"{PHONE[:-2]}{at:02}", purpose=Purpose.BIND, **about) for at in range(number)]
    with app.app_context(), writing() as connection:
        for _letter in letters:
            assert allowances.take(connection, [budgets.of_breaker(standing.current(), PREFIX)]) is None
    return letters


def counted(app: Flask) -> float:
    """How many texts the breaker counts of that calling code."""
    with app.app_context(), reading() as connection:
        budget = budgets.of_breaker(standing.current(), PREFIX)
        used = connection.execute(select(Allowance.used).where(Allowance.key == budget.key)).scalar_one()
    return float(used / budget.amount)


def delivered(letter: Letter) -> None:
    with letter.app.app_context():
        deliver(letter.id)


@pytest.mark.parametrize(("answer", "state", "left"), [
    ("401", "failed", 0), ("402", "failed", 0), ("500", "unknown", TEXTS), ("garbage", "unknown", TEXTS), ("ok", "sent", TEXTS)])
def test_what_surely_never_left_does_not_count(app: Flask, gateway: Gateway, answer: str, state: str, left: int) -> None:
    letters = asked(app)
    gateway.answers(answer)

    for letter in letters:
        delivered(letter)

    assert {letter.outcome[0] for letter in letters} == {state}
    assert counted(app) == left


def test_a_number_that_the_gateway_refuses_counts(app: Flask, gateway: Gateway) -> None:
    letter = write(app)
    asked(app, 1)
    with app.app_context(), writing() as connection:
        connection.execute(update(User).where(User.id == letter.user_id).values(phone_state=PhoneState.FAILING))
    gateway.answers("422")

    delivered(letter)

    assert (letter.outcome, letter.phone_state) == (("failed", "number"), PhoneState.FAILING)
    assert counted(app) == 1


def test_a_proven_number_gives_nothing_back_that_was_not_taken(app: Flask, gateway: Gateway) -> None:
    asked(app, 2)
    proven = write(app)
    gateway.answers("401")

    delivered(proven)

    assert proven.outcome == ("failed", "credentials")
    assert counted(app) == 2


def test_what_died_while_it_waited_does_not_count(app: Flask) -> None:
    cancelled, stopped, sent = asked(app)
    cancelled.sign_in_changes(state=State.ENDED, ended_at=clock.now())
    with app.app_context(), writing() as connection:
        opt_outs.stop(connection, stopped.phone, "vonage", at=clock.now())

    for letter in (cancelled, stopped, sent):
        delivered(letter)

    assert [letter.outcome for letter in (cancelled, stopped, sent)] == [
        ("expired", None), ("failed", "stopped"), ("sent", None)]
    assert counted(app) == 1


def test_what_the_sweep_ends_does_not_count_unless_it_may_have_left(app: Flask) -> None:
    late, lost, waiting = asked(app)
    late.changes(not_after=clock.now() - 1)
    lost.changes(state=MessageState.SENDING, claimed_at=clock.now() - 600)

    with app.app_context():
        sweep(10)

    assert [letter.outcome[0] for letter in (late, lost, waiting)] == ["expired", "unknown", "waiting"]
    assert counted(app) == 2
