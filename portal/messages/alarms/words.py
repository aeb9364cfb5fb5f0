"""What is the operator told of alarms? In English, as the log and the commands are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal import clock
from portal.messages.alarms.ringing import ANY
from portal.models import AlarmKind

_TITLES = {
    AlarmKind.GATEWAY: "The gateway {} takes no messages",
    AlarmKind.PREFIX: "No codes go to new numbers in +{}: it looks like toll fraud",
    AlarmKind.CEILING: "A ceiling for text messages is reached: {}",
    AlarmKind.QUEUE: "Text messages wait for too long",
    AlarmKind.HOOKS: "Webhooks are refused: {}",
}
_NO_GATEWAY = "Messages are taken by none of the gateways that may carry them"
_TODO = {
    AlarmKind.GATEWAY: "Open Settings, Text messages, Gateways, and send a test message: the answer says what helps.",
    AlarmKind.PREFIX: "Open Settings, Text messages, Protection: it shows what was sent there, and opens the prefix again.",
    AlarmKind.CEILING: "Open Settings, Text messages, Protection: it shows where messages went, and raises the ceiling.",
    AlarmKind.QUEUE: "See whether the sender runs (portal doctor) and whether the gateway answers (Settings, Text messages).",
    AlarmKind.HOOKS: "See whether the signature secret of the gateway is that of its provider's page.",
}
TEST = "a test alarm"


@dataclass(frozen=True, kw_only=True)
class News:
    """One alarm of which the operator is told: that it rings, still rings (`again`), or is over."""

    kind: AlarmKind
    subject: str
    detail: str
    raised_at: float
    ended_at: float | None = None
    again: bool = False

    @property
    def state(self) -> str:
        """A word for it."""
        return "over" if self.ended_at is not None else "still ringing" if self.again else "ringing"


def test_news() -> News:
    """What is told to see whether it is heard."""
    return News(kind=AlarmKind.QUEUE, subject=TEST, detail="Nothing is wrong. Somebody wanted to see whether this arrives.",
                raised_at=clock.now())


def title(kind: AlarmKind, subject: str) -> str:
    """What is wrong, in a few words."""
    if subject == TEST:
        return "This is a test alarm"
    return _NO_GATEWAY if (kind, subject) == (AlarmKind.GATEWAY, ANY) else _TITLES[kind].format(subject)


def headline(portal: str, news: Sequence[News]) -> str:
    """All of it in one line."""
    first = f"{title(news[0].kind, news[0].subject)} ({news[0].state})"
    return f"[{portal}] {first}" + (f" and {len(news) - 1} more" if len(news) > 1 else "")


def text(url: str, news: Sequence[News]) -> str:
    """All of it, with what helps, and where the page is."""
    return "\n\n".join([*map(_paragraph, news), f"All alarms: {url}/admin/settings/texts/alarms"]) + "\n"


def _paragraph(one: News) -> str:
    lines = [f"{one.state.upper()}: {title(one.kind, one.subject)}", f"Since {_utc(one.raised_at)}: {one.detail}"]
    if one.ended_at is not None:
        return "\n".join([*lines, f"Over since {_utc(one.ended_at)}"])
    return "\n".join(lines if one.subject == TEST else [*lines, _TODO[one.kind]])


def facts(portal: str, url: str, news: Sequence[News]) -> dict[str, Any]:
    """The same for a program. `text` is what a chat shows."""
    return {"portal": url, "text": f"{headline(portal, news)}\n{text(url, news)}", "alarms": [
        {"kind": one.kind.value, "subject": one.subject, "title": title(one.kind, one.subject), "detail": one.detail,
         "state": one.state, "raised_at": _utc(one.raised_at), "ended_at": _utc(one.ended_at) if one.ended_at else None}
        for one in news]}


def _utc(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
