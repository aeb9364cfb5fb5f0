"""What is wrong with text messages at the moment, whom does it hit, and what is the next step?"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import clock
from portal.extensions import settings
from portal.messages import backlog
from portal.messages.alarms import ANY, listing
from portal.messages.alarms.harm import Harm
from portal.messages.backlog import Backlog
from portal.messages.routing import credentials
from portal.messages.routing.register import Gateway
from portal.models import AlarmKind, Channel
from portal.web import phrases
from portal.web.admin import texts_alarm_words as words
from portal.web.moments import hour
from portal.web.phrases import Notice

_HOUR = 3_600.0
_LOG, _PROTECTION = ("message_log.list_page", _l("Message log")), ("texts_protection.show", _l("Protection"))
_PAGES = {
    AlarmKind.PREFIX: _PROTECTION, AlarmKind.CEILING: _PROTECTION, AlarmKind.HOOKS: ("texts_alarms.show", _l("Alarms")),
    AlarmKind.QUEUE: _LOG, AlarmKind.GATEWAY: _LOG,
}
_ORDER = (AlarmKind.GATEWAY, AlarmKind.CEILING, AlarmKind.QUEUE, AlarmKind.PREFIX, AlarmKind.HOOKS)


@dataclass(frozen=True, kw_only=True)
class Ring:
    """One alarm that rings, with its next steps: the `broken` gateway, if it is about one; whether that may be turned `off`, for
    another one carries texts; else the `spare` that could; and the page that helps."""

    title: str
    why: str
    since: str
    hit: str
    broken: Gateway | None
    off: bool
    spare: Gateway | None
    url: str
    link: str


@dataclass(frozen=True)
class Now:
    """What rings, what is `over` lately, and how much waits; `busy`: it may be otherwise in a moment."""

    rings: list[Ring]
    over: list[Notice]
    waiting: str
    busy: bool


def now(there: tuple[Gateway, ...], failing: Container[str]) -> Now:
    """It, as it is now, with these gateways, of which those names are failing; what hits most people stands first."""
    rows, ended = listing.lately(clock.now() - _HOUR)
    harms, queue = listing.harms([*rows, *ended]), backlog.present()
    broken = {row.subject for row in rows if row.kind is AlarmKind.GATEWAY}
    well = [each for each in there if each.name not in broken and each.name not in failing and Channel.TEXT in each.channels
            and not (each.enabled and ANY in broken)]
    worst_first = sorted(rows, key=lambda row: (_ORDER.index(row.kind), row.id))
    found = [_ring(row, harms.get(row.id), _named(there, row), well) for row in worst_first]
    return Now(found, _over(ended, harms), _waiting(queue), busy=bool(rows) or queue.depth > 0)


def _named(there: tuple[Gateway, ...], row: Any) -> Gateway | None:
    """The gateway that the alarm is about; if it is about all of them, the first."""
    if row.kind is not AlarmKind.GATEWAY:
        return None
    return next((each for each in there if each.name == row.subject or (row.subject == ANY and each.enabled)), None)


def _ring(row: Any, harm: Harm | None, broken: Gateway | None, well: Sequence[Gateway]) -> Ring:
    """It; `well`: the gateways for texts about which no alarm rings."""
    carried = any(each.enabled for each in well)
    may_be_off = broken is not None and broken.enabled and not broken.of_environment and carried
    lasts, (endpoint, link) = phrases.span(clock.now() - row.raised_at), _PAGES[row.kind]
    return Ring(
        title=words.title(row), why=words.detail(row), hit=words.hit(harm), broken=broken, off=may_be_off,
        since=_("Since %(when)s UTC, for %(lasts)s.", when=hour(row.raised_at), lasts=lasts),
        spare=_spare(well) if row.kind is AlarmKind.GATEWAY and not carried else None,
        url=url_for(endpoint, **_query(row)), link=str(link))


def _query(row: Any) -> dict[str, Any]:
    """Where the message log helps: with what waits, or with what failed."""
    return {AlarmKind.QUEUE: {"state": "waiting"}, AlarmKind.GATEWAY: {"state": "failed"}}.get(row.kind, {})


def _spare(well: Sequence[Gateway]) -> Gateway | None:
    """The first that only has to be turned on."""
    return next((each for each in well if not each.of_environment and credentials.origin(each, settings()).usable), None)


def _over(rows: Sequence[Any], harms: dict[int, Harm]) -> list[Notice]:
    return [Notice("good", " ".join(filter(None, (
        _("It is over: %(what)s, from %(since)s to %(until)s UTC.", what=words.title(row), since=hour(row.raised_at),
          until=hour(row.ended_at)), words.hit(harms.get(row.id)))))) for row in rows]


def _waiting(queue: Backlog) -> str:
    if not queue.depth:
        return _("Nothing waits.")
    messages = ngettext("%(num)s message waits or is being handed over", "%(num)s messages wait or are being handed over",
                        queue.depth)
    if queue.age < 1:
        return _("%(what)s.", what=messages)
    return _("%(what)s, the oldest for %(time)s.", what=messages, time=phrases.span(queue.age))
