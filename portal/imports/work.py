"""How is an import worked off? By one process that holds it, stage by stage, from wherever another has left it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

from sqlalchemy import Row

from portal.imports import applying, holding, matching, reading_rows
from portal.imports.holding import Lost
from portal.models import ImportState


class Stage(StrEnum):
    """What is being done."""

    READING = "reading"
    MATCHING = "matching"
    WRITING = "writing"


@dataclass(frozen=True)
class Progress:
    """How many of the rows are through a stage."""

    stage: Stage
    done: int
    of: int


def work(import_id: int, tell: Callable[[Progress], None]) -> bool:
    """Work an import off as far as nobody has to decide, telling after each batch; False when there is nothing to do for us.

    Whatever ends the work early, SystemExit and KeyboardInterrupt among it, another process may go on at once.
    """
    try:
        found = holding.take(import_id)
        if found.state not in (ImportState.CHECKING, ImportState.APPLYING):
            return False
        for stage, done in _stages(found):
            tell(Progress(stage, done, found.rows))
    except Lost:
        return False
    except BaseException:
        holding.release(import_id)
        raise
    return True


def _stages(found: Row[Any]) -> Iterator[tuple[Stage, int]]:
    if found.state is ImportState.APPLYING:
        return ((Stage.WRITING, done) for done in applying.apply(found))
    read = ((Stage.READING, done) for done in reading_rows.read(found))
    return chain(read, ((Stage.MATCHING, done) for done in matching.match(found)))

