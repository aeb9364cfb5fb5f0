"""What does *Security* show of a user? Shared by the pages that act on their access."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import StringField

from portal import audit, clock
from portal.accounts import phones
from portal.audit import Event, What
from portal.extensions import settings
from portal.messages import opt_outs
from portal.models import PhoneState, Role
from portal.signin import codes
from portal.signin.oversight import may_care_for
from portal.sources import identities
from portal.web.admin.user_tabs import SECURITY, found, head
from portal.web.admin.user_words import ROLES, not_cared_for, phone_tag, role_words
from portal.web.client import client
from portal.web.form import Form
from portal.web.moments import listed, moment
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.tags import Tag


class BypassForm(Form):
    """For how many minutes somebody is let in once without a code, and why."""

    minutes = StringField()
    why = StringField()


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account of the user's at an outside source: what it is called there, since when it is linked, when it was used."""

    id: int
    source: str
    called: str
    since: str
    used: str
    enabled: bool


@dataclass(frozen=True)
class Standing:
    """How the user's second factor stands: a tag and a sentence."""

    tag: Tag
    sentence: str


def page(user: Any, notice: Notice | None = None, *, bypass: BypassForm | None = None, shown: bool = False) -> str:
    """The page; `shown`: with the whole number, which whoever asks for it has written down."""
    form = bypass or BypassForm(formdata=None)
    if bypass is None:
        form.minutes.data = "10"
    number = (user.phone if shown else phones.mask(user.phone)) if user.phone else ""
    stopped_at = opt_outs.stopped_at(user.phone) if user.phone else None
    until = moment(user.bypass_until) if (user.bypass_until or 0) > clock.now() else ""
    return render("pages/admin/user_security.html", head=head(user, SECURITY), user=user, notice=notice,
                  standing=_standing(user, stopped_at),
                  opted_out=stopped_at is not None,
                  number=number, shown=shown, number_tag=phone_tag(user.phone_state) if user.phone else None,
                  wrong_codes=_wrong_codes(user), bypass_until=until, password=_password(user), role=role_words(user.role),
                  roles=[("", _("No role")), *((role.value, str(words)) for role, words in ROLES.items())],
                  role_value=user.role.value if user.role else "", accounts=_accounts(user.id), form=form, last=_last(user),
                  stopped=user.wrong_codes > 0 or codes.paused_for(user) > 0, wrong=bool(form.minutes.errors or form.why.errors))


def done(user_id: int, said: str) -> ResponseReturnValue:
    """Back to the page, which says what was done."""
    return redirect(url_for(SECURITY, user_id=user_id, said=said), 303)


def refused(user_id: int, sentence: str, status: int = 409) -> ResponseReturnValue:
    """The page with the reason why nothing was done."""
    return page(found(user_id), Notice("bad", sentence)), status


def not_yours(user: Any, asked: What) -> ResponseReturnValue | None:
    """The refusal, written down, of somebody who may not look after that user; None for those who may."""
    return None if may_care_for(current_user.role, user.role) else not_cared_for_by_you(user.id, asked)


def not_cared_for_by_you(user_id: int, asked: What) -> ResponseReturnValue:
    """The refusal, written down, of somebody who may not look after that user."""
    audit.note(client(), Event(event=What.CHANGE_REFUSED, outcome="role", user_id=user_id, actor=current_user.actor,
                               detail={"asked": asked.value}))
    return refused(user_id, not_cared_for(), 403)


def _standing(user: Any, stopped_at: float | None) -> Standing:
    if stopped_at is not None:
        return Standing(Tag("bad", _("Stopped")),
                        _("This number answered STOP at %(when)s, so no text message goes to it.", when=moment(stopped_at)))
    if codes.locked(user):
        return Standing(Tag("bad", _("Locked")), _("Too many wrong codes. No code is sent until somebody unlocks it."))
    if pause := codes.paused_for(user):
        return Standing(Tag("wait", _("Paused")), _("After wrong codes, until %(when)s.", when=moment(clock.now() + pause)))
    if not user.phone:
        return Standing(Tag("wait", _("Will bind a phone")),
                        _("Where a code is asked for, they bind a number at the next login, or ask you, as the settings say."))
    if user.phone_state is PhoneState.FAILING:
        refused_by_carrier = _("The carrier refused the last text message to this number. Check it.")
        return Standing(Tag("bad", _("Does not arrive")), refused_by_carrier)
    return Standing(Tag("good", _("Ready")), _("Codes go to the number below.") if user.phone_state is PhoneState.PROVEN else
                    _("Codes go to the number below. The first one that is entered proves it."))


def _accounts(user_id: int) -> list[Account]:
    return [Account(id=each.id, source=each.title, called=each.called, since=listed(each.linked_at),
                    used=listed(each.used_at) if each.used_at else "", enabled=each.enabled)
            for each in identities.linked(user_id)]


def _wrong_codes(user: Any) -> str:
    return _("%(count)s of %(most)s", count=user.wrong_codes, most=settings().portal_limit_wrong_codes_per_user)


def _password(user: Any) -> str:
    if not user.password:
        return _("Not set")
    return _("Set, and to be replaced at the next login") if user.password_must_change else _("Set")


def _last(user: Any) -> str:
    return moment(user.last_sign_in_at) if user.last_sign_in_at else ""


def role_asked(value: str) -> Role | None:
    """The role that a form names; None for none. Raises ValueError for what is none of ours."""
    return Role(value) if value else None
