"""What was changed lately, in words? The list below a page of switches."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from portal.signin.history import Change
from portal.signin.rules import OFF, ON
from portal.web.moments import moment
from portal.web.source_words import source_names
from portal.web.switch_words import label, value_label


@dataclass(frozen=True)
class Told:
    """One change: when, by whom, what."""

    when: str
    who: str
    what: str


def told(changes: list[Change]) -> list[Told]:
    """The changes, newest first as they come."""
    return [Told(moment(change.at), change.actor, _what(change)) for change in changes]


def _what(change: Change) -> str:
    if change.hides or change.offers:
        return " · ".join(_offer(change))
    if change.switch is None:
        return _("Own rules turned on") if change.value == ON else _("Own rules turned off: the global ones hold")
    name = label(change.switch)
    if change.value in (ON, OFF):
        return _("“%(switch)s” turned on", switch=name) if change.value == ON else _("“%(switch)s” turned off", switch=name)
    return _("“%(switch)s” set to “%(value)s”", switch=name, value=value_label(change.value))


def _offer(change: Change) -> list[str]:
    hides = [_("No longer offered: %(sources)s", sources=source_names(change.hides))] if change.hides else []
    return [*hides, *([_("Offered: %(sources)s", sources=source_names(change.offers))] if change.offers else [])]
