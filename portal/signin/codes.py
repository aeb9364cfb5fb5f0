"""May a code be sent now, and which? Codes are derived, and stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from portal import clock
from portal.calling_codes import calling_code
from portal.extensions import key_ring, settings
from portal.keys import new_nonce
from portal.messages import allowances, guard, standing
from portal.messages.allowances import DAY, HOUR, Budget
from portal.messages.guard import breaker, doors
from portal.messages.guard import budgets as guard_budgets
from portal.messages.guard.doors import Door
from portal.models import PhoneState
from portal.signin.attempt import Addressee, has_live_code

LONGEST_LIFE = 600
"""No code is good for longer after its first message, however often it is sent again (NIST SP 800-63B 5.1.3.2)."""
_ONLY_COUNTED = 1_000_000
"""A ceiling that nobody reaches."""
_OF_BREAKER = (guard_budgets.UNVERIFIED.rstrip(":"), guard_budgets.TRIAL.rstrip(":"))


class Obstacle(StrEnum):
    """Why no message is sent now."""

    LOCKED = "locked"
    PAUSED = "paused"
    TEXTS_USED_UP = "texts_used_up"
    NUMBERS_USED_UP = "numbers_used_up"
    NUMBER_REFUSED = "number_refused"
    TOO_SOON = "too_soon"
    BUDGET = "budget"
    NOT_ALLOWED = "not_allowed"
    NO_CALL = "no_call"
    PREFIX_CLOSED = "prefix_closed"
    CEILING = "ceiling"


@dataclass(frozen=True)
class Refusal:
    """Why no message is sent now, in how many seconds one may be (None: not in this sign-in), and a word for the log."""

    obstacle: Obstacle
    seconds: float | None = None
    detail: str = ""


@dataclass(frozen=True)
class Draft:
    """A code about to be sent: what the sign-in's row then says of it."""

    columns: dict[str, Any]

    @property
    def nonce(self) -> bytes:
        """What the code is derived from."""
        return bytes(self.columns["code_nonce"])


def draft(connection: Connection, row: Addressee, *, first: bool = False) -> Draft | Refusal:
    """Ask for one message to `row.phone`: the same code while it lives, else a new one; or why not.

    `first`: the first message of a new sign-in, which needs no pause a few times an hour. Takes from the budgets.
    """
    if obstacle := _obstacle(row):
        return obstacle
    spent = _spend(connection, row, first=first)
    if spent:
        breaker.refused(connection, calling_code(row.phone), spent.keys)
        return _refusal(spent)
    return Draft(_columns(row))


def outlook(connection: Connection, row: Addressee) -> Refusal | None:
    """Why a message asked for now would be refused, taking from no budget; None if it would be sent."""
    if obstacle := _obstacle(row):
        return obstacle
    waits = allowances.waits(connection, _budgets(row))
    return _refusal(max(waits, key=lambda spent: spent.seconds)) if waits else None


def _refusal(spent: allowances.Spent) -> Refusal:
    of = spent.key.partition(":")[0]
    if of in _OF_BREAKER:
        return Refusal(Obstacle.PREFIX_CLOSED, doors.QUARTER, of)
    kind = {"pause": Obstacle.TOO_SOON, guard_budgets.TODAY: Obstacle.CEILING, "money": Obstacle.CEILING}
    return Refusal(kind.get(of, Obstacle.BUDGET), spent.seconds, of)


def _obstacle(row: Addressee) -> Refusal | None:
    """What stands against any message, whatever the budgets."""
    if locked(row):
        return Refusal(Obstacle.LOCKED)
    if pause := paused_for(row):
        return Refusal(Obstacle.PAUSED, pause)
    if row.texts >= settings().portal_limit_texts_per_sign_in:
        return Refusal(Obstacle.TEXTS_USED_UP)
    if refused := guard.refusal(row.phone, standing.current().rules):
        return Refusal(Obstacle.NUMBER_REFUSED, detail=refused.value)
    return _closed(row) if _new_number(row) else None


def _closed(row: Addressee) -> Refusal | None:
    """A calling code that is closed is so for new numbers: a proven one earns nobody anything."""
    closed, now = standing.current().closed.get(calling_code(row.phone)), clock.now()
    if closed is None or doors.door(closed, now) is not Door.CLOSED:
        return None
    return Refusal(Obstacle.PREFIX_CLOSED, doors.about(closed.until - now), "by hand" if closed.by_hand else "breaker")


def _new_number(row: Any) -> bool:
    """Whether nobody has proven this number to be theirs yet: toll fraud needs such."""
    return bool(row.binding) or row.phone_state is not PhoneState.PROVEN


def locked(row: Any) -> bool:
    """Whether the SMS step is locked for this user until an administrator lifts it."""
    return bool(row.wrong_codes >= settings().portal_limit_wrong_codes_per_user)


def paused_for(row: Any) -> float:
    """Seconds until this user may have another code; 0 when one may be had now."""
    return max(0.0, (row.codes_paused_until or 0.0) - clock.now())


def _spend(connection: Connection, row: Addressee, *, first: bool) -> allowances.Spent | None:
    """The exemption is asked for only where the pause refuses: asked together, its own refusal would restart the pause."""
    usual = _budgets(row)
    if not first:
        return allowances.take(connection, usual)
    exempt = Budget(f"first:{_counted_under(row)}", settings().portal_limit_first_texts_per_number, HOUR)
    spent = allowances.take(connection, [replace(exempt, ceiling=_ONLY_COUNTED), *usual])
    if spent is None or not spent.key.startswith("pause:") or allowances.take(connection, [exempt]):
        return spent
    return allowances.take(connection, [replace(usual[0], restart=True), *usual[1:]])


def _budgets(row: Addressee) -> list[Budget]:
    """What one message to `row.phone` is taken from, the pause first. Binding never spends what its owner has."""
    limits, phone, setup = settings(), row.phone, standing.current()
    prefix, new = calling_code(phone), _new_number(row)
    of_number = (
        [Budget(f"bind:{phone}", limits.portal_limit_binding_texts_per_number, DAY)] if row.binding else
        [Budget(f"hour:{phone}", limits.portal_limit_texts_per_number_hour, HOUR),
         Budget(f"day:{phone}", limits.portal_limit_texts_per_number_day, DAY)])
    pause = Budget(f"pause:{_counted_under(row)}", 1, guard_budgets.pause(setup.rules, limits, new=new, texts=row.texts))
    return [
        pause, *of_number,
        Budget(f"user:{row.user_id}", limits.portal_limit_texts_per_user, DAY),
        Budget(f"address:{row.address}", limits.portal_limit_texts_per_address, HOUR),
        Budget(f"prefix:{prefix}", limits.portal_limit_texts_per_prefix, HOUR),
        Budget("all", limits.portal_limit_texts_in_all, HOUR),
        *guard_budgets.of(setup, limits, prefix, new=new),
    ]


def _counted_under(row: Addressee) -> str:
    """Binding is counted apart from what the number's owner has, whoever that is."""
    return f"bind:{row.phone}" if row.binding else row.phone


def give_back(connection: Connection, row: Any) -> None:
    """A verified code gives its message back to address, prefix and portal: what remains are unverified ones."""
    prefix = calling_code(row.phone)
    new = _new_number(row)
    usual = {f"address:{row.address}": 1, f"prefix:{prefix}": 1, "all": 1}
    allowances.give_back(connection, usual | guard_budgets.verified(prefix) if new else usual)
    if new:
        breaker.verified(connection, prefix)


def _columns(row: Addressee) -> dict[str, Any]:
    now = clock.now()
    again = has_live_code(row) and key_ring().current.name == row.code_key
    started = row.code_started_at if again and row.code_started_at else now
    return {
        "code_nonce": row.code_nonce if again else new_nonce(),
        "code_key": key_ring().current.name,
        "code_started_at": started,
        "code_expires_at": min(now + settings().portal_code_lifetime, started + LONGEST_LIFE, row.expires_at),
        "code_tries": row.code_tries if again else 0,
        "texts": row.texts + 1,
    }
