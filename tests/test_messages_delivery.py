"""Does a message leave at most once, only while its code lives, and does its row say what is certain?"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from portal import clock, create_app
from portal.database import writing
from portal.extensions import db
from portal.messages import outbox
from portal.messages.delivery import deliver
from portal.messages.gateways import inbox
from portal.messages.outbox import Outcome
from portal.messages.sweep import sweep
from portal.models import MessageState, PhoneState, Purpose, State
from tests.conftest import settings
from tests.gateway import Gateway
from tests.letters import PHONE, Letter, write
from tests.processes import free_port


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def app(both_databases: str, gateway: Gateway) -> Iterator[Flask]:
    application = create_app(settings(DATABASE_URL=both_databases, **gateway.settings()))
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock: `later(5)`."""
    shift = [0.0]
    real = clock.source
    monkeypatch.setattr(clock, "source", lambda: real() + shift[0])
    return lambda seconds: shift.__setitem__(0, shift[0] + seconds)


def delivered(letter: Letter) -> float | None:
    with letter.app.app_context():
        return deliver(letter.id)


def recorded(letter: Any, outcome: Outcome) -> None:
    with writing() as connection:
        outbox.settle(connection, letter, outcome)


def swept(app: Flask, most: int = 100) -> list[int]:
    with app.app_context():
        return sweep(most)


def test_a_message_is_sent_and_the_record_says_so(app: Flask, gateway: Gateway) -> None:
    letter = write(app)

    assert delivered(letter) is None

    [said] = gateway.texts(PHONE)
    assert said == (
        f"{letter.code} is your Portal code. It works for 5 minutes. Never share it with anyone.\n@localhost #{letter.code}"
    )
    row = letter.row
    assert (row.state, row.gateway, row.attempts, len(row.reference)) == (MessageState.SENT, "vonage", 1, 36)
    assert letter.entries == [("sent", {"message": letter.id})]
    assert gateway.accepted[0].client_ref == str(letter.id)


def test_a_chinese_sign_in_gets_a_chinese_text(app: Flask, gateway: Gateway) -> None:
    letter = write(app, locale="zh")

    delivered(letter)

    assert gateway.texts() == [f"{letter.code} 是您的 Portal 验证码，5 分钟内有效。请勿告诉任何人。\n@localhost #{letter.code}"]


def test_a_text_that_leaves_late_names_the_time_that_is_left(app: Flask, gateway: Gateway, later: Any) -> None:
    letter = write(app)
    later(100)

    delivered(letter)

    assert "It works for 3 minutes." in gateway.texts()[0]


def test_of_many_senders_with_the_same_message_one_sends_it(app: Flask, gateway: Gateway) -> None:
    letters = [write(app, phone=f"+49151123456{n}") for n in range(10, 16)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(delivered, letters * 6))

    assert len(gateway.texts()) == 6
    assert {letter.outcome for letter in letters} == {("sent", None)}


@pytest.mark.parametrize("death", [
    {"state": State.ENDED, "ended_at": 1.0}, {"state": State.COMPLETE, "completed_at": 1.0}, {"code_nonce": b"another".ljust(16)},
    {"code_nonce": None},
], ids=["sign-in ended", "signed in already", "another code", "code used up"])
def test_a_message_whose_code_has_died_is_not_sent(app: Flask, gateway: Gateway, death: dict[str, Any]) -> None:
    letter = write(app)
    letter.sign_in_changes(**death)

    delivered(letter)

    assert gateway.texts() == []
    assert letter.outcome == ("expired", None)
    assert letter.entries == [("expired", {"message": letter.id})]


def test_a_message_is_not_sent_after_its_time(app: Flask, gateway: Gateway, later: Any) -> None:
    letter = write(app, lifetime=60)
    later(61)

    delivered(letter)

    assert (gateway.texts(), letter.outcome) == ([], ("expired", None))


@pytest.mark.parametrize(("purpose", "state"), [(Purpose.LOGIN, PhoneState.FAILING), (Purpose.BIND, None)])
def test_a_number_that_cannot_receive_texts_is_marked_if_it_is_bound(
    app: Flask, gateway: Gateway, purpose: Purpose, state: PhoneState | None,
) -> None:
    gateway.answers("422")
    letter = write(app, purpose=purpose)

    delivered(letter)

    assert letter.outcome == ("failed", "number")
    assert letter.entries == [("failed", {"message": letter.id, "reason": "number"})]
    assert letter.phone_state == state


def test_a_throttled_message_waits_longer_each_time_and_then_leaves(app: Flask, gateway: Gateway, later: Any) -> None:
    letter = write(app)
    gateway.answers("429")

    for pause in (2, 4, 8):
        again_at = delivered(letter)
        assert again_at == pytest.approx(clock.now() + pause, abs=0.5)
        assert letter.outcome == ("waiting", "throttled")
        assert delivered(letter) is None, "not before its time"
        later(pause)
    gateway.answers("ok")
    delivered(letter)

    assert (len(gateway.texts()), letter.outcome, letter.row.attempts) == (1, ("sent", None), 4)
    assert letter.entries == [("sent", {"message": letter.id})]


def test_the_gateways_own_pause_is_kept(app: Flask, gateway: Gateway) -> None:
    gateway.answers("429", retry_after="40")

    assert delivered(write(app)) == pytest.approx(clock.now() + 40, abs=1)


def test_a_pause_that_the_code_does_not_outlive_ends_the_message(app: Flask, gateway: Gateway, caplog: Any) -> None:
    gateway.answers("429", retry_after="400")
    letter = write(app)

    assert delivered(letter) is None
    assert letter.outcome == ("failed", "throttled")
    assert "operator" in caplog.text


def test_a_gateway_that_is_down_is_asked_again(app: Flask, gateway: Gateway) -> None:
    down = create_app(settings(
        DATABASE_URL=app.config["PORTAL"].database_url, **gateway.settings() | {"VONAGE_API_HOST": f"127.0.0.1:{free_port()}"},
    ))
    letter = write(down)

    assert delivered(letter) is not None
    assert letter.outcome == ("waiting", "unreachable")


@pytest.mark.parametrize(("mode", "reason"), [("401", "credentials"), ("402", "credit")])
def test_what_only_the_operator_can_mend_raises_the_alarm(
    app: Flask, gateway: Gateway, caplog: pytest.LogCaptureFixture, mode: str, reason: str,
) -> None:
    gateway.answers(mode)
    letter = write(app)

    delivered(letter)

    assert letter.outcome == ("failed", reason)
    assert [record.levelno for record in caplog.records if "operator" in record.message] == [logging.ERROR]
    assert letter.phone_state is PhoneState.PROVEN


@pytest.mark.parametrize("mode", ["500", "garbage", "reset", "drip"])
def test_what_may_have_gone_out_is_never_sent_again(app: Flask, gateway: Gateway, mode: str, later: Any) -> None:
    letter = write(app)
    gateway.answers(mode)
    delivered(letter)
    gateway.answers("ok")
    accepted = len(gateway.texts())

    for _ in range(3):
        later(20)
        assert letter.id not in swept(app)
        delivered(letter)

    assert letter.outcome[0] == "unknown"
    assert len(gateway.texts()) == accepted <= 1


def test_an_outcome_that_is_recorded_again_puts_nothing_back_that_is_in_another_hand(app: Flask, later: Any) -> None:
    letter, waits = write(app), Outcome(state=MessageState.WAITING, again_at=clock.now() + 2)
    with app.app_context():
        first = outbox.claim(letter.id)
        assert first
        recorded(first, waits)
        later(3)
        assert outbox.claim(letter.id)

        recorded(first, waits)  # the database went away while it said that it had heard

    assert letter.outcome[0] == "sending"


def test_a_message_in_hand_that_nothing_was_done_with_until_its_code_died_is_not_sent(
    app: Flask, gateway: Gateway, later: Any,
) -> None:
    letter = write(app, lifetime=60)

    def halted(_seconds: float) -> bool:
        later(61)
        return False

    with app.app_context():
        deliver(letter.id, halted)

    assert (gateway.texts(), letter.outcome[0]) == ([], "expired")
    assert [state for state, _detail in letter.entries] == ["expired"]


def test_a_code_of_a_key_that_is_gone_is_not_sent(app: Flask, gateway: Gateway) -> None:
    letter = write(app, key="retired")

    delivered(letter)

    assert (gateway.texts(), letter.outcome) == ([], ("failed", "key retired"))


def test_neither_code_nor_number_is_written_down(app: Flask, gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for mode in ("ok", "422", "500", "401", "429"):
        gateway.answers(mode)
        letter = write(app)
        delivered(letter)
        kept = repr((letter.row, letter.entries)).replace(PHONE, "")
        assert letter.code not in kept
        assert letter.code not in caplog.text
        assert PHONE[1:] not in caplog.text


def test_a_message_costs_three_statements_and_two_write_transactions(app: Flask) -> None:
    letter = write(app)
    delivered(write(app))
    statements: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *about: statements.append(about[2]))
        commits: list[Any] = []
        event.listen(db.engine, "commit", commits.append)
        # There the first of them is one statement, which is a transaction by itself.
        alone = db.engine.dialect.name == "postgresql"
    delivered(letter)

    assert len([each for each in statements if not each.startswith("BEGIN") and " counter" not in each]) == 3
    assert len(commits) + alone == 2


def test_the_inbox_shows_what_would_have_been_sent(both_databases: str) -> None:
    app = create_app(settings(DATABASE_URL=both_databases))
    first, other, second = write(app), write(app, phone="+436641234567"), write(app)
    for letter in (first, other, second):
        delivered(letter)
    unsent = write(app)

    with app.app_context():
        shown, only = inbox.messages(10), inbox.messages(10, to=PHONE)

    assert [message.id for message in shown] == [second.id, other.id, first.id]
    assert [(message.id, message.code) for message in only] == [(second.id, second.code), (first.id, first.code)]
    assert only[0].text.endswith(f"\n@localhost #{second.code}")
    assert unsent.outcome == ("waiting", None)


def test_the_sweep_finds_what_was_never_queued(app: Flask, later: Any) -> None:
    letter = write(app)

    assert swept(app) == []
    later(16)
    assert swept(app) == [letter.id]


def test_the_sweep_takes_no_more_than_it_is_asked_for_and_the_oldest_first(app: Flask, later: Any) -> None:
    letters = [write(app) for _ in range(5)]
    later(16)

    assert swept(app, most=2) == [letters[0].id, letters[1].id]


def test_a_message_in_the_hand_of_a_dead_sender_becomes_unknown(app: Flask, gateway: Gateway, later: Any) -> None:
    letter = write(app)
    with app.app_context():
        outbox.claim(letter.id)
    states = []
    for _ in range(2):
        later(30)
        swept(app)
        states.append(letter.outcome)

    assert states == [("sending", None), ("unknown", "lost")]
    assert letter.entries == [("unknown", {"message": letter.id})]
    assert delivered(letter) is None
    assert gateway.texts() == []


def test_the_sweep_ends_what_is_past_its_time(app: Flask, later: Any) -> None:
    letter = write(app, lifetime=30)
    later(31)

    assert swept(app) == []
    assert letter.outcome == ("expired", None)


def test_only_one_process_sweeps(app: Flask, later: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = write(app)
    swept(app)
    later(10)
    monkeypatch.setattr("portal.messages.lease.holder", lambda: "elsewhere:1")

    assert swept(app) == [], "the other one holds it"
    later(6)
    assert swept(app) == [letter.id], "the other one has not been back"


def test_the_sweep_does_not_read_messages_that_are_done(app: Flask) -> None:
    from portal.messages import sweep as sweeping

    asked: list[tuple[str, Any]] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *about: asked.append((about[2], about[3])))
        sweeping.sweep(10)
        with db.engine.connect() as connection:
            postgres = connection.dialect.name == "postgresql"
            if postgres:
                connection.execute(text("SET LOCAL enable_seqscan = off"))
            explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
            about_messages = [(words, values) for words, values in asked if "message" in words]
            plans = [str(connection.exec_driver_sql(explain + words, values).all()) for words, values in about_messages]

    assert len(plans) == 3
    assert all("ix_message_open" in plan for plan in plans), plans
