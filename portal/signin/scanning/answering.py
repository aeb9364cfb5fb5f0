"""What does the phone say to a code? It looks who asks, and confirms or refuses; each code is answered once."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, select, update

from portal import audit, clock, counters
from portal.audit import Event, What
from portal.counters import Ask
from portal.database import reading, writing
from portal.keys import SCAN_LETTERS, SCAN_LETTERS_LENGTH, token_digest
from portal.models import Application, ScanCode
from portal.models.scan_code import ScanState
from portal.signin.scanning.stand import Stand, live, stand_of
from portal.signin.visitor import Visitor
from portal.trace import Client

GUESSES, GUESSES_SECONDS = 10, 300
"""Codes of nobody for which a person may ask in so many seconds, before no more are looked up."""
_TIME_TO_COME_IN = 30.0
"""Seconds that the browser has after a confirmation at the last moment: it asks every twenty at the latest."""
_columns: tuple[Any, ...] = (
    ScanCode.state, ScanCode.expires_at, ScanCode.choices, ScanCode.application_id, ScanCode.trial_id, ScanCode.address,
    ScanCode.agent, ScanCode.created_at, ScanCode.user_id)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, and how the code stands: the numbers to choose among, from where, by which browser, through what, and when.

    `mine`: the person who looks is the one who has confirmed or refused it.
    """

    stand: Stand
    choices: tuple[int, ...]
    address: str
    agent: str
    application: str | None
    trial: bool
    at: float
    mine: bool


def find(typed: str) -> str | None:
    """The letters as the code's address has them, whichever way they were typed; None where they are none."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    letters = "".join(c for c in plain if c.isalnum())
    return letters if len(letters) == SCAN_LETTERS_LENGTH and set(letters) <= set(SCAN_LETTERS) else None


def look(code: str, visitor: Visitor) -> Asked | None:
    """The code with that token or those letters; None if there is none, or who looks has guessed too often (RFC 8628 5.1).

    Of the trial it may belong to the phone knows nothing: its own login is a real one. Raises CountersGone.
    """
    guesses = Ask(f"scan:{visitor.user_id}", GUESSES_SECONDS)
    if counters.take(Ask(guesses.key, guesses.seconds, amount=0))[0].count >= GUESSES:
        return None
    named = select(*_columns, Application.name.label("application")).select_from(ScanCode)
    through = named.outerjoin(Application, Application.id == ScanCode.application_id)
    with reading() as connection:
        row = connection.execute(through.where(_named(code))).first()
    if row is None:
        counters.take(guesses)
        return None
    return Asked(stand=stand_of(row), choices=tuple(row.choices), address=row.address, agent=row.agent, at=row.created_at,
                 application=row.application, trial=row.trial_id is not None, mine=row.user_id == visitor.user_id)


def confirm(code: str, number: int, visitor: Visitor, client: Client) -> Stand:
    """Let the browser that shows the code come in as the visitor, if it shows that number too; another one ends the code."""
    late = clock.now() + _TIME_TO_COME_IN
    with writing() as connection:
        right = _named(code) & (ScanCode.number == number)
        lives = case((ScanCode.expires_at < late, late), else_=ScanCode.expires_at)
        if _answer(connection, right, visitor, client, ScanState.CONFIRMED, expires_at=lives):
            return Stand.CONFIRMED
        if _answer(connection, _named(code), visitor, client, ScanState.WRONG_NUMBER):
            return Stand.WRONG_NUMBER
        return _stand(connection, code)


def refuse(code: str, visitor: Visitor, client: Client) -> Stand:
    """End the code: it was not the visitor who asked."""
    with writing() as connection:
        if _answer(connection, _named(code), visitor, client, ScanState.REFUSED):
            return Stand.REFUSED
        return _stand(connection, code)


def _named(code: str) -> ColumnElement[bool]:
    named = ScanCode.typed_hash if len(code) == SCAN_LETTERS_LENGTH else ScanCode.token_hash
    return named == token_digest(code)


def _stand(connection: Connection, code: str) -> Stand:
    return stand_of(connection.execute(select(*_columns).where(_named(code))).first())


def _answer(connection: Connection, which: ColumnElement[bool], visitor: Visitor, client: Client, state: ScanState,
            **columns: Any) -> bool:
    """Answer a live code, once; of two phones at the same moment one finds it answered."""
    answered = update(ScanCode).where(which, live()).values(
        state=state, user_id=visitor.user_id, by_sign_in_id=visitor.sign_in_id, answered_at=clock.now(), **columns)
    row = connection.execute(answered.returning(ScanCode.application_id, ScanCode.address, ScanCode.agent)).first()
    if row is None:
        return False
    what, outcome = _ENTRY[state]
    audit.record(connection, client, Event(
        event=what, outcome=outcome, user_id=visitor.user_id, sign_in_id=visitor.sign_in_id, actor=visitor.actor,
        application_id=row.application_id, detail={"browser": row.agent, "from": row.address}))
    return True


_ENTRY = {
    ScanState.CONFIRMED: (What.SCAN_CONFIRMED, "ok"),
    ScanState.REFUSED: (What.SCAN_REFUSED, "on the phone"),
    ScanState.WRONG_NUMBER: (What.SCAN_REFUSED, "wrong number"),
}
