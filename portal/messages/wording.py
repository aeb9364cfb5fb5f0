"""Which words may an administrator give the message with a code, and which of them are in force? PURE."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from portal.messages import suspicious
from portal.messages.segments import Measure, measure

PORTAL = "portal"
"""The scope of the words that hold wherever an application has none of its own; its own have its id in digits."""
LANGUAGES = ("en", "zh")
SHIPPED = {
    "en": "{code} is your {application} code. It works for {minutes}. Never share it with anyone.",
    "zh": "{code} 是您的 {application} 验证码，{minutes}内有效。请勿告诉任何人。",
}
MOST_SEGMENTS = {"en": 1, "zh": 2}
"""What the shipped words take at most; words of one's own may take LIMIT."""
LIMIT, LONGEST = 3, 500
_MINUTES = {"en": ("1 minute", "{} minutes"), "zh": ("1 分钟", "{} 分钟")}
_LONGEST_LIFE = 600
_PLACE = re.compile(r"\{(code|application|minutes)\}")
_BRACES = re.compile(r"\{[^{}]*\}?|\}")
_CODE, _STAND_IN = "\ue000", {"code": "㐀㐀", "application": "㐁㐁", "minutes": "㐂㐂"}
"""What stands for a code, and for a word, while a text is looked through: letters of an own kind each, and of no domain."""
_BETWEEN = r"(?:[.,]|[\s\-\u2010-\u2015/_]{0,3})"
_TOUCHED = re.compile(rf"[a-z_\-]{_CODE}|{_CODE}[a-z_\-]|\d{_BETWEEN}{_CODE}|{_CODE}{_BETWEEN}\d", re.IGNORECASE)


class Flaw(StrEnum):
    """Why words cannot be taken."""

    NO_CODE = "the code is missing"
    CODE_TWICE = "the code is there more than once"
    CODE_TOUCHED = "a letter or number touches the code"
    PLACEHOLDER = "no such placeholder"
    LINK = "a link or address"
    UNSEEN = "a character that cannot be seen"
    NUMBER = "another number that looks like a code"
    TOO_LONG = "too many segments"


@dataclass(frozen=True)
class Fault:
    """One flaw, and what of the words it is about, if that can be shown."""

    flaw: Flaw
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What is around the words: their language, the portal's host and name, and how many digits a code has."""

    language: str
    host: str
    portal: str
    digits: int


@dataclass(frozen=True)
class Chosen:
    """Words in force, the scope they are of, and what the application is called in them."""

    body: str
    scope: str
    name: str


def neat(typed: str) -> str:
    """What was typed as it is kept: on one line, letters composed, so that `é` is the one of GSM-7."""
    return " ".join(unicodedata.normalize("NFC", typed).split())


def minutes(seconds: int, language: str) -> str:
    """A life in words; rounded down, so that nobody is promised time that is not there."""
    one, many = _MINUTES[language]
    return one if seconds < 2 * 60 else many.format(seconds // 60)


def filled(body: str, *, code: str, application: str, life: str) -> str:
    """The words with these in the places of the placeholders, each as it is: a brace in a name is none of ours."""
    words = {"code": code, "application": " ".join(application.split()), "minutes": life}
    return _PLACE.sub(lambda place: words[place[1]], body)


def whole(words: str, *, code: str, host: str) -> str:
    """The text: the words and the line that binds the code to the host (WICG "origin-bound one-time codes").

    That line is the last one: `@host`, one space, `#code` and nothing after, not even a line feed.
    """
    return f"{words}\n@{host} #{code}"


def sample(body: str, frame: Frame, name: str, *, code: str = "", life: int = _LONGEST_LIFE) -> str:
    """The text with such words at its longest, for the application or portal of that name."""
    digits = code or "8" * frame.digits
    words = filled(body, code=digits, application=name, life=minutes(life, frame.language))
    return whole(words, code=digits, host=frame.host)


def size(body: str, frame: Frame, name: str) -> Measure:
    """What the text with such words takes at most."""
    return measure(sample(body, frame, name))


@lru_cache(maxsize=512)
def faults(body: str, frame: Frame, name: str) -> tuple[Fault, ...]:
    """All that is wrong with words as `neat` leaves them; `name`: what the application or the portal is called in them.

    Remembered, for each text that is written asks anew.
    """
    if len(body) > LONGEST:
        return (Fault(Flaw.TOO_LONG),)
    checks = (_code(body), _braces(body), *_looks(body, frame, name), _length(body, frame, name))
    return tuple(fault for fault in checks if fault)


def chosen(wordings: Mapping[tuple[str, str], str], frame: Frame, application_id: int | None, name: str) -> Chosen | None:
    """The words in force for an application called so: its own, else the portal's; None: the shipped ones.

    Words that cannot be taken any more (a longer host, another name) are passed over.
    """
    own = wordings.get((str(application_id), frame.language)) if application_id else None
    if own and not faults(own, frame, name):
        return Chosen(own, str(application_id), name)
    portal = wordings.get((PORTAL, frame.language))
    if portal and not faults(portal, frame, frame.portal):
        return Chosen(portal, PORTAL, _named(portal, frame, name))
    return None


def _named(body: str, frame: Frame, name: str) -> str:
    """What an application is called in the portal's words: as the portal, where its own name would cost a segment or fits ill."""
    fits = not faults(body, frame, name) and size(body, frame, name).segments <= size(body, frame, frame.portal).segments
    return name if fits else frame.portal


def _code(body: str) -> Fault | None:
    times = body.count("{code}")
    return None if times == 1 else Fault(Flaw.CODE_TWICE if times else Flaw.NO_CODE)


def _braces(body: str) -> Fault | None:
    stray = _BRACES.search(_bare(body))
    return Fault(Flaw.PLACEHOLDER, stray[0]) if stray else None


def _looks(body: str, frame: Frame, name: str) -> tuple[Fault | None, ...]:
    """What the words look like when they are read. A name is as good as it is, but for what it touches."""
    life = minutes(_LONGEST_LIFE, frame.language)
    bare, timed = _bare(body), _bare(body.replace("{minutes}", life))
    # The full-width comma is as wide as a comma and a blank.
    read = unicodedata.normalize("NFKC", filled(body, code=_CODE, application=name, life=life).replace("，", ", "))
    return (_found(Flaw.LINK, bare, suspicious.link), _found(Flaw.UNSEEN, bare, suspicious.unseen),
            _found(Flaw.NUMBER, timed, suspicious.number), Fault(Flaw.CODE_TOUCHED) if _TOUCHED.search(read) else None)


def _found(flaw: Flaw, text: str, look: Callable[[str], str | None]) -> Fault | None:
    at = look(text)
    for name, letters in _STAND_IN.items():
        at = at and at.replace(letters, f"{{{name}}}")
    return Fault(flaw, at) if at else None


def _bare(body: str) -> str:
    """The words alone, each placeholder as a word."""
    return _PLACE.sub(lambda place: _STAND_IN[place[1]], body)


def _length(body: str, frame: Frame, name: str) -> Fault | None:
    return Fault(Flaw.TOO_LONG) if size(body, frame, name).segments > LIMIT else None
