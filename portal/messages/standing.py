"""How are text messages set up at the moment: gateways, ways, rules, closed prefixes and wordings?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from portal.counters import Kept
from portal.database import reading
from portal.extensions import settings
from portal.messages.guard import rules as guard_rules
from portal.messages.guard.doors import Closed
from portal.messages.guard.rules import Rules
from portal.messages.routing import choosing, register
from portal.messages.routing.choosing import Choice, Route, Way
from portal.messages.routing.register import Gateway
from portal.models import Channel, ClosedPrefix, MessageRoute, MessageSetting, Wording


@dataclass(frozen=True, kw_only=True)
class Standing:
    """All of it. `closed` by calling code; `wordings` by scope and language."""

    gateways: tuple[Gateway, ...]
    routes: tuple[Route, ...]
    rules: Rules
    closed: Mapping[str, Closed]
    wordings: Mapping[tuple[str, str], str]

    def ways(self, phone: str, channel: Channel) -> tuple[Way, ...]:
        """The ways to `phone` (E.164), the best first."""
        return choosing.ways(self.gateways, self.routes, phone, channel)

    def by(self, name: str, phone: str) -> list[Way]:
        """The way to `phone` (E.164) by the gateway of that name, in use or not; none if there is no such gateway."""
        gateway = self.named(name)
        return [choosing.by(gateway, self.routes, phone)] if gateway else []

    def named(self, name: str) -> Gateway | None:
        """The gateway of that name, in use or not."""
        return next((gateway for gateway in self.gateways if gateway.name == name), None)


def fresh() -> Standing:
    """It as it is now: for pages on which it is administered."""
    with reading() as connection:
        return read(connection)


def read(connection: Connection) -> Standing:
    """It as it is now, in the caller's transaction."""
    closed = connection.execute(select(
        ClosedPrefix.prefix, ClosedPrefix.closed_until, ClosedPrefix.closings, ClosedPrefix.actor))
    wordings = connection.execute(select(Wording.scope, Wording.language, Wording.body))
    return Standing(
        gateways=register.read(connection, settings()), routes=routes(connection), rules=_rules(connection),
        closed={row.prefix: Closed(row.closed_until, row.closings, row.actor is not None) for row in closed},
        wordings={(row.scope, row.language): row.body for row in wordings})


def routes(connection: Connection) -> tuple[Route, ...]:
    """The rules that say which numbers go by which gateways, in the order of their prefixes."""
    rows = connection.execute(select(
        MessageRoute.id, MessageRoute.prefix, MessageRoute.choices, MessageRoute.version).order_by(MessageRoute.prefix))
    return tuple(Route(id=row.id, prefix=row.prefix, version=row.version, choices=tuple(Choice(**one) for one in row.choices))
                 for row in rows)


def _rules(connection: Connection) -> Rules:
    return guard_rules.in_force(guard_rules.of(_setting(connection)), settings())


def _setting(connection: Connection) -> Mapping[str, object]:
    kept = connection.execute(select(MessageSetting.value).where(MessageSetting.name == guard_rules.NAME)).scalar()
    return kept or {}


_kept = Kept("text messages changed", fresh)


def current() -> Standing:
    """It, at most a second old."""
    return _kept.current()


def forget() -> None:
    """No process uses what it read before: call it after a change, when it is committed."""
    _kept.forget()
