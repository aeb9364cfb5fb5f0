"""How is it said what a source is, how it stands, and how many people hang on it?"""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.audit.changes import Overtaken
from portal.keyset import Count
from portal.signin.rules import ON
from portal.signin.standing import Standing
from portal.sources.changing import NoSuchSource, find
from portal.sources.register import Source
from portal.sources.upkeep import differences
from portal.sources.wanted import Asked
from portal.web.admin.audit_words import fact_label
from portal.web.admin.source_presets import kind_words
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.source_words import source_label
from portal.web.switch_words import amount
from portal.web.tags import Tag

LIST, SHOW = "sources.list_page", "source.show"
"""The list, and the page of one source, by their endpoints."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One source in the list."""

    id: int
    url: str
    title: str
    key: str
    kind: str
    tags: tuple[Tag, ...]
    linked: str
    try_url: str | None


def found(source_id: int) -> Source:
    """The source of that id; otherwise the page that says that there is none."""
    try:
        return find(source_id)
    except NoSuchSource:
        abort(404)


def reopened_source() -> Source:
    """The source of a form that could not be taken."""
    return found((request.view_args or {})["source_id"])


def title_of(source: Source) -> str:
    """What a source is called in the reader's language."""
    return source.title if source.is_outside else source_label(source.key)


def line(source: Source, trust: Standing | None, linked: Count | None) -> Line:
    """A source as the list shows it."""
    return Line(id=source.id, url=url_for(SHOW, source_id=source.id), title=title_of(source), key=source.key,
                kind=kind_words(source), tags=tags(source, trust), linked=linked_words(linked) if linked else "",
                try_url=url_for("source_try.show", source_id=source.id) if source.is_outside else None)


def tags(source: Source, trust: Standing | None) -> tuple[Tag, ...]:
    """How it stands: whether it is in use, whether it leads, whether its word is taken for a second factor."""
    states = [Tag("good", _("In use")) if source.enabled else Tag("off", _("Off"))]
    states += [Tag("info", _("Leads"))] if source.preferred else []
    states += [Tag("wait", _("Trusted"))] if trust is not None and trust.value == ON else []
    return tuple(states)


def linked_words(count: Count) -> str:
    """How many accounts at the source are linked with users here."""
    return ngettext("%(count)s account linked", "%(count)s accounts linked", count.number, count=amount(count))


def lost(linked: Count, alone: Count) -> list[str]:
    """What goes with a source, in sentences."""
    said = [ngettext("%(count)s account there is linked with a user here. The link goes with the source.",
                     "%(count)s accounts there are linked with users here. The links go with the source.", linked.number,
                     count=amount(linked)) if linked.number else _("No user is linked with it.")]
    if alone.number:
        said.append(ngettext(
            "%(count)s of them has neither a password nor another source, and can’t log in until somebody gives them a link.",
            "%(count)s of them have neither a password nor another source, and can’t log in until somebody gives them links.",
            alone.number, count=amount(alone)))
    elif linked.number:
        said.append(_("Each of them has a password or another source."))
    said.append(_("Whoever came in by it is logged out."))
    return [*said, _("Its switches go, too. What happened stays in the audit log.")]


def meanwhile(overtaken: Overtaken[Source], asked: Asked) -> Notice:
    """What is said where somebody changed the source since the form was shown: who, and what holds now of what was typed."""
    who = _("Somebody changed this source meanwhile, so nothing was saved.")
    if last := overtaken.last:
        who = _("%(who)s changed this source meanwhile (%(when)s), so nothing was saved.", who=last.actor, when=moment(last.at))
    differ = {fact_label(name): each["before"] for name, each in differences(overtaken.now, asked).items() if name != "secret"}
    now = "; ".join(f"{label}: {value or '–'}" for label, value in differ.items())
    holds = _("What holds now: %(facts)s.", facts=now) if now else ""
    kept = _("What you typed is still here; save again if you still want it.")
    return Notice("care", " ".join(filter(None, (who, holds, kept))))
