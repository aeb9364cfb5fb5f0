"""*Dashboard*: what somebody in charge looks for in the morning. What is broken, what is unsafe, and how much happened?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from portal.audit import tallies
from portal.health import findings, risks, traffic
from portal.health.beginning import far
from portal.health.conditions import Part
from portal.health.traffic import Traffic
from portal.web.admin import charts, first_steps
from portal.web.admin.charts import Chart, Spans
from portal.web.admin.figures import figures
from portal.web.admin.health_words import Line, danger_line, finding_line, traffic_lines, unread_line
from portal.web.admission import Access, admits, console
from portal.web.moments import moment
from portal.web.rendering import render
from portal.web.tabs import Tab

blueprint = Blueprint("dashboard", __name__)
log = logging.getLogger(__name__)
Read = TypeVar("Read")
HOURS, DAYS = "hours", "days"
_WORKING = (Part.SCHEMA, Part.COUNTERS, Part.QUEUE, Part.SENDER, Part.SOURCES, Part.ALARMS)
"""What may be broken while this page answers."""


@blueprint.get("/admin/")
@console
def show() -> str:
    """All of it; a part that cannot be read says so, and the others are there."""
    span = DAYS if request.args.get("span") == DAYS else HOURS
    days, hours = _reads(tallies.last_days), _reads(tallies.last_hours)
    messages, pool = _reads(traffic.lately), _reads(far)
    return render("pages/admin/dashboard.html", readers=admits(Access.READERS), broken=_broken(messages), unsafe=_unsafe(),
                  figures=figures(days, hours, messages, pool), charts=_charts(span, days, hours), tabs=_tabs(span),
                  counted=_counted(), steps=first_steps.steps(pool))


def _reads(read: Callable[[], Read]) -> Read | None:
    """What can be read now, or None: one part that is down must not hide the others, least of all here."""
    try:
        return read()
    except Exception as error:
        # Its kind only: the text may hold an address with a password.
        log.warning("a part of the dashboard cannot be read: %s", type(error).__name__)
        return None


def _broken(messages: Traffic | None) -> list[Line]:
    if not admits(Access.READERS):
        return []
    parts = [finding_line(finding) for finding in findings.of(_WORKING) if not finding.well]
    return [*parts, *(traffic_lines(messages) if messages else [unread_line(_("Text messages"))])]


def _unsafe() -> list[Line]:
    if not admits(Access.READERS):
        return []
    dangers = _reads(risks.present)
    settings = [line for line in map(finding_line, findings.of([Part.SETTINGS])) if line.kind != "good"]
    return [*(map(danger_line, dangers) if dangers is not None else [unread_line(_("Switches and people"))]), *settings]


def _charts(span: str, days: Spans | None, hours: Spans | None) -> list[Chart]:
    if span == DAYS:
        return charts.of_days(days) if days else []
    return charts.of_hours(hours) if hours else []


def _tabs(span: str) -> list[Tab]:
    labels = ((HOURS, _("Last 24 hours")), (DAYS, _("Last 30 days")))
    return [Tab(label, url_for("dashboard.show", span=name), name == span) for name, label in labels]


def _counted() -> str:
    at = _reads(tallies.counted_at)
    if at is None:
        return _("Nothing is counted yet. The sender counts what happened, some seconds later.")
    return _("Last counted on %(when)s. The sender counts what happened, some seconds later; hours and days are UTC.",
             when=moment(at))
