"""May a code be told by a call, instead of another text?"""

from __future__ import annotations

from typing import Any

from portal.messages.standing import Standing
from portal.models import Channel


def offered(row: Any, setup: Standing) -> bool:
    """Whether a person who has not got a text may be called: where a gateway in use calls their number, after a first text.

    Never at first: calls cost more, and a call that nobody waited for tells a code to whoever answers.
    """
    return row.phone is not None and row.texts > 0 and bool(setup.ways(row.phone, Channel.VOICE))
