"""How does the last table read: budget, figure with interval, verdict?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench.verdicts import Figure, Judgement, Verdict

HOPELESS = 2_000  # rounds; a figure that needs more lies on its bound as far as anybody can tell
HEADINGS = ("budget", "figure", "interval", "rounds", "verdict")


@dataclass(frozen=True)
class Line:
    """One budget; figure and bound share a unit. `detail` says in words what the figure is made of."""

    budget: str
    figure: Figure
    unit: str
    judgement: Judgement
    detail: str = ""


def written(lines: Sequence[Line]) -> str:
    """Return the table as text, the details below it."""
    rows = [HEADINGS, *(_cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    table.insert(1, "  ".join("-" * width for width in widths))
    details = [f"- {line.budget}: {line.detail}" for line in lines if line.detail]
    return "\n".join([*table, "", *details])


def _cells(line: Line) -> tuple[str, ...]:
    figure = line.figure
    interval = f"{_number(figure.low)} to {_number(figure.high)}" if math.isfinite(figure.low) else "open"
    return (line.budget, f"{_number(figure.middle)} {line.unit}".strip(), interval, str(figure.rounds), _verdict(line.judgement))


def _number(value: float) -> str:
    whole = value == int(value) or abs(value) >= 100
    return f"{value:.0f}" if whole else f"{value:.3g}"


def _verdict(judgement: Judgement) -> str:
    if judgement.verdict is not Verdict.NOT_RESOLVED:
        return str(judgement.verdict.value)
    needed = judgement.rounds_needed
    if needed is None or needed > HOPELESS:
        return "not resolved (on the bound)"
    return f"not resolved (about {needed} rounds needed)"
