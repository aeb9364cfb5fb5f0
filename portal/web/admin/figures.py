"""Which numbers stand at the top of the dashboard?"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_decimal, format_percent, ngettext
from flask_babel import gettext as _

from portal.audit.tallies import CODES_ACCEPTED, SENT, SIGN_INS, Counts
from portal.health.beginning import Beginning
from portal.health.traffic import Traffic
from portal.keyset import Count
from portal.web.admin.charts import Spans


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and of which time or how much of what."""

    label: str
    number: str
    about: str


def figures(days: Spans | None, hours: Spans | None, messages: Traffic | None, pool: Beginning | None) -> list[Figure]:
    """All of them, of what could be read: a dash stands for a number that could not."""
    today = days[-1][1] if days else None
    return [
        Figure(_("Logins today"), _number(today, SIGN_INS), _("Since midnight UTC")),
        Figure(_("Text messages today"), _number(today, SENT), _budget(messages)),
        Figure(_("Text messages that wait"), format_decimal(messages.backlog.depth) if messages else "–", _oldest(messages)),
        Figure(_("Codes verified"), _verified(hours), _("Of the text messages of the last 24 hours")),
        Figure(_("Users"), _users(pool.users) if pool else "–", _("In the user pool")),
    ]


def _budget(messages: Traffic | None) -> str:
    if messages is None:
        return _("Cannot be reached at the moment.")
    used, ceiling = format_decimal(messages.used), format_decimal(messages.ceiling)
    return _("Without a right code yet, this hour: %(used)s of at most %(ceiling)s", used=used, ceiling=ceiling)


def _oldest(messages: Traffic | None) -> str:
    if messages is None:
        return _("Cannot be reached at the moment.")
    if not messages.backlog.age:
        return _("None waits for its turn")
    return ngettext("The oldest has waited for %(num)s second", "The oldest has waited for %(num)s seconds",
                    round(messages.backlog.age))


def _number(counts: Counts | None, what: str) -> str:
    return format_decimal(counts[what]) if counts else "–"


def _verified(hours: Spans | None) -> str:
    sent, accepted = (sum(counts[what] for _at, counts in hours or []) for what in (SENT, CODES_ACCEPTED))
    return format_percent(min(1.0, accepted / sent)) if sent else "–"


def _users(count: Count) -> str:
    number = format_decimal(count.number)
    return number if count.exact else _("more than %(count)s", count=number)
