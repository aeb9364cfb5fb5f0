"""The *Bind mobile phone number* window, for a sign-in under way whose user has none."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.models import State
from portal.signin import flow, pending
from portal.signin.codes import Obstacle, Refusal
from portal.signin.flow import Moved
from portal.signin.pending import Pending
from portal.signin.rules import Binder
from portal.web import limits, phrases, steps
from portal.web.admission import anyone
from portal.web.branding import branding
from portal.web.client import client
from portal.web.phone_form import PhoneForm
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.trial_mode import also_in_trials

blueprint = Blueprint("phone", __name__)
_STATUS = {Obstacle.TOO_SOON: 429, Obstacle.BUDGET: 429, Obstacle.PAUSED: 429, Obstacle.PREFIX_CLOSED: 429,
           Obstacle.CEILING: 429, Obstacle.NOT_ALLOWED: 403}


@blueprint.get("/login/phone")
@anyone
@also_in_trials
def show() -> ResponseReturnValue:
    """The window, as long as there is a number to be named."""
    now = pending.current()
    if not isinstance(now, Pending):
        return steps.gone(now)
    if not _may_name(now):
        return steps.go(Moved(flow.step_of(now.state)))
    form = PhoneForm()
    if now.phone:
        # What was typed before, or what the source suggests that the person came by.
        form.fill(now.phone)
    return _page(form, now)


@blueprint.post("/login/phone")
@anyone
@also_in_trials
@limits.forms
def bind() -> ResponseReturnValue:
    """Take the number and send a code to it."""
    form, now = PhoneForm(), pending.current()
    if not isinstance(now, Pending):
        return steps.gone(now)
    form.offer()
    number = form.number()
    if number is None:
        return _page(form, now), 422
    answer = flow.bind_phone(number, client())
    if isinstance(answer, Moved):
        return steps.asked(answer)
    return _refused(form, now, answer)


def _refused(form: PhoneForm, now: Pending, refusal: Refusal) -> ResponseReturnValue:
    form.phone.errors = [phrases.not_sent(refusal)]
    headers = limits.retry_after(refusal.seconds) if refusal.seconds else {}
    return _page(form, now), _STATUS.get(refusal.obstacle, 422), headers


def _may_name(now: Pending) -> bool:
    return now.state is State.AWAITING_PHONE or now.binding


def _page(form: PhoneForm, now: Pending, notice: Notice | None = None) -> str:
    form.offer()
    return render("pages/phone.html", form=form, notice=notice or _why(now), allowed=now.binder is Binder.USER,
                  changing=now.state is State.AWAITING_CODE, **branding(now.application))


def _why(now: Pending) -> Notice | None:
    return Notice("bad", phrases.phone_taken()) if now.phone_taken and now.binder is Binder.USER else None


@reopens("phone.bind")
def _reopen(notice: Notice) -> ResponseReturnValue:
    now = pending.current()
    if not isinstance(now, Pending):
        return steps.gone(now)
    form = PhoneForm()
    return _page(form, now, notice) if _may_name(now) else steps.go(Moved(flow.step_of(now.state)))
