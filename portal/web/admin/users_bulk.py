"""Doing one thing to many users: asks first, saying whom and what, and tells afterwards what was done and what was refused."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from portal.accounts import listing, users
from portal.accounts.asking import Asked
from portal.database import reading
from portal.web import limits, proof
from portal.web.admin import users_asked, users_links
from portal.web.admin.user_words import called
from portal.web.admin.users_acts import BUTTONS, DONE, EFFECTS, RISKY, WATCHED, Act, Told, carry_out, gone, may, title
from portal.web.admission import helpdesk, may_open
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.row_ids import LARGEST

blueprint = Blueprint("users_bulk", __name__)
MOST, NAMED = 1_000, 50
"""At most so many users at a time; so many are named."""


@blueprint.get("/admin/users/bulk")
@helpdesk
def confirm() -> ResponseReturnValue:
    """Whom, how many, and what will happen. Nothing happens yet."""
    act = _act()
    asked = users_asked.asked(request.args)
    everybody = "all" in request.args
    ids = listing.ids(asked, MOST + 1) if everybody else _read(",".join(request.args.getlist("user")))
    if not ids:
        return redirect(url_for("users.list_page", said="nobody", **users_asked.carried(asked)), 303)
    if len(ids) > _most(act):
        return render("pages/admin/users_bulk_many.html", most=format_decimal(_most(act)), back=_back(asked)), 422
    return _question(act, ids, back=_back(asked))


@blueprint.post("/admin/users/bulk")
@helpdesk
@limits.forms
def perform() -> ResponseReturnValue:
    """Do it to each of those who were named, one after the other, and tell what became of each."""
    act = _act()
    ids = _read(request.form.get("ids", ""))[:_most(act)]
    if act is Act.DELETE and request.form.get("typed", "").strip() != str(len(ids)):
        return _question(act, ids, error=_("Type the number of users: %(count)s.", count=len(ids))), 422
    if act in WATCHED and (answer := proof.waits()):
        return answer
    if act is Act.LINK:
        return users_links.given(_rows(ids))
    found = {row.id: row for row in _rows(ids)}
    told = [_told(act, user_id, found.get(user_id)) for user_id in ids]
    refused = [one for one in told if one.refused]
    done = [one for one in told if not one.refused]
    return render("pages/admin/users_bulk_done.html", done=done[:NAMED], refused=refused, button=BUTTONS[act],
                  outcome=DONE[act], more=_more(len(done)), summary=_summary(len(done), len(refused)),
                  linked=act is not Act.DELETE)


def _told(act: Act, user_id: int, row: Any) -> Told:
    if row is None:
        return Told(f"#{user_id}", url_for("user.show", user_id=user_id), gone())
    return Told(row.username or called(row), url_for("user.show", user_id=user_id), carry_out(act, row))


def _question(act: Act, ids: list[int], *, back: str = "", error: str = "", notice: Notice | None = None) -> str:
    rows = _rows(ids[:NAMED])
    named = [Told(row.username or called(row), url_for("user.show", user_id=row.id)) for row in rows]
    return render("pages/admin/users_bulk.html", fields=[("act", act.value), ("ids", ",".join(map(str, ids)))], named=named,
                  question=title(act, len(ids)), button=BUTTONS[act], effect=EFFECTS[act], more=_more(len(ids)), error=error,
                  back=back or url_for("users.list_page"), notice=notice, risky=act in RISKY, typed=act is Act.DELETE)


def _summary(done: int, refused: int) -> str:
    said = ngettext("Done for %(num)s user.", "Done for %(num)s users.", done)
    return f"{said} " + ngettext("%(num)s was refused.", "%(num)s were refused.", refused) if refused else said


def _more(count: int) -> str:
    return ngettext("and %(num)s more", "and %(num)s more", count - NAMED) if count > NAMED else ""


def _rows(ids: list[int]) -> list[Any]:
    with reading() as connection:
        return users.rows(connection, ids)


def _act() -> Act:
    """What is asked for, if the reader may do it."""
    name = request.values.get("act", "")
    if name not in list(Act):
        abort(404)
    return Act(name) if may(Act(name)) else abort(403)


def _read(typed: str) -> list[int]:
    """Ids as fields carry them, each once; what is none is left out."""
    digits = (part for part in typed.split(",") if part.isascii() and part.isdecimal() and len(part) <= len(str(LARGEST)))
    return list(dict.fromkeys(number for number in map(int, digits) if 0 < number <= LARGEST))


def _most(act: Act) -> int:
    """Links are handed over one by one: so many as one page names."""
    return min(MOST, NAMED) if act is Act.LINK else MOST


def _back(asked: Asked) -> str:
    return url_for("users.list_page", **users_asked.carried(asked))


@reopens("users_bulk.perform")
def _reopen(notice: Notice) -> ResponseReturnValue:
    if not may_open("users_bulk.perform"):
        return redirect(url_for("login.show"), 303)
    return _question(_act(), _read(request.form.get("ids", ""))[:MOST], notice=notice)
