"""The *Verification code login* page: the code, sending it again, and the way out."""

from __future__ import annotations

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import StringField

from portal.extensions import settings
from portal.models import Channel, State
from portal.signin import flow, pending, session
from portal.signin.codes import Refusal
from portal.signin.flow import CodeReason, CodeVerdict, Moved, Step
from portal.signin.pending import NonePending, Pending
from portal.web import limits, phrases, progress, steps
from portal.web.admission import anyone
from portal.web.branding import branding
from portal.web.client import client
from portal.web.form import Form
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.trial_mode import also_in_trials

blueprint = Blueprint("code", __name__)


class CodeForm(Form):
    """The code from the text message."""

    code = StringField()


@blueprint.get("/login/code")
@anyone
@also_in_trials
def show() -> ResponseReturnValue:
    """The page; for a complete sign-in that lacks the second factor, the question whether to send a code."""
    now = pending.current()
    if isinstance(now, Pending):
        return _page(CodeForm(), now) if now.state is State.AWAITING_CODE else steps.go(Moved(flow.step_of(now.state)))
    if _signed_in():
        return steps.go(Moved(Step.HOME, request.args.get("next"))) if current_user.proven else _ask_to_step_up()
    return steps.gone(now)


@blueprint.post("/login/code")
@anyone
@also_in_trials
def verify() -> ResponseReturnValue:
    """Check the code. Tries are counted where they are checked: per code, per sign-in and per user."""
    form = CodeForm()
    verdict = flow.submit_code(form.code.data or "", client())
    if verdict.reason is CodeReason.RIGHT or verdict.moved.step in (Step.PHONE, Step.PASSWORD):
        return steps.go(verdict.moved)
    if verdict.moved.step is Step.LOGIN:
        return _over(verdict)
    empty = verdict.reason is CodeReason.MALFORMED and not (form.code.data or "").strip()
    form.code.errors = [phrases.required("code") if empty else phrases.code_refused(verdict, settings().portal_code_length)]
    return _again(form, 429 if verdict.seconds else 422, verdict.seconds)


def _over(verdict: CodeVerdict) -> ResponseReturnValue:
    """The sign-in is over: by too many wrong codes, by time, by another tab, or it is complete already."""
    if verdict.reason is CodeReason.DEAD:
        return steps.gone(NonePending.WRONG_CODES)
    if _signed_in():
        return steps.go(Moved(Step.HOME))
    now = pending.current()
    return steps.gone(NonePending.ENDED if isinstance(now, Pending) else now)


@blueprint.post("/login/code/resend")
@anyone
@also_in_trials
@limits.forms
def resend() -> ResponseReturnValue:
    """Send the code again; or send the first one of a step-up."""
    if _signed_in() and current_user.proven:
        return steps.go(Moved(Step.HOME, request.args.get("next")))
    if session.complete_token() and not session.pending_token():
        answer = flow.step_up(client(), steps.local(request.args.get("next")))
    else:
        answer = flow.resend(client())
    if isinstance(answer, Moved):
        return steps.asked(answer)
    return _refused(answer)


@blueprint.post("/login/code/call")
@anyone
@also_in_trials
@limits.forms
def call() -> ResponseReturnValue:
    """Tell the code by a call. A step-up begins with a text: whoever is inside is asked for that first."""
    if _signed_in():
        return steps.go(Moved(Step.HOME if current_user.proven else Step.CODE))
    answer = flow.resend(client(), Channel.VOICE)
    return steps.asked(answer) if isinstance(answer, Moved) else _refused(answer)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    notice = Notice("care", phrases.not_sent(refusal))
    return _again(CodeForm(), 429 if refusal.seconds else 422, refusal.seconds or 0.0, notice)


@blueprint.post("/login/cancel")
@anyone
@also_in_trials
def cancel() -> ResponseReturnValue:
    """End the sign-in under way, or that of a person who is asked for more than they have."""
    if session.pending_token():
        flow.cancel(client())
    else:
        flow.log_out(client())
    return steps.go(Moved(Step.LOGIN), said="cancelled")


@blueprint.get("/login/code/state")
@anyone
@also_in_trials
def state() -> ResponseReturnValue:
    """What became of the message, for the page's script, and whether the page is to be opened anew: it tells no more."""
    now = pending.current()
    if not isinstance(now, Pending) or now.state is not State.AWAITING_CODE:
        return jsonify(done=True)
    view = progress.of(now)
    shown = {name: getattr(view, name) for name in ("state", "sentence", "valid", "resend_in", "pause")}
    return jsonify(done=False, anew=request.args.get("shape") != view.shape, **shown)


def _signed_in() -> bool:
    return session.complete_token() is not None and bool(current_user.is_authenticated)


def _again(form: CodeForm, status: int, seconds: float, notice: Notice | None = None) -> ResponseReturnValue:
    now = pending.current()
    if not isinstance(now, Pending):
        return steps.gone(now)
    if now.code_expires_at is None and form.code.errors:
        notice = Notice("bad", form.code.errors[0])
    return _page(form, now, notice), status, limits.retry_after(seconds) if seconds else {}


def _page(form: CodeForm, now: Pending, notice: Notice | None = None) -> str:
    view = progress.of(now)
    if notice and notice.text == view.sentence:
        notice = None
    return render("pages/code.html", form=form, view=view, notice=notice, length=settings().portal_code_length,
                  state_url=url_for("code.state", shape=view.shape), **branding(now.application))


def _ask_to_step_up() -> str:
    """The portal asks for more than this sign-in has given, and sends a text only when the person says so."""
    wanted = steps.local(request.args.get("next"))
    return render("pages/step_up.html", next_address=wanted, bound=current_user.phone is not None)


@reopens("code.verify", "code.resend", "code.call", "code.cancel")
def _reopen(notice: Notice) -> ResponseReturnValue:
    now = pending.current()
    if not isinstance(now, Pending):
        return steps.gone(now)
    return _page(CodeForm(), now, notice) if now.state is State.AWAITING_CODE else steps.go(Moved(flow.step_of(now.state)))
