"""Did one person's clicks make as many messages as they should, and was the person told what became of them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bench.faults_plan import Click
from bench.faults_run import Seen
from bench.faults_words import beginning
from portal.models import Channel

_BY = {Channel.TEXT: (Click.LOGIN, Click.RESEND), Channel.VOICE: (Click.CALL,)}
"""Which clicks make a message of which kind."""


def of_person(one: Seen, mine: Sequence[Any]) -> Iterator[str]:
    """What should not be, one line each; `mine` are the person's messages, oldest first, each at its end.

    A click that was not heard has told them by its error that something is wrong. Whoever has a code page reads there what
    became of the newest message, whether or not the click that made it was heard.
    """
    told, heard = one.told(), [click for click in one.heard if click is not Click.CANCEL]
    if one.odd:
        yield one.odd
    for channel, clicks in _BY.items():
        made, asked = sum(row.channel is channel for row in mine), sum(click in clicks for click in one.clicks)
        if made > asked:
            yield f"{asked} clicks made {made} messages by {channel.value}"
    if len(mine) < len(heard):
        yield f"{len(heard)} clicks were heard, and there are {len(mine)} messages; the page says {told}"
    if told and Click.CANCEL in one.heard:
        yield f"the login was cancelled, and the page says {told}"
    if heard and not told and Click.CANCEL not in one.clicks:
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
