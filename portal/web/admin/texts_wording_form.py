"""What does somebody type of the words of a text, and what is said beside the field when they cannot be taken?"""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, request
from flask_babel import gettext as _
from wtforms import StringField

from portal.messages.wording import LANGUAGES, LIMIT, Fault, Flaw, neat
from portal.web.form import Form


class WordingForm(Form):
    """The words in one language, whose name is before the field's: all of them stand on one page."""

    body = StringField()

    @property
    def typed(self) -> str:
        """What was typed, as it would be kept."""
        return neat(self.body.data or "")

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Say beside the field all that is wrong with it."""
        self.body.errors = [" ".join(fault_words(fault) for fault in faults)]


def language_sent() -> str:
    """The language of the form that was sent; a request without one is broken."""
    language = request.form.get("language", "")
    return language if language in LANGUAGES else abort(400)


def fault_words(fault: Fault) -> str:
    """Why words cannot be taken, and what helps."""
    match fault.flaw:
        case Flaw.NO_CODE:
            return _("Write {code} where the code shall stand.")
        case Flaw.CODE_TWICE:
            return _("Write {code} once only.")
        case Flaw.CODE_TOUCHED:
            return _("Set {code} apart from letters, numbers and hyphens, or people and phones read it wrongly.")
        case Flaw.PLACEHOLDER:
            return _("“%(at)s” is no placeholder. There are {code}, {application} and {minutes}.", at=fault.at)
        case Flaw.LINK:
            return _("“%(at)s” looks like an address. A text with a code has none: people would learn to trust links in it, "
                     "and networks hold such texts back.", at=fault.at)
        case Flaw.UNSEEN:
            return _("One character can’t be seen: %(at)s. Take it out.", at=fault.at)
        case Flaw.NUMBER:
            return _("“%(at)s” could be taken for the code. Leave out numbers of four digits or more.", at=fault.at)
        case Flaw.TOO_LONG:
            return _("The text would take more than %(count)s segments. Make it shorter.", count=LIMIT)
