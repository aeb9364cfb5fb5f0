"""`flask portal message …`: try the gateway."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal import clock
from portal.cli.answer import fail
from portal.cli.phone import number
from portal.database import writing
from portal.extensions import settings
from portal.messages import guard, outbox, standing, trying
from portal.messages.allowances import Spent
from portal.messages.routing.register import Gateway
from portal.models import Purpose
from portal.trace import COMMAND, COMMAND_ACTOR

group = AppGroup("message", help="Try the gateway.")
_LIFETIME = 300


@group.command("send-test")
@click.argument("phone")
@click.option("--gateway", help="The name of the one gateway to go by, in use or not; without it the rules say.")
def send_test(*, phone: str, gateway: str | None) -> None:
    """Send a test message to PHONE; the sender hands it over."""
    to, setup = number(phone), standing.fresh()
    if refused := guard.refusal(to, setup.rules):
        raise fail(f"No message may go there: {refused.value}.")
    message_id = _by_one(setup.named(gateway), to) if gateway else _by_the_rules(to)
    click.echo(f"Message {message_id} waits for the sender.")


def _by_one(gateway: Gateway | None, to: str) -> int:
    if gateway is None:
        raise fail("There is no such gateway: `flask portal gateway list` names them.")
    sent = trying.send(gateway, to, COMMAND, locale="en", actor=COMMAND_ACTOR)
    if isinstance(sent, Spent):
        raise fail(f"Not sent: the budget is used up for {sent.seconds:.0f} s.")
    return sent


def _by_the_rules(to: str) -> int:
    with writing() as connection:
        message_id = outbox.add(
            connection, sign_in_id=None, user_id=None, purpose=Purpose.TEST, phone=to, locale="en",
            application=settings().portal_name, nonce=None, code_key=None, not_after=clock.now() + _LIFETIME)
    outbox.post(message_id)
    return message_id
