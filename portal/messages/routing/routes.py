"""How does a rule that says which numbers go by which gateways come, change and go?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.audit import What
from portal.audit.changes import Overtaken, Unfit, last_change
from portal.messages.routing.changing import Changing, NoSuchRoute, changing, tell
from portal.messages.routing.choosing import Choice, Route
from portal.messages.routing.wanted import RuleFlaw, rule_flaws
from portal.models import MessageRoute
from portal.trace import Actor, Client

__all__ = ["NoSuchRoute", "add", "change", "remove", "without"]


def add(prefix: str, choices: Sequence[Choice], client: Client, *, actor: Actor) -> int | Unfit[RuleFlaw]:
    """Add a rule for numbers that begin with `prefix` (digits; empty for all that no other rule is for); its id."""
    try:
        with changing() as now:
            if flaws := rule_flaws(prefix, choices, _names(now)):
                return Unfit(flaws)
            columns = {"prefix": prefix, "choices": _plain(choices), "created_at": clock.now(), "version": 1}
            route_id = now.connection.execute(insert(MessageRoute).values(columns).returning(MessageRoute.id)).scalar_one()
            tell(now.connection, client, What.ROUTE_CHANGED, actor, prefix=f"+{prefix}",
                 gateways={"before": "", "after": in_words(choices)})
    except IntegrityError:
        return Unfit((RuleFlaw.TAKEN,))
    return int(route_id)


def change(
    route_id: int, version: int, choices: Sequence[Choice], client: Client, *, actor: Actor,
) -> bool | Unfit[RuleFlaw] | Overtaken[Route]:
    """Give a rule other gateways, if it still is the one of that version; False if it has them already. Raises NoSuchRoute."""
    with changing() as now:
        before = now.route(route_id)
        if before.version != version:
            return Overtaken(before, last_change(now.connection, What.ROUTE_CHANGED, prefix=f"+{before.prefix}"))
        if flaws := rule_flaws(before.prefix, choices, _names(now)):
            return Unfit(flaws)
        if tuple(choices) == before.choices:
            return False
        _write(now, before, choices)
        tell(now.connection, client, What.ROUTE_CHANGED, actor, prefix=f"+{before.prefix}",
             gateways={"before": in_words(before.choices), "after": in_words(choices)})
    return True


def remove(route_id: int, client: Client, *, actor: Actor) -> None:
    """Delete a rule: other rules hold for its numbers, or the order of the gateways. Raises NoSuchRoute."""
    with changing() as now:
        gone = now.route(route_id)
        now.connection.execute(delete(MessageRoute).where(MessageRoute.id == route_id))
        tell(now.connection, client, What.ROUTE_DELETED, actor, prefix=f"+{gone.prefix}", gateways=in_words(gone.choices))


def without(now: Changing, gateway: str) -> list[str]:
    """Take a gateway out of all rules, those away that name no other; the prefixes of the rules that named it."""
    naming = [route for route in now.before.routes if any(choice.gateway == gateway for choice in route.choices)]
    for route in naming:
        left = [choice for choice in route.choices if choice.gateway != gateway]
        if left:
            _write(now, route, left)
        else:
            now.connection.execute(delete(MessageRoute).where(MessageRoute.id == route.id))
    return [route.prefix for route in naming]


def in_words(choices: Sequence[Choice]) -> str:
    """Gateways with their senders, in one line for a record."""
    return ", ".join(f"{choice.gateway} ({choice.sender})" if choice.sender else choice.gateway for choice in choices)


def _names(now: Changing) -> list[str]:
    return [gateway.name for gateway in now.before.gateways]


def _plain(choices: Sequence[Choice]) -> list[dict[str, Any]]:
    return [asdict(choice) for choice in choices]


def _write(now: Changing, route: Route, choices: Sequence[Choice]) -> None:
    columns = {"choices": _plain(choices), "version": route.version + 1}
    now.connection.execute(update(MessageRoute).where(MessageRoute.id == route.id).values(columns))
