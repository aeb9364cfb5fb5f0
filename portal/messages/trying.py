"""How is one gateway tried? With a test message that goes by it alone, in use or not, and what became of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal import audit, clock
from portal.audit import Event, What
from portal.database import reading, writing
from portal.extensions import settings
from portal.messages import allowances, outbox, standing
from portal.messages.allowances import HOUR, Budget, Spent
from portal.messages.guard import budgets as guard_budgets
from portal.messages.routing.register import Gateway
from portal.messages.standing import Standing
from portal.models import Channel, Message, Purpose
from portal.trace import Actor, Client

LIFETIME = 120
"""Seconds in which it must leave."""
MOST_IN_AN_HOUR = 30
"""A test costs what a text costs: from all administrators together no more than this."""


def send(gateway: Gateway, phone: str, client: Client, *, locale: str, actor: Actor) -> int | Spent:
    """Ask for a test message to `phone` (E.164), to which messages may go; its id, or why there is to be none now."""
    with writing() as connection:
        if spent := allowances.take(connection, _budgets(standing.read(connection))):
            return spent
        message_id = outbox.add(
            connection, sign_in_id=None, user_id=None, purpose=Purpose.TEST, channel=channel(gateway), phone=phone, locale=locale,
            application=settings().portal_name, nonce=None, code_key=None, not_after=clock.now() + LIFETIME, via=gateway.name)
        audit.record(connection, client, Event(event=What.GATEWAY_TRIED, actor=actor, detail={
            "gateway": gateway.name, "message": message_id}))
    outbox.post(message_id)
    return message_id


def _budgets(setup: Standing) -> list[Budget]:
    """What a test is taken from: its own budget, the portal's, and the ceilings of the day. No person's: it carries no code."""
    limits = settings()
    return [Budget("all", limits.portal_limit_texts_in_all, HOUR), Budget("tests", MOST_IN_AN_HOUR, HOUR),
            *guard_budgets.of(setup, limits, "", new=False)]


def channel(gateway: Gateway) -> Channel:
    """How a test by this gateway reaches the phone."""
    return Channel.TEXT if Channel.TEXT in gateway.channels else Channel.VOICE


def outcome(message_id: int, gateway: Gateway) -> Any | None:
    """How that test of this gateway stands; None if there is no such test."""
    asked = select(Message.id, Message.phone, Message.state, Message.reason, Message.reference, Message.sender, Message.attempts,
                   Message.created_at, Message.claimed_at, Message.settled_at)
    mine = asked.where(Message.id == message_id, Message.purpose == Purpose.TEST, Message.via == gateway.name)
    with reading() as connection:
        return connection.execute(mine).one_or_none()
