"""*Settings › Text messages › Alarms*: what rings, what rang before, and is the operator told?"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.extensions import settings
from portal.messages.alarms import listing, telling, trying
from portal.messages.alarms.telling import WEBHOOK, Told
from portal.messages.allowances import Spent
from portal.web import limits, paging, phrases
from portal.web.admin import texts_alarm_words as words
from portal.web.admin.texts_tabs import ALARMS, parts
from portal.web.admission import administrators, lately
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("texts_alarms", __name__)
_PATH = "/admin/settings/texts/alarms"


@blueprint.get(_PATH)
@administrators
def show() -> str:
    """Those that ring, and one page of those that are over."""
    return _page()


@blueprint.post(f"{_PATH}/test")
@administrators
@lately
@limits.forms
def test() -> ResponseReturnValue:
    """Tell the operator of nothing by every way, and say what came of each. It takes some seconds where one does not answer."""
    if not telling.ways(settings()):
        return _page(notice=Notice("care", _("There is no way yet to tell anybody."))), 409
    told = trying.tell()
    if isinstance(told, Spent):
        wait = _("Enough test alarms were sent for now. Try again in %(time)s.", time=phrases.span(told.seconds))
        return _page(refused=Notice("care", wait)), 429, limits.retry_after(told.seconds)
    return _page(told=told)


@reopens("texts_alarms.test")
def _reopen(notice: Notice) -> str:
    return _page(notice=notice)


def _page(*, notice: Notice | None = None, refused: Notice | None = None, told: list[Told] | None = None) -> str:
    ways, found = telling.ways(settings()), listing.listed(paging.cursor())
    hit = listing.harms([*found.ringing, *found.past.rows])
    rings, past = ([words.line(row, hit.get(row.id), told_by=bool(ways)) for row in rows]
                   for rows in (found.ringing, found.past.rows))
    return render(
        "pages/admin/texts_alarms.html", parts=parts(ALARMS), notice=notice, refused=refused, ringing=rings, past=past,
        pages=paging.pages(found.past, found.count), ways=[_("Webhook") if way == WEBHOOK else way for way in ways],
        told=words.told_lines(told or []), heads=(_("Alarm"), _("Since (UTC)"), _("Operator")),
        past_heads=(_("Alarm"), _("From (UTC)"), _("Until (UTC)"), _("Operator")))
