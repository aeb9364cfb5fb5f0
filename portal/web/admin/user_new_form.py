"""What does an administrator type of a new user, and what is said beside a field that cannot be taken?"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from wtforms import RadioField, SelectField, StringField

from portal.accounts import identifiers, users
from portal.accounts.users import LONGEST_NAME, NewUser, UserFault
from portal.extensions import settings
from portal.models import Role
from portal.web import user_faults
from portal.web.admin.user_words import ROLES
from portal.web.phone_form import PhoneForm


class By(StrEnum):
    """Which identifier the new user is created with: one form of the window each."""

    USERNAME = "username"
    PHONE = "phone"
    EMAIL = "email"


class Way(StrEnum):
    """How the new user comes to a password."""

    LINK = "link"
    GENERATED = "generated"
    NONE = "none"


class NewUserForm(PhoneForm):
    """One identifier, what the person is called, what they may do in the console, and how they come to a password."""

    username = StringField()
    email = StringField()
    name = StringField()
    role = SelectField(validate_choice=False)
    way = RadioField(default=Way.LINK, validate_choice=False)

    def offer(self) -> None:
        """Fill the choices, with the usual one where none of them is chosen."""
        super().offer()
        self.role.choices = [("", _("No role")), *((role.value, str(words)) for role, words in ROLES.items())]
        self.way.choices = [
            (Way.LINK, _("They set it themselves, with a one-time link")),
            (Way.GENERATED, _("Generate one, to be replaced at the first login")),
            (Way.NONE, _("No password yet")),
        ]
        self.way.data = self.way.data if self.way.data in list(Way) else Way.LINK
        self.role.data = self.role.data if self.role.data in list(Role) else ""

    def asked(self, by: By) -> NewUser | None:
        """The user that is asked for; None if some field cannot be taken: each says why then."""
        self.offer()
        name = (self.name.data or "").strip() or None
        if name and len(name) > LONGEST_NAME:
            self.name.errors = [user_faults.name_fault()]
        identifier = self._identifier(by)
        if identifier is None or self.name.errors:
            return None
        role = Role(self.role.data) if self.role.data else None
        named: dict[str, Any] = {by.value: identifier}
        return NewUser(name=name, role=role, **named)

    def refuse(self, by: By, fault: UserFault) -> None:
        """Say beside the identifier why nobody was created."""
        taken = fault is UserFault.TAKEN
        self[by.value].errors = [user_faults.identifier_taken(by.value) if taken else user_faults.user_fault(fault)[1]]

    @property
    def wrong(self) -> bool:
        """Whether some field cannot be taken."""
        return any(field.errors for field in self)

    def _identifier(self, by: By) -> str | None:
        if by is By.PHONE:
            return self.reachable()
        typed = (self[by.value].data or "").strip()
        good = identifiers.is_username(typed) if by is By.USERNAME else identifiers.is_email(typed)
        if not good:
            self[by.value].errors = [_what_is_one(by) if typed else _("Fill this in.")]
        return typed if good else None


def _what_is_one(by: By) -> str:
    return user_faults.username_fault() if by is By.USERNAME else user_faults.email_fault()


def holder(by: By, asked: NewUser) -> int | None:
    """The id of the user who has that identifier already."""
    return users.holder(getattr(asked, by.value) or "", settings().portal_home_country)
