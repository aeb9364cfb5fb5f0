"""What is said before a change that should be thought about twice? Each caution with its number."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.messages.carriage import Carriage
from portal.signin.cautions import Caution
from portal.signin.impact import Reach
from portal.sources import register
from portal.web.switch_words import amount, begun, spared_words


def caution_words(caution: Caution, reach: Reach, carriage: Carriage) -> str:
    """One sentence or two."""
    match caution:
        case Caution.NOBODY_ASKED:
            return _nobody(_("Nobody will be asked for a code any more."), reach, console=True)
        case Caution.ONLY_CONSOLE:
            said = _("Nobody but people with a role in the console will be asked for a code any more.")
            return _nobody(said, reach, console=False)
        case Caution.ADMINISTRATORS:
            return _administrators(reach)
        case Caution.ASKED_LESS:
            said = _("Logins through this application that are asked for a code now will not be asked any more.")
            return f"{said} {spared_words(reach.logins.of(_sources(), console=False))}"
        case Caution.NO_SENDER:
            return _("No sender is running, so text messages are not sent. Whoever is asked for a code waits for it in vain.")
        case Caution.NOT_SENT:
            return ngettext("The newest text message was not delivered to the gateway, and none before it in the last hour.",
                            "None of the newest text messages could be sent: %(count)s failed in the last hour.",
                            carriage.failed, count=carriage.failed)
    return _without_phone(caution, reach)


def _nobody(said: str, reach: Reach, *, console: bool) -> str:
    own = _("Applications with their own rules are not affected.")
    return f"{said} {spared_words(reach.logins.of(_sources(), console=console))} {own}"


def _sources() -> tuple[str, ...]:
    return register.keys(register.fresh())


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
