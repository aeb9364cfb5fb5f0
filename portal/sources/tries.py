"""How did the try of a source end? Kept for whoever began it, for as long as the round trip lives, and good for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select, update

from portal import clock
from portal.database import reading, writing
from portal.models import Identity, RequestPurpose, SourceRequest
from portal.sources.claims import Claimed
from portal.sources.faults import Step, Steps
from portal.sources.identities import is_of
from portal.sources.register import Source

_LONGEST, _MOST = 500, 60


@dataclass(frozen=True)
class Tried:
    """The steps of a try, what the source told, and whom it told of, if it came so far."""

    steps: tuple[Step, ...]
    told: Mapping[str, str]
    claimed: Claimed | None


def tried(steps: Steps, claimed: Claimed | None) -> Tried:
    """What there is to see of a try, in texts of bounded length: a source may tell a lot."""
    told = {name[:_LONGEST]: str(value)[:_LONGEST] for name, value in list(steps.told.items())[:_MOST]}
    return Tried(tuple(Step(step.name, step.ok, step.detail[:_LONGEST]) for step in steps.taken), told, claimed)


def keep(request_id: int, steps: Steps, claimed: Claimed | None) -> None:
    """Keep how the round trip of that request ended. Nobody comes in by it, and nobody is linked."""
    kept = asdict(tried(steps, claimed))
    this = (SourceRequest.id == request_id, SourceRequest.purpose == RequestPurpose.TRY)
    with writing() as connection:
        connection.execute(update(SourceRequest).where(*this).values(claims=kept))


def kept(request_id: int, *, source_id: int, user_id: int) -> Tried | None:
    """How it ended, for the user who began it with that source; None for others, and when it is over."""
    this = (SourceRequest.id == request_id, SourceRequest.source_id == source_id, SourceRequest.user_id == user_id,
            SourceRequest.purpose == RequestPurpose.TRY, SourceRequest.expires_at > clock.now())
    with reading() as connection:
        found: dict[str, Any] | None = connection.execute(select(SourceRequest.claims).where(*this)).scalar()
    if found is None:
        return None
    claimed = Claimed(**found["claimed"]) if found["claimed"] else None
    return Tried(tuple(Step(**step) for step in found["steps"]), found["told"], claimed)


def meant(source: Source, claimed: Claimed) -> int | None:
    """The id of the user who is linked with whom the source tells of; None if nobody is."""
    with reading() as connection:
        return connection.execute(select(Identity.user_id).where(*is_of(source.id, claimed))).scalar()
