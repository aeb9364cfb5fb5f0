"""What can be wrong with a file of users, and with one of its rows?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FileFault(StrEnum):
    """Why a file cannot be read at all."""

    EMPTY = "empty"
    NO_ROWS = "no rows"
    NOT_TEXT = "not text"
    WRONG_ENCODING = "wrong encoding"
    NO_HEADER = "no header"
    COLUMN_TWICE = "column twice"
    QUOTES = "quotes"
    TOO_MANY_ROWS = "too many rows"
    TOO_LARGE = "too large"


class FileRefused(Exception):
    """The file cannot be read; `line` says where that was noticed, `what` which column, where it is known."""

    def __init__(self, fault: FileFault, *, line: int = 0, what: str = "") -> None:
        super().__init__(fault.value)
        self.fault, self.line, self.what = fault, line, what


class RowFault(StrEnum):
    """Why a row cannot be taken. A fault that concerns others names their lines or ids."""

    USERNAME = "username"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    SUSPENDED = "suspended"
    NO_IDENTIFIER = "no_identifier"
    UNPRINTABLE = "unprintable"
    TOO_MANY_CELLS = "too_many_cells"
    SAME_USERNAME = "same_username"
    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"
    SAME_USER = "same_user"
    TWO_USERS = "two_users"
    HAS_ROLE = "has_role"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True)
class Fault:
    """One fault of a row. `others`: the line of the other row with the same, or the ids of the users it means."""

    kind: RowFault
    others: tuple[int, ...] = ()


def written(*faults: Fault) -> str:
    """Faults as a row keeps them: words with a blank behind each, so that a statement can add one."""
    return "".join(f"{fault.kind}:{','.join(map(str, fault.others))} " for fault in faults)


def read(kept: str) -> list[Fault]:
    """The faults that a row keeps."""
    pairs = [word.partition(":") for word in kept.split()]
    return [Fault(RowFault(kind), tuple(int(other) for other in others.split(",") if other)) for kind, _, others in pairs]
