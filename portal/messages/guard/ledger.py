"""How much money was spent on messages today? Counted from the prices in receipts."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from portal import clock
from portal.database import after_commit
from portal.messages import alarms, standing
from portal.messages.guard import budgets
from portal.messages.guard.rules import UNIT
from portal.models import AlarmKind, Allowance

_MILLIONTHS = 1_000_000 // UNIT
_MOST = 2_000_000_000
"""More than any ceiling, and as much as the column holds: a currency of small money must not make a receipt fail."""
_SPEND = text("""
INSERT INTO allowance (key, started_at, seconds, ceiling, used) VALUES (:key, :now, :seconds, :ceiling, :spent)
ON CONFLICT (key) DO UPDATE SET
used = CASE WHEN allowance.started_at + allowance.seconds <= excluded.started_at THEN excluded.used
            WHEN allowance.used > :most - excluded.used THEN :most ELSE allowance.used + excluded.used END,
started_at = CASE WHEN allowance.started_at + allowance.seconds <= excluded.started_at THEN excluded.started_at
                  ELSE allowance.started_at END,
seconds = CASE WHEN allowance.started_at + allowance.seconds <= excluded.started_at THEN excluded.seconds
               ELSE allowance.seconds END,
ceiling = excluded.ceiling
RETURNING used
""")


def spent(connection: Connection, price: int, currency: str) -> None:
    """Add a message's price, in millionths of `currency`, to what was spent today. Call it once for each message.

    From the ceiling on no more messages go out until midnight UTC, and the operator is told.
    """
    parts = -(-price // _MILLIONTHS)
    if parts <= 0:
        return
    rules, now = standing.current().rules, clock.now()
    ceiling = rules.money if rules.money is not None and rules.currency == currency else None
    used = connection.execute(_SPEND, {
        "key": budgets.money_key(currency), "now": now, "seconds": budgets.seconds_left_today(), "spent": parts,
        "ceiling": ceiling or 0, "most": _MOST}).scalar_one()
    if ceiling is not None and used >= ceiling:
        detail = f"{used / UNIT:.2f} {currency} were spent on messages today: no more go out until midnight UTC"
        after_commit(connection, lambda: alarms.ring(None, AlarmKind.CEILING, budgets.money_key(currency), detail))


def today(connection: Connection, currencies: tuple[str, ...]) -> dict[str, int]:
    """What was spent today of each of these currencies, in parts of `rules.UNIT`."""
    keys = {budgets.money_key(currency): currency for currency in currencies}
    running = Allowance.started_at + Allowance.seconds > clock.now()
    rows = connection.execute(select(Allowance.key, Allowance.used).where(Allowance.key.in_(keys), running))
    return {keys[row.key]: row.used for row in rows}
