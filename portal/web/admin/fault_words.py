"""What was wrong with the answer of an outside source, in a few words of the reader's language?"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.sources.faults import Fault

_FAULTS = {
    Fault.UNREACHABLE: _l("unreachable"), Fault.TOO_SLOW: _l("too slow"), Fault.NOT_SECURE: _l("not secure"),
    Fault.SETTINGS: _l("settings"), Fault.UNREADABLE: _l("unreadable"), Fault.REFUSED_US: _l("refused us"),
    Fault.NOT_INSTALLED: _l("not installed"), Fault.NO_SUBJECT: _l("no subject"),
    Fault.DENIED: _l("denied"), Fault.NOT_NOW: _l("not now"), Fault.SAID_ERROR: _l("said error"),
    Fault.MIXED_UP: _l("mixed up"), Fault.CODE_REFUSED: _l("code refused"), Fault.REDIRECTS: _l("redirects"),
    Fault.TOO_LARGE: _l("too large"), Fault.ISSUER: _l("issuer"), Fault.KEY: _l("key"), Fault.ALGORITHM: _l("algorithm"),
    Fault.SIGNATURE: _l("signature"), Fault.AUDIENCE: _l("audience"), Fault.NONCE: _l("nonce"), Fault.EXPIRED: _l("expired"),
    Fault.IN_FUTURE: _l("in the future"), Fault.TOKEN_HASH: _l("token hash"), Fault.NOT_FRESH: _l("not fresh"),
    Fault.OTHER_SUBJECT: _l("other subject"),
}
_OF_DIRECTORIES = {
    "several entries": _l("several entries"), "no entry": _l("no entry"), "refused": _l("refused"),
    "password expired": _l("password expired"), "account locked": _l("account locked"),
    "password must be changed": _l("password must be changed"), "password policy": _l("password policy"),
    "not at this time": _l("not at this time"), "not from this computer": _l("not from this computer"),
    "account disabled": _l("account disabled"), "account expired": _l("account expired"),
}
_WORDS = {fault.value: words for fault, words in _FAULTS.items()} | _OF_DIRECTORIES


def fault_words(detail: str) -> str:
    """The detail of a step, whose fault or state comes first; what follows is the source's own, in whatever language."""
    reason, colon, rest = detail.partition(": ")
    return f"{_WORDS[reason]}{colon}{rest}" if reason in _WORDS else detail
