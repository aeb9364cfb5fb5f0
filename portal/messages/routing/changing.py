"""What does every change of gateways and rules have in common? One at a time, written down, and known at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from portal import audit
from portal.audit import Event, What
from portal.database import writing
from portal.messages import standing
from portal.messages.routing.choosing import Route
from portal.messages.routing.register import Gateway
from portal.messages.standing import Standing
from portal.models import MessageGateway, MessageRoute
from portal.trace import Actor, Client


class NoSuchGateway(Exception):
    """There is no such gateway, or none any more, or it is the environment's, which nobody changes here."""


class NoSuchRoute(Exception):
    """There is no such rule, or none any more."""


@dataclass(frozen=True)
class Changing:
    """A transaction in which gateways or rules change, and how all of it stood before."""

    connection: Connection
    before: Standing

    def gateway(self, gateway_id: int) -> Gateway:
        """The gateway of that id that may be changed. Raises NoSuchGateway."""
        found = next((each for each in self.before.gateways if each.id == gateway_id and not each.of_environment), None)
        if found is None:
            raise NoSuchGateway(gateway_id)
        return found

    def route(self, route_id: int) -> Route:
        """The rule of that id. Raises NoSuchRoute."""
        found = next((each for each in self.before.routes if each.id == route_id), None)
        if found is None:
            raise NoSuchRoute(route_id)
        return found


@contextmanager
def changing() -> Iterator[Changing]:
    """Whoever changes one waits for whoever does: there are few, and their order and names concern them all."""
    with writing() as connection:
        for model in (MessageGateway, MessageRoute):
            connection.execute(select(model.id).order_by(model.id).with_for_update()).all()
        yield Changing(connection, standing.read(connection))
    standing.forget()


def tell(connection: Connection, client: Client, what: What, actor: Actor, **detail: Any) -> None:
    """Write down what was done, and by whom. Never a secret."""
    audit.record(connection, client, Event(event=what, actor=actor, detail=detail))
