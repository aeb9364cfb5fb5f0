"""How did a try of a source end? Kept for whoever began it, for as long as the round trip lives, and good for nothing else."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select, update

from portal import clock
from portal.database import reading, writing
from portal.models import RequestPurpose, SourceRequest
from portal.sources.claims import Claimed
from portal.sources.faults import Step, Steps


@dataclass(frozen=True)
class Tried:
    """The steps of a try, and whom the source told of, if it came so far."""

    steps: tuple[Step, ...]
    claimed: Claimed | None


def keep(request_id: int, steps: Steps, claimed: Claimed | None) -> None:
    """Keep how the round trip of that request ended. Nobody comes in by it, and nobody is linked."""
    told = {"steps": [asdict(step) for step in steps.taken], "claimed": asdict(claimed) if claimed else None}
    this = (SourceRequest.id == request_id, SourceRequest.purpose == RequestPurpose.TRY)
    with writing() as connection:
        connection.execute(update(SourceRequest).where(*this).values(claims=told))


def kept(request_id: int, *, source_id: int, user_id: int) -> Tried | None:
    """How it ended, for the user who began it with that source; None for others, and when it is over."""
    this = (SourceRequest.id == request_id, SourceRequest.source_id == source_id, SourceRequest.user_id == user_id,
            SourceRequest.purpose == RequestPurpose.TRY, SourceRequest.expires_at > clock.now())
    with reading() as connection:
        told = connection.execute(select(SourceRequest.claims).where(*this)).scalar()
    if told is None:
        return None
    claimed = Claimed(**told["claimed"]) if told["claimed"] else None
    return Tried(tuple(Step(**step) for step in told["steps"]), claimed)
