"""In which order do identity sources stand on the login page, and which of them leads?"""

from __future__ import annotations

from portal import places
from portal.audit import What
from portal.sources.changing import changing, tell, write
from portal.trace import Actor, Client


def prefer(source_id: int, client: Client, *, on: bool, actor: Actor) -> bool:
    """Make a source in use the one that leads, or let none lead; whether that was a change. Raises NoSuchSource."""
    with changing() as now:
        before = now.named(source_id)
        if before.preferred is on or (on and not before.enabled):
            return False
        # The one before goes first: at most one may be it at any moment.
        for each in now.sources:
            if each.preferred:
                write(now.connection, each.id, preferred=False)
        write(now.connection, source_id, preferred=on)
        tell(now.connection, client, What.SOURCE_CHANGED, actor, source=before.key,
             preferred={"before": before.preferred, "after": on})
    return True


def move(source_id: int, client: Client, *, up: bool, actor: Actor) -> bool:
    """Put a source one place up or down; whether it could go there. Raises NoSuchSource."""
    with changing() as now:
        source, move = now.named(source_id), places.moved([each.id for each in now.sources], source_id, up=up)
        if move is None:
            return False
        for position, each in enumerate(move.order, start=1):
            write(now.connection, each, position=position)
        tell(now.connection, client, What.SOURCE_CHANGED, actor, source=source.key, position=move.told)
    return True
