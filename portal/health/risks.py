"""What makes this portal less safe than it could be: which switches, and which people in charge?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, func, select

from portal.database import reading
from portal.extensions import settings
from portal.models import Role, User
from portal.models.switch import PORTAL
from portal.signin import standing
from portal.signin.rules import ADMINISTRATORS, OFF, SMS, source_of
from portal.signin.standing import Scope


class Risk(StrEnum):
    """What somebody should look at. Behind some there is a number of people or sources."""

    SMS_OFF = "nobody is asked for a code"
    SOURCES_OFF = "an identity source asks for no code"
    TRUSTED = "the word of an outside source is taken for the second factor"
    ADMINISTRATORS_OFF = "people in charge are asked as everybody else"
    WITHOUT_NUMBER = "people in charge have no number"
    ONE_ADMINISTRATOR = "one administrator"
    UNSIGNED_HOOKS = "webhooks are taken unsigned"


@dataclass(frozen=True)
class Danger:
    """One risk that there is, and how many people or sources it is about."""

    risk: Risk
    number: int = 0


def present() -> list[Danger]:
    """The risks that there are, the largest first."""
    with reading() as connection:
        found = [*_of_switches(standing.read(connection, PORTAL)), *_of_people(connection)]
    return found + ([Danger(Risk.UNSIGNED_HOOKS)] if settings().vonage_unsigned_hooks == "on" else [])


def _of_switches(portal: Scope) -> list[Danger]:
    """Of the sources in use alone. Where nobody is asked, it makes no difference which of them asks, or is trusted."""
    values, trusted = portal.values, len(portal.trusted)
    asks = values[SMS] != OFF
    sources_off = sum(value == OFF for name, value in values.items() if source_of(name))
    found = {
        Danger(Risk.SMS_OFF): not asks,
        Danger(Risk.ADMINISTRATORS_OFF): values[ADMINISTRATORS] == OFF,
        Danger(Risk.SOURCES_OFF, sources_off): sources_off > 0 and asks,
        Danger(Risk.TRUSTED, trusted): trusted > 0 and asks,
    }
    return [danger for danger, is_there in found.items() if is_there]


def _of_people(connection: Connection) -> list[Danger]:
    """Those who may come in; there are few with a role, and an index finds them."""
    people = select(func.count().filter(User.phone.is_(None)), func.count().filter(User.role == Role.ADMINISTRATOR))
    without, administrators = connection.execute(people.where(User.role.in_(list(Role)), User.suspended.is_(False))).one()
    found = {Danger(Risk.WITHOUT_NUMBER, without): without > 0, Danger(Risk.ONE_ADMINISTRATOR): administrators == 1}
    return [danger for danger, is_there in found.items() if is_there]
