"""How is a counter counted in SQL? The same words on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from portal.clock import now
from portal.counters.ask import Ask

# One statement reads, decides and writes, so that no two processes can both see the last free try.
TAKE = """
insert into counter (key, hits, ends_at) values (:key, :amount, :ends_at)
on conflict (key) do update set
  hits = case when counter.ends_at <= :now then excluded.hits else counter.hits + excluded.hits end,
  ends_at = case when counter.ends_at <= :now or :renew then excluded.ends_at else counter.ends_at end
returning hits, ends_at
"""
LOOK = "select hits, ends_at from counter where key = :key and ends_at > :now"
GIVE_BACK = "update counter set hits = hits - 1 where key = :key and hits > 0"
CLEAR = "delete from counter where key = :key"
SLOT = """
insert into counter (key, hits, ends_at) values (:key, 0, :now + :seconds)
on conflict (key) do update set
  ends_at = (case when counter.ends_at < :now then :now else counter.ends_at end) + :seconds
returning ends_at
"""
TIDY = "delete from counter where ends_at <= :now"


def numbers(ask: Ask) -> dict[str, Any]:
    """The parameters of TAKE and LOOK for `ask`, begun now."""
    instant = now()
    return {
        "key": ask.key, "amount": ask.amount, "now": instant,
        "ends_at": instant + ask.seconds, "renew": ask.renew,
    }
