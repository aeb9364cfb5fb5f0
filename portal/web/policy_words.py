"""What would the policy say? The preview for one person, and the applications at a glance, in words."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.signin.matrix import Line, Matrix, matrix
from portal.signin.policy import Reason, Rung
from portal.signin.preview import Asked, Fault, Follows, Preview, preview
from portal.signin.rules import SOURCES
from portal.web import paging
from portal.web.admission import may_open
from portal.web.paging import Pages
from portal.web.reasons import reason_words
from portal.web.switch_words import amount, begun, source_label

WHO, SOURCE, APPLICATION, SEARCH = "who", "source", "application", "q"


@dataclass(frozen=True)
class TextField:
    """One field of the preview's form."""

    name: str
    label: str
    value: str
    about: str
    error: str = ""


@dataclass(frozen=True)
class Step:
    """One rung of the ladder; the one that decides is lit."""

    title: str
    text: str
    kind: str
    lit: bool


@dataclass(frozen=True)
class Verdict:
    """What would happen."""

    title: str
    follows: str
    rules: str
    rungs: list[Step]


@dataclass(frozen=True, kw_only=True)
class PreviewView:
    """The preview's form as it was sent, and what came of it."""

    url: str
    who: TextField
    sources: list[tuple[str, str]]
    source: str
    application: TextField
    verdict: Verdict | None

    @property
    def refused(self) -> bool:
        """Whether a field names what there is not."""
        return bool(self.who.error or self.application.error)


def preview_view() -> PreviewView:
    """The preview that the present address asks for."""
    who, application = (request.args.get(name, "").strip() for name in (WHO, APPLICATION))
    source = request.args.get(SOURCE, SOURCES[0])
    found = preview(Asked(who, source if source in SOURCES else SOURCES[0], application)) if who else None
    return PreviewView(
        url=request.path, who=_who(who, found), sources=[(each, source_label(each)) for each in SOURCES], source=source,
        application=_application(application, found), verdict=_verdict(found) if isinstance(found, Preview) else None)


def _who(typed: str, found: Preview | Fault | None) -> TextField:
    error = _("Nobody has this username, number or email.") if found is Fault.NOBODY else ""
    if found is None and WHO in request.args:
        error = _("Enter a username, mobile phone number or email.")
    return TextField(WHO, _("User"), typed, _("Username, mobile phone number or email."), error)


def _application(typed: str, found: Preview | Fault | None) -> TextField:
    error = _("There is no application of this name.") if found is Fault.NO_APPLICATION else ""
    return TextField(APPLICATION, _("Application"), typed, _("Its name; empty for the portal itself."), error)


def _verdict(found: Preview) -> Verdict:
    title = _("A code will be asked for") if found.decisive.required else _("No code will be asked for")
    above = True
    steps = []
    for rung in found.rungs:
        lit = rung is found.decisive
        steps.append(_step(rung, lit=lit, above=above))
        above = above and not lit
    return Verdict(f"{found.person}: {title}", _follows(found.follows), _rules(found), steps)


def _step(rung: Rung, *, lit: bool, above: bool) -> Step:
    title, sentence = reason_words(rung.reason)
    if lit:
        return Step(title, sentence, "info" if rung.required else "good", True)
    return Step(title, _("Does not hold here.") if above else _("Not looked at any more."), "off", False)


def _follows(follows: Follows) -> str:
    said = {
        Follows.NOWHERE: _("But the account is suspended: nobody comes in with it."),
        Follows.WITHOUT_PASSWORD: _("But the account has no password yet: nobody comes in with it."),
        Follows.INSIDE: _("After the password the person is logged in."),
        Follows.NEW_PASSWORD: _("After the password comes the page for a new password."),
        Follows.CODE: _("After the password comes the page “Verification code login”."),
        Follows.BIND: _("After the password comes the window “Bind mobile phone number”."),
        Follows.ASK: _("The account has no phone number, and only administrators may bind one: the person is told to ask."),
    }
    return said[follows]


def _rules(found: Preview) -> str:
    if found.application is None:
        return _("Through the portal itself, under the global rules.")
    if found.own:
        return _("Through %(application)s, under its own rules.", application=found.application)
    return _("Through %(application)s, which follows the global rules.", application=found.application)


@dataclass(frozen=True)
class Cell:
    """Whether a code is asked for after this source, and why."""

    source: str
    kind: str
    words: str
    why: str


@dataclass(frozen=True)
class LineView:
    """One row of the matrix."""

    name: str
    url: str | None
    cells: list[Cell]


@dataclass(frozen=True)
class Search:
    """The search above the matrix."""

    url: str
    label: str
    value: str
    is_set: bool


@dataclass(frozen=True)
class MatrixView:
    """One page of the matrix."""

    search: Search
    sources: list[str]
    lines: list[LineView]
    nothing: str
    pages: Pages


@dataclass(frozen=True)
class OwnRules:
    """How many applications have rules of their own, and where they are listed."""

    said: str
    url: str | None


def matrix_view() -> tuple[MatrixView, OwnRules]:
    """The page of the matrix that the present address asks for; and what is said of how many there are."""
    search = request.args.get(SEARCH, "").strip()
    found = matrix(search, paging.cursor())
    own = matrix().count if search else found.count
    return _matrix(found, search), _own_rules(Matrix(found.others, [], found.page, own))


def _matrix(found: Matrix, search: str) -> MatrixView:
    lines = [_line(line) for line in ([] if search else [found.others]) + found.lines]
    nothing = _("No application with rules of its own has a name that begins with “%(search)s”.", search=search)
    url = f"{request.path}#matrix"
    return MatrixView(Search(url, _("Application"), search, bool(search)), [source_label(source) for source in SOURCES],
                      lines, "" if lines else nothing, paging.pages(found.page, found.count))


def _line(line: Line) -> LineView:
    cells = [_cell(source, line) for source in SOURCES]
    if line.application_id is None:
        return LineView(_("All applications without rules of their own"), None, cells)
    return LineView(line.name, url_for("application_security.show", application_id=line.application_id), cells)


def _cell(source: str, line: Line) -> Cell:
    decision = line.decisions[source]
    why = {Reason.SMS_OFF: _("SMS verification code is off"), Reason.SOURCE_OFF: _("this source is off")}
    words = _("Code") if decision.required else _("No code")
    return Cell(source_label(source), "good" if decision.required else "off", words, why.get(decision.reason, ""))


def _own_rules(found: Matrix) -> OwnRules:
    if not found.count.number:
        return OwnRules("", None)
    said = ngettext("%(count)s application has rules of its own.", "%(count)s applications have rules of their own.",
                    found.count.number, count=amount(found.count))
    url = url_for("applications.list_page", rules="own") if may_open("applications.list_page") else None
    return OwnRules(begun(said), url)
