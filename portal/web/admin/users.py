"""*User List*: who is in the user pool, searched, filtered and sorted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from portal.accounts import listing, phones
from portal.accounts.asking import Asked
from portal.accounts.listing import Found
from portal.keyset import Page
from portal.web import paging
from portal.web.admin import users_asked
from portal.web.admin.user_words import called, tags
from portal.web.admin.users_acts import offered
from portal.web.admission import console, may_open
from portal.web.moments import listed
from portal.web.paging import Column, Sort
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.tags import Tag

blueprint = Blueprint("users", __name__)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One user in the list: by what they are called first, and by their name if that is something else."""

    id: int
    url: str
    words: str
    name: str
    phone: str
    email: str
    tags: list[Tag]
    last_login: str


@blueprint.get("/admin/users")
@console
def list_page() -> str:
    """The list, or what is left of it by a search and filters."""
    asked = users_asked.asked(request.args)
    found = listing.page(asked, paging.cursor())
    pages = paging.pages(Page(found.rows, found.previous, found.next), found.count)
    return render("pages/admin/users.html", lines=[_line(row, found) for row in found.rows], pages=pages, notice=_said(),
                  search_form=_search(asked), columns=_columns(asked, found), asked=users_asked, acts=offered(),
                  carried=users_asked.carried(asked), matching=_matching(found), export_url=_export_url(asked),
                  unsorted=not found.sortable)


def _said() -> Notice | None:
    said = {"nobody": Notice("care", _("Select at least one user first.")), "deleted": Notice("good", _("The user is deleted."))}
    return said.get(request.args.get("said", ""))


def _line(row: Any, found: Found) -> Line:
    words, last = row.username or called(row), row.last_sign_in_at or found.lately.get(row.id)
    return Line(id=row.id, url=url_for("user.show", user_id=row.id), words=words, name=_other_name(row, words),
                phone=phones.mask(row.phone) if row.phone else "", email=row.email or "", tags=tags(row),
                last_login=listed(last) if last else "")


def _other_name(row: Any, words: str) -> str:
    return row.name if row.name and row.name != words else ""


def _columns(asked: Asked, found: Found) -> list[Column]:
    """The heads; none sorts while too many are found to be sorted otherwise."""
    sort = Sort(asked.sort, asked.descending)
    sortable = [("username", _("Username")), ("", _("Mobile number")), ("email", _("Email")), ("", _("Status")),
                ("last-login", _("Last login (UTC)"))]
    return [paging.column(label, name, sort) if name and found.sortable else Column(label) for name, label in sortable]


def _search(asked: Asked) -> dict[str, Any]:
    fields = users_asked.carried(asked)
    sort = ("-" if asked.descending else "") + asked.sort
    return {"url": url_for("users.list_page"), "label": _("Username, name, number or email"), "value": asked.search,
            "is_set": bool(fields), "sort": sort, "phone": fields.get(users_asked.PHONE, ""),
            "status": fields.get(users_asked.STATUS, "")}


def _matching(found: Found) -> str:
    """How many are meant by *all that match*, in words; nothing where they all stand on this page."""
    whole = found.count.exact and found.count.number == len(found.rows)
    return "" if whole else format_decimal(found.count.number) + ("" if found.count.exact else "+")


def _export_url(asked: Asked) -> str:
    fields = users_asked.carried(asked) | {name: request.args[name] for name in (paging.SORT,) if name in request.args}
    return url_for("users_export.download", **fields) if may_open("users_export.download") else ""


