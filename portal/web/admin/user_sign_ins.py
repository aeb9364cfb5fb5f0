"""*Logins* of one user: from where, how proven, why a code was asked for; and ending those that are live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from portal.models import Ending, Method
from portal.signin import oversight, sign_ins
from portal.signin.policy import Reason
from portal.signin.sign_ins import Standing
from portal.web import limits, paging
from portal.web.admin.user_tabs import LOGINS, found, head, reopened_user
from portal.web.admission import administrators, console
from portal.web.agents import device_words
from portal.web.client import client
from portal.web.events import outcome_words
from portal.web.moments import listed, moment
from portal.web.phrases import Notice
from portal.web.reasons import reason_words
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.source_words import source_label
from portal.web.tags import Tag

blueprint = Blueprint("user_sign_ins", __name__)
_METHODS = {Method.PASSWORD: _l("Password"), Method.SMS: _l("Text message code"), Method.BYPASS: _l("One-time bypass")}
_STANDING = {
    Standing.UNDER_WAY: ("wait", _l("Under way")), Standing.COMPLETE: ("good", _l("Logged in")),
    Standing.EXPIRED: ("off", _l("Expired")), Standing.ENDED: ("off", _l("Ended")),
}


@dataclass(frozen=True, kw_only=True)
class SignInView:
    """One sign-in as its row shows it. `mine`: it is the reader's own present one."""

    id: int
    when: str
    device: str
    address: str
    through: str
    methods: tuple[str, ...]
    state: Tag
    ended: str
    why: str
    trial: bool
    live: bool
    mine: bool


@blueprint.get("/admin/users/<int:user_id>/logins")
@console
def show(user_id: int) -> str:
    """The sign-ins, newest first."""
    return _page(found(user_id), _said())


@blueprint.post("/admin/users/<int:user_id>/logins/<int:sign_in_id>/end")
@administrators
@limits.forms
def end(user_id: int, sign_in_id: int) -> ResponseReturnValue:
    """End one sign-in of theirs."""
    user = found(user_id)
    ended = oversight.end_sign_in(user.id, sign_in_id, client(), actor=current_user.actor)
    return redirect(url_for(LOGINS, user_id=user_id, ended=int(ended)), 303)


@blueprint.post("/admin/users/<int:user_id>/logins/end")
@administrators
@limits.forms
def end_all(user_id: int) -> ResponseReturnValue:
    """End all sign-ins of theirs, but for the reader's own present one."""
    user = found(user_id)
    count = oversight.end_sign_ins(user.id, client(), actor=current_user.actor, keep=current_user.sign_in_id)
    return redirect(url_for(LOGINS, user_id=user_id, ended=count), 303)


def _said() -> Notice | None:
    count = request.args.get("ended", type=int)
    if count is None:
        return None
    if count < 1:
        return Notice("info", _("There was nothing to end: it had ended already."))
    return Notice("good", ngettext("%(num)s login has ended.", "%(num)s logins have ended.", count))


def _page(user: Any, notice: Notice | None = None) -> str:
    history = sign_ins.of_user(user.id, paging.cursor())
    shown = [_view(row) for row in history.page.rows]
    return render("pages/admin/user_sign_ins.html", head=head(user, LOGINS), sign_ins=shown, notice=notice,
                  pages=paging.pages(history.page, history.count), any_live=any(each.live and not each.mine for each in shown))


def _view(row: Any) -> SignInView:
    kind, words = _STANDING[sign_ins.standing(row)]
    why, _sentence = reason_words(Reason(row.reason))
    methods = tuple(_method(name, at, row.created_at) for name, at in row.methods.items())
    return SignInView(
        id=row.id, when=listed(row.created_at), device=device_words(row.agent), address=row.address,
        through=row.application or _("Portal"), methods=methods, state=Tag(kind, str(words)),
        ended=_ended(row), why=why, trial=row.trial_id is not None, live=sign_ins.live(row),
        mine=row.id == current_user.sign_in_id)


def _method(name: str, at: float, since: float) -> str:
    """What was proven and when; by the hour alone on the day on which the sign-in began."""
    words = str(_METHODS[Method(name)]) if name in set(Method) else source_label(name)
    (day, _space, hour), begun = listed(at).rpartition(" "), listed(since).rpartition(" ")[0]
    return _("%(method)s at %(time)s", method=words, time=hour if day == begun else f"{day} {hour}")


def _ended(row: Any) -> str:
    if row.ended_at is None:
        return ""
    because = outcome_words(Ending(row.ended_because)) if row.ended_because in set(Ending) else row.ended_because or ""
    return _("%(because)s, %(when)s", because=because, when=moment(row.ended_at))


@reopens("user_sign_ins.end", "user_sign_ins.end_all")
def _reopen(notice: Notice) -> str:
    return _page(reopened_user(), notice)
