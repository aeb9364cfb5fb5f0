"""Which statements read a big table from end to end? By the plans of the database, and the rows that it looked at."""

import re
from collections.abc import Iterator
from typing import Any

from bench.console_asked import Asked

BIG = ("user", "sign_in", "message", "audit_entry")
SCANNED, LOOKED_AT = 10_000, 20_000
"""Rows: of a scan of a table's own order, and of any other; the portal counts up to the first, and some are left out."""
_SCAN = re.compile(rf"^SCAN ({'|'.join(BIG)})\b")


def faults(cursor: Any, asked: list[Asked], *, postgresql: bool) -> list[str]:
    """Say of each statement that reads too much how it does so."""
    found = _on_postgresql if postgresql else _on_sqlite
    return [f"{fault}: {' '.join(each.statement.split())} {each.parameters}" for each in asked for fault in found(cursor, each)]


def _on_postgresql(cursor: Any, asked: Asked) -> Iterator[str]:
    cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {asked.statement}", asked.parameters)
    for node in _nodes(cursor.fetchone()[0][0]["Plan"]):
        looked_at = node["Actual Loops"] * (node["Actual Rows"] + sum(node.get(f"Rows Removed by {why}", 0) for why in _LEFT_OUT))
        kind, table = node["Node Type"], node.get("Relation Name")
        limited = node["bounded"] and looked_at <= LOOKED_AT
        if table and looked_at > SCANNED and not (limited or (kind != "Seq Scan" and looked_at <= LOOKED_AT)):
            yield f"{kind} of {table}, {looked_at:,.0f} rows"


_LEFT_OUT = ("Filter", "Index Recheck", "Join Filter")


def _nodes(node: dict[str, Any], *, bounded: bool = False) -> Iterator[dict[str, Any]]:
    """All nodes of a plan; `bounded`: a limit above stops them."""
    bounded = bounded or node["Node Type"] == "Limit"
    yield {**node, "bounded": bounded}
    for below in node.get("Plans", []):
        yield from _nodes(below, bounded=bounded and node["Node Type"] not in ("Sort", "Aggregate", "Hash"))


def _on_sqlite(cursor: Any, asked: Asked) -> Iterator[str]:
    """A scan is none of these where a limit ends it and nothing must be sorted first."""
    cursor.execute(f"EXPLAIN QUERY PLAN {asked.statement}", asked.parameters)
    steps = [row[3] for row in cursor.fetchall()]
    sorts = any(step.startswith("USE TEMP B-TREE") for step in steps)
    for step in steps:
        if _SCAN.match(step) and (sorts or "LIMIT" not in asked.statement):
            yield step
