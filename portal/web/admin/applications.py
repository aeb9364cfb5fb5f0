"""*Self-built application*: the list of what relies on the portal, and *Create application*."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.applications import register, upkeep
from portal.applications.register import BY_AGE, BY_NAME, SORTS, Profile, Rules, Wanted
from portal.applications.upkeep import ApplicationRefused
from portal.web import limits, paging
from portal.web.admin.application_form import MOST_BYTES, ApplicationForm
from portal.web.admin.application_tabs import logo_url
from portal.web.admission import administrators, readers, takes_files
from portal.web.client import client
from portal.web.moments import moment
from portal.web.paging import Column, Sort
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("applications", __name__)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One application in the list."""

    url: str
    name: str
    logo_url: str | None
    home: str
    customises: bool
    created: str


@blueprint.get("/admin/applications")
@readers
def list_page() -> str:
    """The list: searched by the beginning of a name, filtered by whose rules are in force."""
    wanted, sort = _wanted(), paging.sort_asked(SORTS, Sort(BY_NAME, False))
    page, count = register.listed(wanted, sort=sort.name, descending=sort.descending, cursor=paging.cursor())
    lines = [_line(register.as_profile(row)) for row in page.rows]
    return render("pages/admin/applications.html", lines=lines, pages=paging.pages(page, count), columns=_columns(sort),
                  search_form=_search(wanted), rules=wanted.rules.value, notice=_said())


def _wanted() -> Wanted:
    asked = request.args.get("rules", "")
    return Wanted(request.args.get("q", ""), Rules(asked) if asked in list(Rules) else Rules.ANY)


def _columns(sort: Sort) -> list[Column]:
    return [paging.column(_("Name"), BY_NAME, sort), Column(_("Home address")), Column(_("Rules")),
            paging.column(_("Created"), BY_AGE, sort)]


def _search(wanted: Wanted) -> dict[str, Any]:
    hidden = [("sort", request.args["sort"])] if request.args.get("sort") else []
    return {"url": url_for("applications.list_page"), "label": _("Search by name"), "value": wanted.search, "hidden": hidden,
            "is_set": bool(wanted.search or wanted.rules.value)}


def _line(application: Profile) -> Line:
    home = urlsplit(application.home_address or "").netloc
    return Line(url=url_for("application.details", application_id=application.id), name=application.name,
                logo_url=logo_url(application), home=home, customises=application.customises,
                created=moment(application.created_at))


def _said() -> Notice | None:
    return Notice("good", _("The application is deleted.")) if request.args.get("said") == "deleted" else None


@blueprint.get("/admin/applications/new")
@administrators
def new() -> str:
    """The window *Create application*."""
    return _window(ApplicationForm())


@blueprint.post("/admin/applications/new")
@administrators
@takes_files(MOST_BYTES)
@limits.forms
def create() -> ResponseReturnValue:
    """Add the application, and go on to its details."""
    form = ApplicationForm()
    asked = form.asked()
    if asked is None:
        return _window(form), 422
    try:
        application_id = upkeep.create(asked, client(), actor=current_user.actor)
    except ApplicationRefused as refused:
        form.refuse(refused.faults)
        return _window(form), 422
    return redirect(url_for("application.details", application_id=application_id, said="created"), 303)


def _window(form: ApplicationForm, notice: Notice | None = None) -> str:
    return render("pages/admin/application_new.html", form=form, notice=notice)


@reopens("applications.create")
def _reopen(notice: Notice) -> ResponseReturnValue:
    form = ApplicationForm()
    form.asked()
    return _window(form, notice)
