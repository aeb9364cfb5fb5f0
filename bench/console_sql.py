"""How is a value made from the number of its row, in words that SQLite and PostgreSQL both understand?"""

from collections.abc import Mapping
from dataclasses import dataclass

Columns = Mapping[str, str]
"""Expressions over the number `n`, by the columns that they fill."""
DAYS = 90
"""Over which everything has happened, evenly."""
NOW = "{now}"
_FIRST_PHONE = 447_100_000_000  # +447100 000000 to +447100 999999 are all mobile numbers


@dataclass(frozen=True)
class Dialect:
    """What the two say differently: many numbers, 32, 16 and 20 000 bytes that are no two times the same, a text as JSON."""

    numbers: str
    hashed: str
    nonce: str
    logo: str
    json: str


SQLITE = Dialect(
    numbers="WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) "
            "SELECT {columns} FROM numbers",
    hashed="randomblob(32)", nonce="randomblob(16)", logo="randomblob(20000)", json="{text}")
POSTGRESQL = Dialect(
    numbers="SELECT {columns} FROM generate_series(1::bigint, {count}) AS numbers(n)",
    hashed="decode(md5('a' || n) || md5('b' || n), 'hex')", nonce="decode(md5(n::text), 'hex')",
    logo="decode(repeat(md5(n::text), 1250), 'hex')", json="({text})::json")


def case(*choices: tuple[str, str], otherwise: str = "NULL") -> str:
    """The value beside the first condition that holds."""
    return f"(CASE {' '.join(f'WHEN {condition} THEN {value}' for condition, value in choices)} ELSE {otherwise} END)"


def pick(number: str, *words: str) -> str:
    """One of the words after the other."""
    return case(*((f"({number}) % {len(words)} = {place}", f"'{word}'") for place, word in enumerate(words)))


def digits(number: str) -> str:
    """A number in seven digits."""
    return f"substr(CAST(10000000 + {number} AS text), 2)"


def phone(number: str) -> str:
    """The phone number of the user of that number."""
    return f"('+' || CAST({_FIRST_PHONE} + {number} AS text))"


def reversed_phone(number: str) -> str:
    """The same from its end."""
    return "(" + " || ".join(f"substr({phone(number)}, {place}, 1)" for place in range(13, 0, -1)) + ")"


def at(number: str, count: int) -> str:
    """When the row of that number of `count` was written; NOW in it is filled in when the rows are made."""
    return f"({NOW} - ({count} - {number}) * {DAYS * 86_400 / count!r})"


def typed_phone(number: int) -> str:
    """The phone number of a user as somebody looks for it."""
    return f"+{_FIRST_PHONE + number}"
