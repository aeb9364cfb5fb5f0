"""What does a page show of the words of a text: as typed or as kept, how they would look on a phone, and what that costs?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from portal.applications.register import Profile
from portal.extensions import settings
from portal.messages import prices, rewording, wording
from portal.messages.prices import Price
from portal.messages.rewording import Kept, Place
from portal.messages.segments import Encoding, Measure
from portal.messages.wording import LANGUAGES, LIMIT, MOST_SEGMENTS, SHIPPED
from portal.messages.writing import frame
from portal.web.admin.texts_wording_form import WordingForm, fault_words
from portal.web.language import LANGUAGES as WRITTEN
from portal.web.moments import moment
from portal.web.tags import Tag

_SAMPLE = "4829137056"
_FIRST_OF_CHINESE = 0x2E80
_NAMED = 8
"""Letters that are named as dear: of more, the first ones."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The text as a phone shows it, its words and the last line; whether it may be sent, and if not, why; how long it is at
    most, in which letters, at which price."""

    words: str
    last_line: str
    fit: Tag
    faults: str
    length: Tag
    care: str
    letters: str
    cost: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The words in one language. `misfit`: why those that are kept are not sent; `changed`: by whom and when they were."""

    language: str
    tag: str
    title: str
    form: WordingForm
    version: int
    state: Tag
    changed: str
    misfit: str
    preview: Preview
    is_own: bool


def panels(application: Profile | None, typed: Mapping[str, tuple[WordingForm, int]]) -> list[Panel]:
    """Those of the portal or of an application, in every language; `typed`: a form as it was sent, and its version."""
    return [_panel(application, language, *typed.get(language, (None, None))) for language in LANGUAGES]


def _panel(application: Profile | None, language: str, form: WordingForm | None, version: int | None) -> Panel:
    place = Place(application.id if application else None, language)
    kept, portal = rewording.kept(place), rewording.kept(Place(None, language))
    without = rewording.parent(portal, language) if application else SHIPPED[language]
    name = application.name if application else settings().portal_name
    if form is None:
        form = WordingForm(formdata=None, prefix=language)
        form.body.data = kept.body or without
    faults = wording.faults(kept.body, frame(language), name) if kept.body else ()
    tag, title = WRITTEN[language]
    return Panel(
        language=language, tag=tag, title=title, form=form, version=kept.version if version is None else version,
        state=_state(kept, misfit=bool(faults), of_application=bool(application)), changed=_changed(kept),
        misfit=" ".join(map(fault_words, faults)), is_own=bool(kept.body),
        preview=_preview(form.typed, language, name, rewording.parent(portal, language)))


def _state(kept: Kept, *, misfit: bool, of_application: bool) -> Tag:
    if misfit:
        return Tag("bad", _("Not in use"))
    if kept.body:
        return Tag("good", _("Own words"))
    return Tag("off", _("As the portal’s") if of_application else _("As shipped"))


def _changed(kept: Kept) -> str:
    if kept.changed_at is None:
        return ""
    who, when = kept.changed_by or "", moment(kept.changed_at)
    if kept.body:
        return _("Changed by %(who)s, %(when)s.", who=who, when=when)
    return _("Put back by %(who)s, %(when)s.", who=who, when=when)


def _preview(body: str, language: str, name: str, in_force: str) -> Preview:
    """Of the words `body`; those `in_force` for the portal tell what a segment costs."""
    around, kept = frame(language), settings()
    shown = wording.sample(body[:wording.LONGEST], around, name, code=_SAMPLE[:kept.portal_code_length],
                           life=kept.portal_code_lifetime)
    words, _line, last_line = shown.rpartition("\n")
    size, faults = wording.size(body[:wording.LONGEST], around, name), wording.faults(body, around, name)
    usual = wording.size(in_force, around, around.portal).segments
    fit = Tag("bad", _("No")) if faults else Tag("good", _("Yes"))
    return Preview(words=words, last_line=last_line, fit=fit, faults=" ".join(map(fault_words, faults)),
                   length=_length(size, language), care=_care(size, language), letters=_letters(size),
                   cost=_cost(prices.lately(language), size.segments, usual))


def _length(size: Measure, language: str) -> Tag:
    kind = "bad" if size.segments > LIMIT else "wait" if size.segments > MOST_SEGMENTS[language] else "good"
    return Tag(kind, ngettext("%(num)s segment", "%(num)s segments", size.segments))


def _care(size: Measure, language: str) -> str:
    """What is said of words that take more than the shipped ones."""
    most = MOST_SEGMENTS[language]
    if size.segments > LIMIT:
        return _("That is too long: %(count)s are allowed.", count=LIMIT)
    if size.segments > most:
        return ngettext("Each segment is paid for. The shipped words take %(num)s.",
                        "Each segment is paid for. The shipped words take at most %(num)s.", most)
    return ""


def _letters(size: Measure) -> str:
    if size.encoding is Encoding.GSM7:
        return _("GSM-7: 160 letters fit into one segment, 153 into each of several.")
    if all(ord(letter) >= _FIRST_OF_CHINESE for letter in size.dear):
        return _("UCS-2, as all Chinese: 70 letters fit into one segment, 67 into each of several.")
    named = " ".join((*size.dear[:_NAMED], *(["…"] if len(size.dear) > _NAMED else [])))
    return _("UCS-2: only 70 letters fit into one segment, 67 into each of several, because of %(letters)s", letters=named)


def _cost(known: tuple[Price, ...], segments: int, usual: int) -> str:
    if not known:
        return _("No prices are known yet: gateways tell them in receipts, and they count from the last change of the words.")
    each = ", ".join(f"{format_decimal(price.amount / usual * segments, '0.00##')} {price.currency}" for price in known)
    texts = sum(price.texts for price in known)
    return ngettext("About %(each)s for a text, judging by %(num)s receipt.",
                    "About %(each)s for a text, judging by %(num)s receipts.", texts, each=each)
