"""Where is a code asked for? The applications with rules of their own at a glance, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request, url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from portal.signin.matrix import Line, Matrix, matrix
from portal.signin.policy import Reason
from portal.web import paging
from portal.web.admission import may_open
from portal.web.paging import Pages
from portal.web.source_words import FEW, apart, source_label
from portal.web.switch_words import amount, begun

SEARCH = "q"


@dataclass(frozen=True)
class Cell:
    """What stands under a column: a tag in a word, and words beside it."""

    column: str
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
    """One page of the matrix. `columns`: the heads beside the application's; a cell stands under each."""

    search: Search
    columns: list[str]
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
    few = len(found.others.decisions) <= FEW
    lines = [_line(line, few=few) for line in ([] if search else [found.others]) + found.lines]
    nothing = _("No application with rules of its own has a name that begins with “%(search)s”.", search=search)
    url = f"{request.path}#matrix"
    columns = [source_label(source) for source in found.others.decisions] if few else [words for _kind, words in _states()]
    return MatrixView(Search(url, _("Application"), search, bool(search)), columns, lines, "" if lines else nothing,
                      _there(paging.pages(found.page, found.count)))


def _there(pages: Pages) -> Pages:
    """The list stands far down on its page: its links lead there."""
    links = {name: getattr(pages, name) for name in ("previous_url", "next_url", "first_url")}
    return replace(pages, **{name: url and f"{url}#matrix" for name, url in links.items()})


def _line(line: Line, *, few: bool) -> LineView:
    cells = [_cell(source, line) for source in line.decisions] if few else _grouped(line)
    if line.application_id is None:
        return LineView(_("All applications without rules of their own"), None, cells)
    return LineView(line.name, url_for("application_security.show", application_id=line.application_id), cells)


def _states() -> tuple[tuple[str, str], ...]:
    """How a source can stand in an application: the kind of its tag, and its words."""
    return ("good", _("Code")), ("off", _("No code")), ("info", _("Not offered"))


def _state(source: str, line: Line) -> tuple[str, str]:
    asked, spared, hidden = _states()
    if source in line.hidden:
        return hidden
    return asked if line.decisions[source].required else spared


def _cell(source: str, line: Line) -> Cell:
    kind, words = _state(source, line)
    why = {Reason.SMS_OFF: _("SMS verification code is off"), Reason.SOURCE_OFF: _("The identity source is off")}
    return Cell(source_label(source), kind, words, "" if source in line.hidden else why.get(line.decisions[source].reason, ""))


def _grouped(line: Line) -> list[Cell]:
    """Of many sources: which are asked for a code, which are not, and which are not offered. A column for each does not fit."""
    cells = []
    for state in _states():
        sources = [source for source in line.decisions if _state(source, line) == state]
        names = "; ".join(apart(source_label(source)) for source in sources)
        cells.append(Cell(state[1], state[0], format_decimal(len(sources)), names))
    return cells


def _own_rules(found: Matrix) -> OwnRules:
    if not found.count.number:
        return OwnRules("", None)
    said = ngettext("%(count)s application has rules of its own.", "%(count)s applications have rules of their own.",
                    found.count.number, count=amount(found.count))
    url = url_for("applications.list_page", rules="own") if may_open("applications.list_page") else None
    return OwnRules(begun(said), url)
