"""Did one person's clicks make as many messages as they should, and was the person told what became of them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bench.faults_plan import Click
from bench.faults_run import Seen
from bench.faults_words import beginning
from portal.models import Channel


def of_person(one: Seen, mine: Sequence[Any]) -> Iterator[str]:
    """What should not be, one line each; `mine` are the person's messages, oldest first, each at its end.

    A click that was not heard has told them by its error that something is wrong. Whoever has a code page reads there what
    became of the newest message, whether or not the click that made it was heard.
    """
    told = one.told()
    if one.odd:
        yield one.odd
    for channel in Channel:
        clicks = sum((click is Click.CALL) == (channel is Channel.VOICE) for click in one.clicks)
        made = sum(row.channel is channel for row in mine)
        if made > clicks:
            yield f"{clicks} clicks made {made} messages by {channel.value}"
    if len(mine) < one.heard:
        yield f"{one.heard} clicks were heard, and there are {len(mine)} messages; the page says {told}"
    if one.heard and not told:
        yield "a click was heard, and there is no code page"
    if told:
        yield from _of_page(told, mine)


def _of_page(told: set[tuple[str, str]], mine: Sequence[Any]) -> Iterator[str]:
    if not mine:
        yield f"the page says {told}, and there is no message"
        return
    newest = mine[-1]
    words = beginning(newest.state, newest.channel, newest.reason)
    if len(told) > 1 or any(state != newest.state.value or not said.startswith(words) for state, said in told):
        yield f"the page says {told} of message {newest.id}, which is {newest.state.value} ({newest.reason})"
