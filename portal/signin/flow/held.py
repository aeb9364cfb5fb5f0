"""Which forms of this sign-in wait until the person has proved once more that it is them?"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from portal import audit, clock
from portal.audit import Event, What
from portal.database import reading, writing
from portal.models import SignIn, State
from portal.signin.flow import held_fields, moves
from portal.signin.visitor import Visitor
from portal.trace import Client

LIFETIME = 900
"""Seconds for which a form is kept: time enough for a password and a code, little enough for what was typed to lie about."""
MOST_BYTES = 16_384
_AT_ONCE = 3
"""So many are kept of one sign-in, one for each tab that a person may have open; the oldest goes first."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A form that waits: where it was sent to, from which page, what was typed. `fields` is None where it is kept no more,
    or was too much to be kept."""

    endpoint: str
    path: str
    page: str | None
    fields: list[list[str]] | None
    id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    at: float = field(default_factory=clock.now)


def hold(visitor: Visitor, form: Held, client: Client) -> str:
    """Keep a form for the time that the proof takes; the name under which this sign-in finds it again."""
    if form.fields and sum(len(text.encode()) for pair in form.fields for text in pair) > MOST_BYTES:
        form = Held(endpoint=form.endpoint, path=form.path, page=form.page, fields=None)
    with writing() as connection:
        kept = [*_live(_read(connection, visitor, lock=True)), form][-_AT_ONCE:]
        _write(connection, visitor, kept)
        asked = Event(event=What.PROOF_ASKED, user_id=visitor.user_id, sign_in_id=visitor.sign_in_id,
                      detail={"page": form.endpoint})
        audit.record(connection, client, asked)
    return form.id


def held(visitor: Visitor, form_id: str) -> Held | None:
    """The form of that name of this sign-in; None if there is none (any more)."""
    with reading() as connection:
        forms = _live(_read(connection, visitor))
    return next((form for form in forms if form.id == form_id), None)


def release(visitor: Visitor, form_id: str) -> None:
    """The form was sent: it is kept no more."""
    with writing() as connection:
        forms = _read(connection, visitor, lock=True)
        _write(connection, visitor, [form for form in _live(forms) if form.id != form_id])


def _read(connection: Connection, visitor: Visitor, *, lock: bool = False) -> list[Held]:
    found = select(SignIn.held).where(SignIn.id == visitor.sign_in_id, SignIn.state == State.COMPLETE)
    kept = connection.execute(found.with_for_update() if lock else found).scalar()
    return [Held(**form | {"fields": held_fields.opened(form["fields"])}) for form in (kept or {}).get("forms", [])]


def _live(forms: list[Held]) -> list[Held]:
    return [form for form in forms if form.at > clock.now() - LIFETIME]


def _write(connection: Connection, visitor: Visitor, forms: list[Held]) -> None:
    kept: dict[str, Any] | None = {"forms": [_sealed(form) for form in forms]} if forms else None
    moves.change(connection, visitor.sign_in_id, held=kept)


def _sealed(form: Held) -> dict[str, Any]:
    return asdict(form) | {"fields": None if form.fields is None else held_fields.sealed(form.fields)}
