"""Does a message wait for its turn at the gateway where nobody who is stopped can lose it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection

from portal import create_app
from portal.database import writing
from portal.messages import outbox, turns
from portal.messages.delivery import deliver
from tests.conftest import settings
from tests.gateway import Gateway
from tests.letters import Letter, write


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has waited for a turn in this process."""
    monkeypatch.setattr(turns, "_rush", turns._Rush())


@pytest.fixture
def slow(both_databases: str, gateway: Gateway) -> Flask:
    """A portal whose gateway takes two messages a second, and has just had one."""
    app = create_app(settings(DATABASE_URL=both_databases, PORTAL_GATEWAY_RATE="2", **gateway.settings()))
    assert delivered(write(app), lambda _seconds: False) is None
    return app


def delivered(letter: Letter, wait: Callable[[float], bool]) -> float | None:
    with letter.app.app_context():
        return deliver(letter.id, wait)


def test_a_turn_that_comes_late_is_waited_for_in_nobody_s_hand(slow: Flask, gateway: Gateway) -> None:
    letter = write(slow)
    seen: list[tuple[float, str, int]] = []

    def wait(seconds: float) -> bool:
        seen.append((seconds, letter.outcome[0], letter.row.attempts))
        return False

    delivered(letter, wait)

    [(seconds, state, attempts)] = seen
    assert 0.1 < seconds <= 0.5
    assert (state, attempts) == ("waiting", 0)
    assert (letter.outcome, letter.row.attempts, len(gateway.texts())) == (("sent", None), 1, 2)


def test_after_a_late_turn_the_next_is_taken_before_the_message(slow: Flask, gateway: Gateway) -> None:
    letters = [write(slow) for _ in range(2)]
    waited: list[list[str]] = []

    def wait(_seconds: float) -> bool:
        waited.append([letter.outcome[0] for letter in letters])
        return False

    for letter in letters:
        delivered(letter, wait)

    assert waited == [["waiting", "waiting"], ["sent", "waiting"]]
    assert not turns.are_calm()
    assert len(gateway.texts()) == 3


@pytest.mark.parametrize("soon", [0.1, 30.0], ids=["a late turn", "a turn at once"])
def test_told_to_stop_it_goes_back_to_wait(
    slow: Flask, gateway: Gateway, soon: float, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "SOON", soon)
    letter = write(slow)

    assert delivered(letter, lambda _seconds: True) is None

    assert (letter.outcome, letter.row.attempts, letter.row.claimed_at) == (("waiting", None), 0, None)
    assert len(gateway.texts()) == 1
    assert delivered(letter, lambda _seconds: False) is None
    assert letter.outcome == ("sent", None)


def test_let_go_while_another_sender_asks_for_it_it_lives(slow: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = write(slow)
    with slow.app_context():
        held = outbox.claim(letter.id)
        assert held

        @contextmanager
        def looked_at_again() -> Iterator[Connection]:
            """The other sender has been told that somebody has it in hand, and now sees whether it is dead."""
            outbox.let_go(held)
            with writing() as connection:
                yield connection

        monkeypatch.setattr(outbox, "writing", looked_at_again)
        assert outbox.claim(letter.id) is None

    assert letter.outcome == ("waiting", None)


def test_what_cannot_be_asked_for_its_turn_is_let_go(slow: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = write(slow)

    def broken(_gateway: object) -> float:
        raise RuntimeError

    with monkeypatch.context() as broken_for_once:
        broken_for_once.setattr(turns, "turn", broken)
        with pytest.raises(RuntimeError):
            delivered(letter, lambda _seconds: False)

    assert (letter.outcome, letter.row.attempts) == (("waiting", None), 0)
    assert delivered(letter, lambda _seconds: False) is None
    assert letter.outcome == ("sent", None)
