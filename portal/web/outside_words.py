"""What is a person told of an outside source: why it was of no use, and what became of their account there?"""

from __future__ import annotations

from enum import StrEnum

from flask import request
from flask_babel import gettext as _

from portal.sources import register
from portal.sources.claims import Unknown
from portal.sources.faults import Fault
from portal.sources.identities import Linking, Unlinking
from portal.web.phrases import Notice


class Word(StrEnum):
    """What is said, as an address names it that leads to the page which says it."""

    BUSY = "busy"
    DENIED = "denied"
    NOT_FRESH = "not-fresh"
    UNUSABLE = "unusable"
    OVER = "over"
    REFUSED = "refused"
    ANOTHER = "another"
    LINKED = "linked"
    ALREADY = "already"
    TAKEN = "taken"
    UNLINKED = "unlinked"
    LAST_WAY = "last-way"
    GONE = "gone"


STATUS = {Word.BUSY: 503, Word.DENIED: 403, Word.NOT_FRESH: 403, Word.UNUSABLE: 502, Word.OVER: 400, Word.REFUSED: 403,
          Word.ANOTHER: 403}
"""Under which status a page says it that is no redirect."""
_FAULTS = {Fault.UNREACHABLE: Word.BUSY, Fault.TOO_SLOW: Word.BUSY, Fault.NOT_NOW: Word.BUSY, Fault.DENIED: Word.DENIED,
           Fault.NOT_FRESH: Word.NOT_FRESH}
OF_LINKING = {Linking.DONE: Word.LINKED, Linking.ALREADY: Word.ALREADY, Linking.TAKEN: Word.TAKEN,
              Linking.GONE: Word.OVER}
OF_UNLINKING = {None: Word.UNLINKED, Unlinking.LAST_WAY: Word.LAST_WAY, Unlinking.GONE: Word.GONE}


def of_fault(reason: Fault) -> Word:
    """What a person is told of a fault; the audit log keeps which it was."""
    return _FAULTS.get(reason, Word.UNUSABLE)


def said() -> Notice | None:
    """What the present address says, of the source that it names."""
    word, name = request.args.get("said", ""), request.args.get("source", "")
    title = next((source.title for source in register.current() if source.name == name), "")
    return notice(Word(word), title) if word in list(Word) and title else None


def notice(word: Word, source: str) -> Notice:
    """The sentence, of the source of that title."""
    kind, text = _trouble(source).get(word) or _became(source)[word]
    return Notice(kind, text)


def _trouble(source: str) -> dict[Word, tuple[str, str]]:
    return {
        Word.BUSY: ("care", _("%(source)s doesn’t answer at the moment. Wait a few seconds and try again, or choose another way.",
                              source=source)),
        Word.DENIED: ("info", _("You were not let through at %(source)s, or you cancelled there. Nothing was changed.",
                                source=source)),
        Word.NOT_FRESH: ("bad", _("%(source)s did not ask anew who you are. Try again, and log in there when you are asked to.",
                                  source=source)),
        Word.UNUSABLE: ("bad", _("%(source)s gave an answer that can’t be accepted. Try again; if it stays, tell your "
                                 "administrator.", source=source)),
        Word.OVER: ("care", _("That way back is used or too old, or was begun in another browser. Start again.")),
        Word.REFUSED: ("bad", _("You can’t come in with that account of %(source)s. Ask your administrator.", source=source)),
    }


def _became(source: str) -> dict[Word, tuple[str, str]]:
    return {
        Word.ANOTHER: ("bad", _("That account of %(source)s is not linked with yours. Choose the one that is.", source=source)),
        Word.LINKED: ("good", _("Linked. You can log in with %(source)s from now on.", source=source)),
        Word.ALREADY: ("info", _("That account of %(source)s is linked with yours already.", source=source)),
        Word.TAKEN: ("bad", _("That account of %(source)s is linked with somebody else here. Nothing was changed.",
                              source=source)),
        Word.UNLINKED: ("good", _("Unlinked. You can’t log in with that account of %(source)s any more.", source=source)),
        Word.LAST_WAY: ("bad", last_way()),
        Word.GONE: ("info", _("That account of %(source)s is not linked any more.", source=source)),
    }


def last_way() -> str:
    """Why an account cannot be unlinked."""
    return _("This is your last way in: you have no password and no other source. Link another one first.")


def unknown(why: Unknown, source: str) -> str:
    """Why nobody here is meant by an account of the source of that title, and what can be done."""
    said = {
        Unknown.NOT_LINKED: _("Nobody here is linked with this account of %(source)s yet.", source=source),
        Unknown.EMAIL_TAKEN: _("Somebody here has the email address of this account of %(source)s already.", source=source),
        Unknown.NOT_ADMITTED: _("Nobody here is linked with this account of %(source)s, and none is created for it: its email "
                                "address is not verified there, or not one of those that are let in.", source=source),
        Unknown.IN_TRIAL: _("Nobody here is linked with this account of %(source)s. A login in earnest creates an account for "
                            "it; an Experience login doesn’t.", source=source),
    }
    return said[why]
