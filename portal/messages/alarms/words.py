"""What is the operator told of alarms? In English, as the log and the commands are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from portal import clock
from portal.messages.alarms.causes import cause, remedy
from portal.messages.alarms.harm import Harm
from portal.messages.alarms.ringing import ANY
from portal.models import AlarmKind

PAGES = "/admin/settings/texts"
_TITLES = {
    AlarmKind.GATEWAY: "The gateway {} takes no messages",
    AlarmKind.PREFIX: "No codes go to new numbers in +{}: toll fraud, or texts do not arrive there",
    AlarmKind.CEILING: "A ceiling for text messages is reached: {}",
    AlarmKind.QUEUE: "Text messages wait for too long",
    AlarmKind.HOOKS: "Webhooks are refused: {}",
}
_NO_GATEWAY = "Messages are taken by none of the gateways that may carry them"
_TODO = {
    AlarmKind.GATEWAY: ("Open {}: turn it off or put another first, and send a test message, whose answer says what helps.", ""),
    AlarmKind.PREFIX: ("Open {}: it shows what was sent there, and opens the prefix again.", "/protection"),
    AlarmKind.CEILING: ("Open {}: it shows where messages went, and raises the ceiling.", "/protection"),
    AlarmKind.QUEUE: ("See whether the sender runs (portal doctor) and whether the gateway answers: {}", ""),
    AlarmKind.HOOKS: ("See whether the signature secret of the gateway is that of its provider's page: {}", ""),
}
_WAY_IN = "No code for you either? On the machine: portal user bypass NAME --minutes 10 lets you in once without one."
_LOGINS_HIT = frozenset({AlarmKind.GATEWAY, AlarmKind.QUEUE, AlarmKind.CEILING})
TEST = "a test alarm"


@dataclass(frozen=True, kw_only=True)
class News:
    """One alarm of which the operator is told: that it rings, still rings (`again`), or is over; and its harm, if it is known."""

    kind: AlarmKind
    subject: str
    detail: str
    raised_at: float
    ended_at: float | None = None
    again: bool = False
    harm: Harm | None = None

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
    """All of it, with whom it hits, what helps, and where the pages are."""
    return "\n\n".join([*(_paragraph(url, one) for one in news), f"All alarms: {url}{PAGES}/alarms"]) + "\n"


def _paragraph(url: str, one: News) -> str:
    lines = [f"{one.state.upper()}: {title(one.kind, one.subject)}", f"Since {_utc(one.raised_at)}: {_detail(one)}"]
    if one.harm is not None:
        lines.append(harm_words(one.harm))
    if one.ended_at is not None:
        return "\n".join([*lines, f"Over since {_utc(one.ended_at)}, after {_span(one.ended_at - one.raised_at)}"])
    return "\n".join(lines if one.subject == TEST else [*lines, *_todo(url, one)])


def _detail(one: News) -> str:
    return cause(one.detail) if one.kind is AlarmKind.GATEWAY else one.detail


def _todo(url: str, one: News) -> list[str]:
    said, page = _TODO[one.kind]
    helps = remedy(one.detail) if one.kind is AlarmKind.GATEWAY else ""
    return [*filter(None, [helps]), said.format(f"{url}{PAGES}{page}"), *([_WAY_IN] if one.kind in _LOGINS_HIT else [])]


def harm_words(harm: Harm) -> str:
    """Whom it hits."""
    if not harm.people:
        return f"Nobody was hit. Messages that went out all the same: {harm.left}"
    return (f"People hit: {harm.people} (messages lost or in doubt: {harm.lost}, waiting: {harm.waiting}). "
            f"Went out all the same: {harm.left}")


def facts(portal: str, url: str, news: Sequence[News]) -> dict[str, Any]:
    """The same for a program. `text` is what a chat shows."""
    return {"portal": url, "text": f"{headline(portal, news)}\n{text(url, news)}", "alarms": [
        {"kind": one.kind.value, "subject": one.subject, "title": title(one.kind, one.subject), "detail": one.detail,
         "state": one.state, "raised_at": _utc(one.raised_at), "ended_at": _utc(one.ended_at) if one.ended_at else None,
         "harm": asdict(one.harm) if one.harm else None}
        for one in news]}


def _utc(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def _span(seconds: float) -> str:
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return " ".join([*([f"{hours} h"] if hours else []), f"{minutes} min"])
