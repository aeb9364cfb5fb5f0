"""`flask portal message …`: try the gateway."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal import clock
from portal.cli.answer import fail
from portal.cli.phone import number
from portal.database import writing
from portal.extensions import settings
from portal.messages import guard, outbox, standing
from portal.models import Purpose

group = AppGroup("message", help="Try the gateway.")
_LIFETIME = 300


@group.command("send-test")
@click.argument("phone")
def send_test(*, phone: str) -> None:
    """Send a test message to PHONE through the gateway that is set up; the sender hands it over."""
    to = number(phone)
    if refused := guard.refusal(to, standing.fresh().rules):
        raise fail(f"No message may go there: {refused.value}.")
    with writing() as connection:
        message_id = outbox.add(
            connection, sign_in_id=None, user_id=None, purpose=Purpose.TEST, phone=to, locale="en",
            application=settings().portal_name, nonce=None, code_key=None, not_after=clock.now() + _LIFETIME)
    outbox.post(message_id)
    click.echo(f"Message {message_id} waits for the sender.")
