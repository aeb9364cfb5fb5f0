"""Which gateways are there? Those that an administrator has added, and the one that the environment names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from config import Settings
from portal.messages.routing.kinds import channels_of
from portal.models import Channel, GatewayKind, MessageGateway
from portal.models.columns import table

ENVIRONMENT = 0
"""The id of the gateway that the environment names: no row has it."""
CONSOLE = "console"
"""What `PORTAL_GATEWAY` says where all gateways are set up by administrators."""
_table = table(MessageGateway)


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """One gateway as it is set up. `sender` is what messages are sent from unless a rule says another.

    `settings` are those of its kind; `sealed` holds its credentials, `sealed_by` names the key that opens them.
    """

    id: int
    kind: GatewayKind
    name: str
    title: str
    enabled: bool
    position: int
    per_second: int
    sender: str
    version: int
    settings: dict[str, Any] = field(hash=False)
    sealed: bytes | None = field(default=None, repr=False)
    sealed_by: str | None = None

    @property
    def channels(self) -> frozenset[Channel]:
        """How it reaches a phone."""
        return channels_of(self.kind)

    @property
    def of_environment(self) -> bool:
        """Whether the environment names it: no page changes it."""
        return self.id == ENVIRONMENT


_columns = (
    *(_table.c[name] for name in (
        "id", "kind", "name", "title", "enabled", "position", "per_second", "sender", "version", "settings")),
    _table.c.secret.label("sealed"), _table.c.secret_key.label("sealed_by"),
)
_all = select(*_columns).order_by(_table.c.position, _table.c.id)


def read(connection: Connection, settings: Settings) -> tuple[Gateway, ...]:
    """All gateways in their order, that of the environment first, in the caller's transaction."""
    added = tuple(Gateway(**row._mapping) for row in connection.execute(_all))
    first = of_environment(settings)
    return (first, *added) if first else added


def of_environment(settings: Settings) -> Gateway | None:
    """The gateway that the environment names, if it names one."""
    if settings.portal_gateway in ("", CONSOLE):
        return None
    kind = GatewayKind(settings.portal_gateway)
    return Gateway(
        id=ENVIRONMENT, kind=kind, name=kind.value, title=_TITLES.get(kind, kind.value), enabled=True, position=0,
        per_second=settings.portal_gateway_rate, sender=settings.vonage_sender, version=1, settings={})


_TITLES = {GatewayKind.VONAGE: "Vonage Messages", GatewayKind.VONAGE_SMS: "Vonage SMS", GatewayKind.INBOX: "Inbox"}
