"""Which column of a file is what? By the names in its first line, in any order, case and of either language. PURE."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts.identifiers import fold
from portal.imports.faults import FileFault, FileRefused

FIELDS = ("username", "email", "phone", "name", "suspended")
IDENTIFIERS = FIELDS[:3]
LONGEST_NAME, MOST_COLUMNS = 60, 100
_ALSO = {
    "username": ("user name", "用户名"),
    "email": ("e-mail", "email address", "邮箱", "电子邮箱"),
    "phone": ("phone number", "mobile", "mobile number", "mobile phone", "mobile phone number", "手机号", "手机号码"),
    "name": ("display name", "full name", "姓名", "显示名称"),
    "suspended": ("停用", "已停用"),
}
_NAMES = {name: field for field, names in _ALSO.items() for name in (field, *names)}


@dataclass(frozen=True)
class Header:
    """The field that each column holds, None for one that is left out; and the names of those."""

    columns: tuple[str | None, ...]
    left_out: tuple[str, ...]


def field_of(name: str) -> str | None:
    """The field that a column of that name holds."""
    return _NAMES.get(re.sub(r"[\s_]+", " ", fold(name)).strip())


def known(cells: Sequence[str]) -> int:
    """How many columns of this first line hold something of ours."""
    return sum(field_of(cell) is not None for cell in cells)


def read(cells: Sequence[str]) -> Header:
    """What the columns hold. Raises FileRefused where no user could be found by them, or one of them is there twice."""
    columns = tuple(field_of(cell) for cell in cells)
    for field in FIELDS:
        if columns.count(field) > 1:
            raise FileRefused(FileFault.COLUMN_TWICE, line=1, what=field)
    if not any(field in columns for field in IDENTIFIERS) or len(columns) > MOST_COLUMNS:
        raise FileRefused(FileFault.NO_HEADER, line=1)
    others = (cell.strip() for cell, field in zip(cells, columns, strict=True) if not field)
    left_out = tuple(name[:LONGEST_NAME] for name in others if name)
    return Header(columns, left_out)
