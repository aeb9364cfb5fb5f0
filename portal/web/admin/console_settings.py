"""*Settings*: who is in charge, which settings are in force, and whether every part of the portal is well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _

from portal.accounts import listing, phones
from portal.accounts.asking import Asked
from portal.accounts.filters import Filter
from portal.health import findings
from portal.keyset import Page
from portal.signin import standing
from portal.signin.rules import BINDING
from portal.web import paging
from portal.web.admin import settings_words
from portal.web.admin.health_words import finding_line
from portal.web.admin.user_words import called, role_words, tags
from portal.web.admission import readers
from portal.web.moments import listed
from portal.web.rendering import render
from portal.web.switch_words import value_label
from portal.web.tags import Tag

blueprint = Blueprint("console_settings", __name__)
_IN_CHARGE = Asked(filters=(Filter.ROLE,), sort="username", descending=False)
_PEOPLE = 20


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a role: what they are called, how they log in, the role, how they stand, when they last came."""

    url: str
    name: str
    account: str
    role: str
    tags: list[Tag]
    last_login: str


@blueprint.get("/admin/settings")
@readers
def show() -> str:
    """All of it is read only: people are changed in their details, settings in the environment."""
    found = listing.page(_IN_CHARGE, paging.cursor(), limit=_PEOPLE)
    pages = paging.pages(Page(found.rows, found.previous, found.next), found.count)
    heads = (_("Name"), _("Account"), _("Role"), _("Status"), _("Last login (UTC)"))
    return render("pages/admin/console_settings.html", people=[_person(row, found.lately) for row in found.rows], pages=pages,
                  heads=heads, binder=value_label(standing.of().values[BINDING]), groups=settings_words.groups(),
                  findings=[finding_line(finding) for finding in findings.all_findings()])


def _person(row: Any, lately: dict[int, float]) -> Person:
    last = row.last_sign_in_at or lately.get(row.id)
    account = row.username or row.email or (phones.mask(row.phone) if row.phone else "")
    return Person(url=url_for("user.show", user_id=row.id), name=called(row), account=account, role=role_words(row.role),
                  tags=tags(row)[:-1], last_login=listed(last) if last else "")
