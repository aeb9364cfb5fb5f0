"""For which users does an address ask? What is searched and filtered, the same for the list, its export and its bulk actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from portal.accounts.asking import SORTS, Asked
from portal.accounts.filters import OF_ACCOUNT, OF_PHONE, Filter
from portal.extensions import settings
from portal.web import paging
from portal.web.paging import Sort

SEARCH, PHONE, STATUS = "q", "phone", "status"
USUAL = Sort("created", descending=True)
_LONGEST = 254


def asked(values: Mapping[str, str]) -> Asked:
    """The list that these fields ask for, in the order that the address asks for; nonsense asks for nothing."""
    wanted = ((values.get(PHONE, ""), OF_PHONE), (values.get(STATUS, ""), OF_ACCOUNT))
    filters = tuple(Filter(name) for name, offered in wanted if name in offered)
    sort = paging.sort_asked(SORTS, USUAL)
    return Asked(search=values.get(SEARCH, "")[:_LONGEST], filters=filters, sort=sort.name, descending=sort.descending,
                 home=settings().portal_home_country or None, locked_at=settings().portal_limit_wrong_codes_per_user)


def carried(of: Asked) -> dict[str, Any]:
    """The fields that ask for the same users again, in whatever order."""
    fields = {SEARCH: of.search, PHONE: _chosen(of, OF_PHONE), STATUS: _chosen(of, OF_ACCOUNT)}
    return {name: value for name, value in fields.items() if value}


def kinds(of: Asked) -> dict[str, Any]:
    """What was asked for as a record may say it: which filters, and that something was typed, never what."""
    return {"filters": [name.value for name in of.filters], "searched": bool(of.search.strip())}


def _chosen(of: Asked, offered: tuple[Filter, ...]) -> str:
    return next((name.value for name in of.filters if name in offered), "")


def phone_choices() -> list[tuple[str, str]]:
    """States of the number, for the filter."""
    return [("", _("All")), (Filter.NO_PHONE, _("No number")), (Filter.UNPROVEN, _("Not proven")), (Filter.PROVEN, _("Proven")),
            (Filter.FAILING, _("Failing"))]


def status_choices() -> list[tuple[str, str]]:
    """States of the account, for the filter."""
    return [("", _("All")), (Filter.SUSPENDED, _("Suspended")), (Filter.LOCKED, _("Locked")),
            (Filter.NEVER, _("Never logged in")), (Filter.ROLE, _("With a role"))]


def order_choices() -> list[tuple[str, str]]:
    """Orders of the list, for those who have no heads of columns before them."""
    return [("-created", _("Newest first")), ("created", _("Oldest first")), ("username", _("Username, A to Z")),
            ("-username", _("Username, Z to A")), ("email", _("Email, A to Z")), ("-email", _("Email, Z to A")),
            ("-last-login", _("Last login, latest first")), ("last-login", _("Last login, earliest first"))]
