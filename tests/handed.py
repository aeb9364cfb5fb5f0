"""How does a message come to be in the hands of a gateway, so that a receipt may come?"""

from __future__ import annotations

import json
from typing import Any

from flask import Flask

from portal.messages import outbox
from portal.messages.outbox import Outcome
from portal.models import MessageState
from tests.hooks import status
from tests.letters import Letter, write
from tests.people import rows

IN_FULL = json.dumps(status(1, "delivered")).encode()


def held(app: Flask, **about: Any) -> Letter:
    """A message that a sender has in hand."""
    letter = write(app, **about)
    with app.app_context():
        assert outbox.claim(letter.id)
    return letter


def settled(letter: Letter, state: MessageState = MessageState.SENT, *, reference: str | None = "ref-1", **about: Any) -> Letter:
    """The gateway's own answer is written down."""
    from portal.database import writing

    outcome = Outcome(state=state, reference=reference, gateway="vonage", sender="Portal", **about)
    with letter.app.app_context(), writing() as connection:
        outbox.settle(connection, letter, outcome)  # type: ignore[arg-type]
    return letter


def sent(app: Flask, **about: Any) -> Letter:
    return settled(held(app, **about))


def everything(app: Flask) -> dict[str, list[Any]]:
    """All rows of all tables."""
    from portal.extensions import metadata

    return {name: sorted(map(repr, rows(app, f'SELECT * FROM "{name}"'))) for name in metadata.tables}
