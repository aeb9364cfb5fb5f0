"""What does an outside source tell of a person?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """Whom a source tells of. Only `issuer` and `subject` say who it is; `called` is for people to read.

    `phone` (E.164) is there as far as the source is set to hand it over. `vouched`: a second factor was given there.
    """

    issuer: str
    subject: str
    called: str
    email: str | None = None
    email_verified: bool = False
    name: str | None = None
    username: str | None = None
    phone: str | None = None
    vouched: bool = False


class Unknown(StrEnum):
    """Why nobody here is meant. EMAIL_TAKEN: somebody has that email; they are not made one. NOT_ADMITTED: users are
    created for people of this source, but not for this one, by their email. IN_TRIAL: a trial creates nobody."""

    NOT_LINKED = "not linked"
    EMAIL_TAKEN = "email taken"
    NOT_ADMITTED = "not admitted"
    IN_TRIAL = "in a trial"
