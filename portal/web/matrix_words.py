"""Where is a code asked for? The applications with rules of their own at a glance, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.signin.matrix import Line, Matrix, matrix
from portal.signin.policy import Reason
from portal.web import paging
from portal.web.admission import may_open
from portal.web.paging import Pages
from portal.web.source_words import source_label
from portal.web.switch_words import amount, begun

SEARCH = "q"


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
    sources = [source_label(source) for source in found.others.decisions]
    return MatrixView(Search(url, _("Application"), search, bool(search)), sources, lines, "" if lines else nothing,
                      _there(paging.pages(found.page, found.count)))


def _there(pages: Pages) -> Pages:
    """The list stands far down on its page: its links lead there."""
    links = {name: getattr(pages, name) for name in ("previous_url", "next_url", "first_url")}
    return replace(pages, **{name: url and f"{url}#matrix" for name, url in links.items()})


def _line(line: Line) -> LineView:
    cells = [_cell(source, line) for source in line.decisions]
    if line.application_id is None:
        return LineView(_("All applications without rules of their own"), None, cells)
    return LineView(line.name, url_for("application_security.show", application_id=line.application_id), cells)


def _cell(source: str, line: Line) -> Cell:
    decision = line.decisions[source]
    why = {Reason.SMS_OFF: _("SMS verification code is off"), Reason.SOURCE_OFF: _("The identity source is off")}
    words = _("Code") if decision.required else _("No code")
    return Cell(source_label(source), "good" if decision.required else "off", words, why.get(decision.reason, ""))


def _own_rules(found: Matrix) -> OwnRules:
    if not found.count.number:
        return OwnRules("", None)
    said = ngettext("%(count)s application has rules of its own.", "%(count)s applications have rules of their own.",
                    found.count.number, count=amount(found.count))
    url = url_for("applications.list_page", rules="own") if may_open("applications.list_page") else None
    return OwnRules(begun(said), url)
