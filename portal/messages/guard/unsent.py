"""What does the breaker get back of texts that surely never left? It counts those that were sent and not verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from phonenumbers import NumberParseException
from sqlalchemy import Connection, select

from portal.calling_codes import calling_code
from portal.messages import allowances, standing
from portal.messages.guard import budgets
from portal.models import PhoneState, Purpose, User

_AT_ONCE = 500
"""Users that one statement asks for: databases bound the values of a statement."""


def give_back(connection: Connection, messages: Sequence[Any]) -> None:
    """Take these out of what the breaker counts of their calling codes: anything with `purpose`, `phone` and `user_id`.

    Else a gateway that is down would close to new numbers the country of whoever asks in vain.
    """
    of_code = Counter(_calling_code(message.phone) for message in _to_new_numbers(connection, messages))
    taken_from = {code: budgets.of_breaker(standing.current(), code) for code in of_code if code}
    allowances.give_back(connection, {budget.key: of_code[code] * budget.amount for code, budget in taken_from.items()})


def _to_new_numbers(connection: Connection, messages: Sequence[Any]) -> Iterator[Any]:
    """Those to numbers that nobody has proven: of others nothing was taken."""
    yield from (message for message in messages if message.purpose is Purpose.BIND)
    logins = (message for message in messages if message.purpose is Purpose.LOGIN)
    while some := list(islice(logins, _AT_ONCE)):
        proven = select(User.id).where(User.id.in_({message.user_id for message in some}), User.phone_state == PhoneState.PROVEN)
        known = set(connection.execute(proven).scalars())
        yield from (message for message in some if message.user_id not in known)


def _calling_code(phone: str) -> str:
    """Empty for what is no number: a row that somebody wrote by hand must not hold up those that end with it."""
    try:
        return calling_code(phone)
    except NumberParseException:
        return ""
