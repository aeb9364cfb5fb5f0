"""What does one row say of a user, and what is wrong with it by itself? PURE."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from portal.accounts import identifiers, phones
from portal.accounts.users import LONGEST_NAME
from portal.audit.export import FORMULAS
from portal.imports.faults import Fault, RowFault, written
from portal.imports.header import IDENTIFIERS
from portal.models import Verdict

_YES, _NO = {"yes", "true", "1", "y", "是"}, {"no", "false", "0", "n", "否"}


def read(cells: Sequence[str], columns: Sequence[str | None], home: str | None) -> dict[str, Any]:
    """The columns of the row's record that follow from the row alone. National numbers are those of `home`."""
    typed = {field: plain(cell) for field, cell in zip(columns, cells, strict=False) if field}
    phone = phones.parse(typed["phone"], home) if typed.get("phone") else None
    faults = [Fault(kind) for kind, found in _wrong(typed, phone) if found]
    if any(cell.strip() for cell in cells[len(columns):]):
        faults.append(Fault(RowFault.TOO_MANY_CELLS))
    return {
        "verdict": Verdict.FAULTY if faults else Verdict.CREATE, "faults": written(*faults),
        **_named(typed, "username", faults), **_named(typed, "email", faults), **_named(typed, "name", faults),
        "phone": phone, "phone_reversed": phone[::-1] if phone else None, "suspended": _truth(typed.get("suspended", "")),
    }


def plain(cell: str) -> str:
    """The cell without outer blanks, and without the ' that keeps a spreadsheet from running it."""
    cell = cell.strip(" \t\r\n\u00a0\u3000\ufeff")
    return cell[1:].strip() if cell.startswith("'") and cell[1:].startswith(FORMULAS) else cell


def _wrong(typed: dict[str, str], phone: str | None) -> Sequence[tuple[RowFault, bool]]:
    username, email, suspended = (typed.get(field, "") for field in ("username", "email", "suspended"))
    return (
        (RowFault.UNPRINTABLE, any(unicodedata.category(c) in ("Cc", "Cs") for value in typed.values() for c in value)),
        (RowFault.NO_IDENTIFIER, not any(typed.get(field) for field in IDENTIFIERS)),
        (RowFault.USERNAME, bool(username) and not identifiers.is_username(username)),
        (RowFault.EMAIL, bool(email) and not identifiers.is_email(email)),
        (RowFault.PHONE, bool(typed.get("phone")) and phone is None),
        (RowFault.NAME, len(typed.get("name", "")) > LONGEST_NAME),
        (RowFault.SUSPENDED, bool(suspended) and _truth(suspended) is None),
    )


def _named(typed: dict[str, str], field: str, faults: list[Fault]) -> dict[str, str | None]:
    """The value and its key; none of what cannot be kept."""
    bad = {fault.kind for fault in faults} & {RowFault(field), RowFault.UNPRINTABLE}
    value = typed.get(field) or None if not bad else None
    return {field: value, f"{field}_key": identifiers.fold(value) if value else None}


def _truth(said: str) -> bool | None:
    folded = identifiers.fold(said)
    return True if folded in _YES else False if folded in _NO else None
