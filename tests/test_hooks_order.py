"""Is what webhooks say written down once, in whatever order and however often they come?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.messages.sweep import sweep
from portal.models import MessageState
from tests import people
from tests.certificates import application_keys
from tests.gateway import APPLICATION
from tests.handed import held, sent, settled
from tests.hooks import STATUS, VONAGE, hook, status
from tests.letters import Letter, write
from tests.people import Later, rows

later = people.later
pytestmark = pytest.mark.settings(**VONAGE, VONAGE_APPLICATION_ID=APPLICATION, VONAGE_PRIVATE_KEY=application_keys()[0])
STEPS: dict[str, Callable[[Letter], object]] = {
    "answer": settled,
    "submitted": lambda letter: hook(STATUS, status(letter.id, "submitted", price="0.0333")).arrives(letter.app),
    "absent": lambda letter: hook(STATUS, status(letter.id, "undeliverable", error="1180")).arrives(letter.app),
    "spam": lambda letter: hook(STATUS, status(letter.id, "rejected", error="1210", price="0.0333")).arrives(letter.app),
    "for no reason": lambda letter: hook(STATUS, status(letter.id, "undeliverable")).arrives(letter.app),
    "delivered": lambda letter: hook(STATUS, status(letter.id, "delivered", price="0.0333")).arrives(letter.app),
    "unheard of": lambda letter: hook(STATUS, status(letter.id, "seen")).arrives(letter.app),
}


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize("steps", [
    ("answer", "submitted", "delivered"), ("answer", "submitted", "absent", "spam"), ("answer", "absent", "delivered"),
    ("answer", "for no reason", "spam", "unheard of"), ("answer", "submitted", "submitted", "delivered"),
], ids=" ".join)
def test_in_whatever_order_they_come_it_ends_alike(app: Flask, steps: Sequence[str]) -> None:
    ends = set()
    for order in set(permutations(steps)):
        letter = held(app)
        for step in order:
            STEPS[step](letter)
        row = letter.row
        ends.add((row.state, row.reason, row.price, row.currency, row.gateway, row.sender, row.reference, row.settled_at is None))
    assert len(ends) == 1, ends


@pytest.mark.usefixtures("both_databases")
def test_of_many_that_come_at_once_each_counts_once(app: Flask) -> None:
    letter = held(app)
    hooks = [hook(STATUS, status(letter.id, state, price="0.05")) for state in ("submitted", "delivered", "rejected") * 6]
    with ThreadPoolExecutor(8) as pool:
        settling = pool.submit(settled, letter)
        answers = list(pool.map(lambda each: each.arrives(app).status, hooks))
        settling.result()
    assert answers == [200] * len(hooks)
    row = letter.row
    assert (row.state, row.reference, row.gateway, row.price) == (MessageState.DELIVERED, "ref-1", "vonage", 50_000)
    assert [state for state, _ in letter.entries].count("delivered") == 1
    assert len({row.used for row in rows(app, "SELECT used FROM allowance WHERE key LIKE '%EUR%'")}) == 1


@pytest.mark.usefixtures("both_databases")
def test_of_many_copies_that_come_at_once_one_is_taken(app: Flask) -> None:
    letter = sent(app)
    one = hook(STATUS, status(letter.id, "delivered"))
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: one.arrives(app).status, range(16))) == [200] + [401] * 15


@pytest.mark.usefixtures("both_databases")
def test_a_price_is_counted_once(app: Flask) -> None:
    letter = sent(app)
    for state in ("submitted", "delivered", "submitted", "delivered"):
        assert hook(STATUS, status(letter.id, state, price="0.05")).arrives(app).status == 200
    spent = rows(app, "SELECT used FROM allowance WHERE key LIKE '%EUR%'")
    assert len({row.used for row in spent}) == 1
    other = sent(app)
    hook(STATUS, status(other.id, "delivered", price="0.05")).arrives(app)
    assert [row.used for row in rows(app, "SELECT used FROM allowance WHERE key LIKE '%EUR%'")] == [2 * spent[0].used]


@pytest.mark.usefixtures("both_databases")
def test_no_currency_is_too_small_to_count(app: Flask) -> None:
    letters = [sent(app) for _ in range(3)]
    from portal.database import writing
    from portal.messages.guard import ledger

    with app.app_context(), writing() as connection:
        for _ in range(214):
            ledger.spent(connection, 1_000_000_000, "IDR")
    for letter in letters:
        said = status(letter.id, "delivered") | {"usage": {"currency": "IDR", "price": "999.9"}}
        assert hook(STATUS, said).arrives(app).status == 200
        assert letter.outcome == ("delivered", None)
    assert rows(app, "SELECT used FROM allowance WHERE key = 'money:IDR'")[0].used == 2_000_000_000


@pytest.mark.parametrize("price", ["-1", "1e9", "NaN", "Infinity", "1001", "", "0.1.2", "١"])
def test_what_is_no_price_is_none(app: Flask, price: str) -> None:
    letter = sent(app)
    hook(STATUS, status(letter.id, "delivered", usage={"price": price, "currency": "EUR"})).arrives(app)
    assert (letter.outcome, letter.row.price) == (("delivered", None), None)


@pytest.mark.usefixtures("both_databases")
def test_news_of_another_message_is_not_taken_for_ours(app: Flask) -> None:
    letter, other = sent(app), settled(held(app, phone="+4915112345699"), reference="ref-2")
    hook(STATUS, status(letter.id, "delivered", reference="ref-2")).arrives(app)
    hook(STATUS, status(letter.id, "delivered", reference="elsewhere")).arrives(app)
    hook(STATUS, status(999_999, "delivered")).arrives(app)
    hook(STATUS, status(letter.id, "delivered", message_uuid=None)).arrives(app)
    hook(STATUS, status(2**63, "delivered", reference="elsewhere")).arrives(app)
    assert [letter.outcome, other.outcome] == [("sent", None), ("sent", None)]
    hook(STATUS, status(0, "delivered", reference="ref-2", client_ref=None)).arrives(app)
    assert [letter.outcome, other.outcome] == [("sent", None), ("delivered", None)], "by the gateway's own name alone"


@pytest.mark.parametrize("columns", [{"state": MessageState.WAITING}, {"state": MessageState.EXPIRED}])
def test_news_of_what_never_left_is_not_believed(app: Flask, columns: dict[str, Any]) -> None:
    letter = write(app)
    letter.changes(**columns)
    assert hook(STATUS, status(letter.id, "delivered", price="0.05")).arrives(app).status == 200
    assert (letter.outcome, letter.row.price) == ((columns["state"].value, None), None)


def test_news_of_a_message_of_another_gateway_is_not_believed(app: Flask) -> None:
    letter = sent(app)
    letter.changes(gateway="acme")
    hook(STATUS, status(letter.id, "delivered")).arrives(app)
    assert letter.outcome == ("sent", None)


@pytest.mark.usefixtures("both_databases")
def test_a_message_whose_sender_died_is_known_again_by_its_receipt(app: Flask, later: Later) -> None:
    letter = held(app)
    later(120)
    with app.app_context():
        sweep(10)
    assert letter.outcome == ("unknown", "lost")
    hook(STATUS, status(letter.id, "submitted"), iat=int(clock.now())).arrives(app)
    assert (letter.row.state, letter.row.reason, letter.row.reference) == (MessageState.SENT, None, "ref-1")
