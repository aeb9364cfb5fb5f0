"""How is an alarm said: what is wrong, what helps, where that is, and whether somebody was told?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.messages import alarms, standing
from portal.messages.alarms import listing
from portal.messages.alarms.harm import Harm
from portal.messages.alarms.telling import WEBHOOK, Told
from portal.models import AlarmKind
from portal.web.admin import texts_reasons
from portal.web.admission import may_open
from portal.web.events import outcome_words
from portal.web.moments import listed
from portal.web.tags import Tag

_TITLES = {
    AlarmKind.GATEWAY: _l("The gateway %(subject)s takes no messages"),
    AlarmKind.PREFIX: _l("No codes go to new numbers in +%(subject)s"),
    AlarmKind.CEILING: _l("A ceiling for text messages is reached"),
    AlarmKind.QUEUE: _l("Text messages wait for too long"),
    AlarmKind.HOOKS: _l("Webhooks of %(subject)s are refused"),
}
_HELPS = {
    AlarmKind.GATEWAY: _l("“Gateways” shows how it stands: turn it off there or put another first, and send a test message, "
                          "whose answer says what helps."),
    AlarmKind.PREFIX: _l("“Protection” shows what was sent there, and opens it again."),
    AlarmKind.CEILING: _l("“Protection” shows where messages went, and sets the ceiling."),
    AlarmKind.QUEUE: _l("See whether the sender runs and the gateway answers. The message log shows what waits."),
    AlarmKind.HOOKS: _l("Compare the signature secret with the provider’s page."),
}
_MET = {
    AlarmKind.PREFIX: _l("Codes that went there did not come back, so numbers that nobody has proven get none for a while. It "
                         "looks like toll fraud, unless texts do not arrive there."),
    AlarmKind.CEILING: _l("No more messages go out until midnight UTC."),
    AlarmKind.QUEUE: _l("The oldest has waited for more than a minute."),
}
_PAGES = {
    AlarmKind.GATEWAY: ("texts.show", _l("Gateways")), AlarmKind.PREFIX: ("texts_protection.show", _l("Protection")),
    AlarmKind.CEILING: ("texts_protection.show", _l("Protection")), AlarmKind.QUEUE: ("message_log.list_page", _l("Message log")),
    AlarmKind.HOOKS: ("texts.show", _l("Gateways")),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One alarm in the list; `url` is the page that helps."""

    title: str
    detail: str
    hit: str
    helps: str
    url: str
    link: str
    since: str
    until: str
    told: Tag


def line(row: Any, harm: Harm | None, *, told_by: bool) -> Line:
    """It, with whom it hits; `told_by`: whether there is any way to tell the operator."""
    endpoint, link = _PAGES[row.kind]
    return Line(title=title(row), detail=detail(row), helps=str(_HELPS[row.kind]), since=listed(row.raised_at), hit=hit(harm),
                url=url_for(endpoint) if may_open(endpoint) else "", link=str(link),
                until=listed(row.ended_at) if row.ended_at else "", told=_told(row, told_by=told_by))


def title(row: Any) -> str:
    """What is wrong, in a few words."""
    if (row.kind, row.subject) == (AlarmKind.GATEWAY, alarms.ANY):
        return _("None of the gateways takes messages that they may carry")
    gateway = standing.current().named(row.subject) if row.kind is AlarmKind.GATEWAY else None
    return str(_TITLES[row.kind]) % {"subject": gateway.title if gateway else row.subject}


def detail(row: Any) -> str:
    """What was met, in the reader's language: the alarm itself holds a word of the records, or English."""
    if row.kind is AlarmKind.GATEWAY:
        return texts_reasons.whole(row.detail)
    if row.kind is AlarmKind.HOOKS:
        return _("%(what)s.", what=outcome_words(row.detail))
    return str(_MET[row.kind])


def hit(harm: Harm | None) -> str:
    """Whom it hits, if that can be told."""
    if harm is None:
        return ""
    if not harm.people:
        return _("Nobody was hit. Messages that went out all the same: %(left)s.", left=harm.left)
    return _("People hit: %(people)s (messages lost or in doubt: %(lost)s, waiting: %(waiting)s). Went out all the same: "
             "%(left)s.", people=harm.people, lost=harm.lost, waiting=harm.waiting, left=harm.left)


def _told(row: Any, *, told_by: bool) -> Tag:
    if listing.given_up(row):
        return Tag("bad", _("Nobody could be told"))
    at = row.told_end_at if row.ended_at else row.told_at
    if at is None:
        return Tag("wait", _("Not told yet"))
    return Tag("good", _("Told on %(when)s", when=listed(at))) if told_by else Tag("off", _("In the log only"))


def told_lines(told: list[Told]) -> list[tuple[str, Tag]]:
    """What came of a test alarm, by each way."""
    return [(_("Webhook") if one.way == WEBHOOK else one.way, _came_of(one.fault)) for one in told]


def _came_of(fault: str) -> Tag:
    return Tag("bad", _("Not taken: %(fault)s", fault=fault)) if fault else Tag("good", _("Taken"))
