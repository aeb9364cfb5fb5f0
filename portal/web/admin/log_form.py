"""What does the address of a log ask for, and which of it cannot be meant? Each fault is kept beside its field."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime

from flask import request
from flask_babel import gettext as _

from portal.accounts import users
from portal.accounts.users import NoSuchUser
from portal.applications import register
from portal.applications.register import NoSuchApplication
from portal.database import reading
from portal.extensions import settings

_DAY = 86_400
_BY_NUMBER = re.compile(r"^#(\d{1,18})$")


class LogForm:
    """The filter of a log, as typed into the address; `errors` says what is wrong, by the names of the fields."""

    def __init__(self, fields: Collection[str]) -> None:
        """Read those fields of the address."""
        self.typed = {field: request.args.get(field, "").replace("\0", "").strip() for field in fields}
        self.errors: dict[str, str] = {}

    @property
    def is_set(self) -> bool:
        """Whether anything is asked for."""
        return any(self.typed.values())

    def days(self) -> tuple[float | None, float | None]:
        """From the beginning of the day `from` and before the end of the day `to`, both in UTC."""
        since, last = self._day("from"), self._day("to")
        if since is not None and last is not None and last < since:
            self.errors["to"] = _("This day is before the other.")
        return since, last + _DAY if last is not None else None

    def person(self) -> int | None:
        """The id of the person whose username, number or email was typed, or #number, which finds deleted ones too."""
        typed = self.typed["person"]
        if by_number := _BY_NUMBER.match(typed):
            return int(by_number[1])
        if not typed:
            return None
        try:
            with reading() as connection:
                return users.find_id(connection, typed, settings().portal_home_country)
        except NoSuchUser:
            self.errors["person"] = _("Nobody has that username, number or email. Write it in full, or #123 for a user’s number.")
            return None

    def application(self) -> int | None:
        """The id of the application whose name was typed, or #number."""
        typed = self.typed["application"]
        if by_number := _BY_NUMBER.match(typed):
            return int(by_number[1])
        try:
            return register.find(typed).id if typed else None
        except NoSuchApplication:
            self.errors["application"] = _("There is no application of that name. Write it in full, or #123 for its number.")
            return None

    def one_of(self, field: str, known: Collection[str]) -> str | None:
        """What was chosen from a list."""
        typed = self.typed[field]
        if typed and typed not in known:
            self.errors[field] = _("Choose one from the list.")
            return None
        return typed or None

    def _day(self, field: str) -> float | None:
        if not self.typed[field]:
            return None
        try:
            return datetime.strptime(self.typed[field], "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
        except ValueError:
            self.errors[field] = _("Write the day like 2026-07-31.")
            return None
