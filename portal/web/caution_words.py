"""What is said before a change that should be thought about twice? Each caution with its number."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.messages.carriage import Carriage
from portal.signin.cautions import Caution, Change
from portal.signin.impact import Reach
from portal.web.source_words import source_names
from portal.web.switch_words import amount, begun, spared_words

_LESS = frozenset({Caution.NOBODY_ASKED, Caution.ONLY_CONSOLE, Caution.ASKED_LESS, Caution.SOURCES_LESS})


def caution_words(caution: Caution, change: Change, reach: Reach, carriage: Carriage) -> str:
    """One sentence or two."""
    if caution in _LESS:
        return _less(caution, change, reach)
    match caution:
        case Caution.ADMINISTRATORS:
            return _administrators(reach)
        case Caution.NO_SENDER:
            return _("No sender is running, so text messages are not sent. Whoever is asked for a code waits for it in vain.")
        case Caution.NOT_SENT:
            return ngettext("The newest text message was not delivered to the gateway, and none before it in the last hour.",
                            "None of the newest text messages could be sent: %(count)s failed in the last hour.",
                            carriage.failed, count=carriage.failed)
    return _without_phone(caution, reach)


def _less(caution: Caution, change: Change, reach: Reach) -> str:
    """Who is not asked any more, and how many logins that were: those by the sources for which the change makes a difference."""
    spared = spared_words(reach.logins.of(change.spared, console=change.spares_console))
    if caution is Caution.ASKED_LESS:
        said = _("Logins through this application that are asked for a code now will not be asked any more.")
        return f"{said} {spared}"
    said = {
        Caution.NOBODY_ASKED: _("Nobody will be asked for a code any more."),
        Caution.ONLY_CONSOLE: _("Nobody but people with a role in the console will be asked for a code any more."),
    }.get(caution) or _("Logins by %(sources)s will not be asked for a code any more.", sources=source_names(change.spared))
    return f"{said} {spared} " + _("Applications with their own rules are not affected.")


def _administrators(reach: Reach) -> str:
    said = ngettext(
        "%(count)s person with a role in the console will be asked for a code only where everybody is.",
        "%(count)s people with a role in the console will be asked for a code only where everybody is.", reach.console.number,
        count=amount(reach.console))
    return begun(said)


def _without_phone(caution: Caution, reach: Reach) -> str:
    number, count = reach.without_phone.number, amount(reach.without_phone)
    if caution is Caution.MUST_ASK:
        return begun(ngettext(
            "%(count)s user has no phone number, and cannot log in before an administrator adds one.",
            "%(count)s users have no phone number, and cannot log in before an administrator adds one.", number, count=count))
    return begun(ngettext("%(count)s user has no phone number, and will be asked to bind one at the next login.",
                          "%(count)s users have no phone number, and will be asked to bind one at their next login.", number,
                          count=count))
