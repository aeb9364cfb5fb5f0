"""What does a wrong code cost? Counted per code, per sign-in and per user."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, update

from portal import audit, clock
from portal.audit import Event, What
from portal.extensions import settings
from portal.models import Ending, SignIn, User
from portal.signin.flow import moves
from portal.signin.flow.steps import GONE, CodeReason, CodeVerdict
from portal.trace import Client

_DAY = 86_400
_FIRST_PAUSE, _LONGEST_PAUSE = 60, 3_600
_DEAD_CODES = 2
"""So many dead codes end the sign-in."""


def count_wrong(connection: Connection, row: Any, client: Client) -> CodeVerdict:
    """Count a wrong try of the live code of a locked sign-in, and say what is left."""
    tries = row.code_tries + 1
    left = settings().portal_limit_tries_per_code - tries
    wrong, dead = _after_quiet(row)
    died = left <= 0
    pause = _pause(dead + 1) if died else 0.0
    _write_user(connection, row.user_id, wrong=wrong + 1, dead=dead + died, pause=pause)
    over = died and row.dead_codes + 1 >= _DEAD_CODES
    _write_sign_in(connection, row, tries, died=died, over=over)
    audit.record(connection, client, *_events(row, left=max(0, left), died=died, over=over))
    if over:
        return CodeVerdict(CodeReason.DEAD, seconds=pause, moved=GONE)
    if wrong + 1 >= settings().portal_limit_wrong_codes_per_user:
        return CodeVerdict(CodeReason.LOCKED)
    return CodeVerdict(CodeReason.DEAD, seconds=pause) if died else CodeVerdict(CodeReason.WRONG, tries_left=left)


def _after_quiet(row: Any) -> tuple[int, int]:
    """The counts of wrong and of dead codes: each day without a wrong one halves them."""
    now = clock.now()
    days = max(0, min(30, int((now - (row.wrong_code_at or now)) // _DAY)))
    return row.wrong_codes >> days, row.user_dead_codes >> days


def _pause(dead: int) -> float:
    return float(min(_FIRST_PAUSE * 2 ** min(dead - 1, 20), _LONGEST_PAUSE))


def _write_user(connection: Connection, user_id: int, *, wrong: int, dead: int, pause: float) -> None:
    values: dict[str, Any] = {"wrong_codes": wrong, "dead_codes": dead, "wrong_code_at": clock.now()}
    if pause:
        values["codes_paused_until"] = clock.now() + pause
    connection.execute(update(User).where(User.id == user_id).values(**values))


def _write_sign_in(connection: Connection, row: Any, tries: int, *, died: bool, over: bool) -> None:
    if over:
        moves.end(connection, SignIn.id == row.id, Ending.WRONG_CODES)
    elif died:
        moves.change(connection, row.id, dead_codes=row.dead_codes + 1, **moves.no_code())
    else:
        moves.change(connection, row.id, code_tries=tries)


def _events(row: Any, *, left: int, died: bool, over: bool) -> list[Event]:
    who = {"user_id": row.user_id, "sign_in_id": row.id}
    events = [Event(event=What.CODE_REFUSED, outcome="wrong", detail={"tries left": left}, **who)]
    if died:
        events.append(Event(event=What.CODE_ENDED, outcome="too many tries", **who))
    if over:
        events.append(Event(event=What.SIGN_IN_ENDED, outcome=Ending.WRONG_CODES.value, **who))
    return events
