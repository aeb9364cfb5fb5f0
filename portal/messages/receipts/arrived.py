"""What came to one of our webhooks, and can it be believed? PURE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from urllib.parse import parse_qsl

from portal.messages.receipts import parameters, plain, signed
from portal.messages.receipts.plain import Unreadable
from portal.messages.receipts.signed import Account, Believed, Refusal

_MOST_PARAMETERS = 60
_OF_TEXTS = frozenset({"message_uuid", "messageId"})


class Kind(Enum):
    """What a webhook is about. Each comes to an address of its own, which no signature covers."""

    TEXT = auto()
    ANSWER = auto()
    CALL = auto()


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A request as it came. `query` is what stands in a GET's address, as bytes; `form`: its body is one."""

    authorization: str
    body: bytes
    query: bytes | None
    form: bool


def check(arrived: Arrived, accounts: Sequence[Account], now: float) -> Believed | Refusal:
    """Whether it can be believed. A token speaks for a body, so that what stands in an address needs a signature of its own."""
    if arrived.authorization and arrived.query is None:
        return signed.check(arrived.authorization, arrived.body, accounts, now)
    try:
        given = read(arrived)
    except Unreadable:
        return Refusal.UNSIGNED
    if not all(isinstance(value, str | int) for value in given.values()):
        return Refusal.MALFORMED if "sig" in given else Refusal.UNSIGNED
    return parameters.check({name: plain.text(value) for name, value in given.items()}, accounts, now)


def kind(arrived: Arrived) -> Kind | None:
    """What it is about; None if it cannot be read."""
    try:
        said = read(arrived)
    except Unreadable:
        return None
    if not _OF_TEXTS & said.keys():
        return Kind.CALL
    return Kind.TEXT if "status" in said else Kind.ANSWER


def read(arrived: Arrived) -> Mapping[str, Any]:
    """What it says. Raises Unreadable."""
    if arrived.query is None and not arrived.form:
        return plain.read(arrived.body)
    return _parameters(arrived.body if arrived.query is None else arrived.query)


def _parameters(written: bytes) -> Mapping[str, str]:
    """One that is given twice could be read in two ways."""
    try:
        pairs = parse_qsl(written.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS, errors="strict")
    except ValueError:
        raise Unreadable from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable
    return found
