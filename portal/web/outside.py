"""*Continue with …*: a browser goes to an outside source, and what its answer is good for when it comes back."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import audit
from portal.applications import brand
from portal.applications.brand import Found
from portal.audit import Event, What
from portal.models import RequestPurpose
from portal.signin import flow, session
from portal.signin.flow import Moved, Step, Visit
from portal.signin.password import refused_late
from portal.sources import outside, people, register, requests
from portal.sources.faults import SourceFault, Steps
from portal.sources.people import Claimed, Refused, Stranger
from portal.sources.register import Source
from portal.sources.requests import Request
from portal.sources.slots import Busy
from portal.web import came_for, limits, outside_inside, round_trip, steps
from portal.web.admission import anyone
from portal.web.client import client
from portal.web.login_form import LoginForm, page
from portal.web.outside_words import Word, unknown
from portal.web.phrases import Notice
from portal.web.round_trip import Failed
from portal.web.trial_mode import PREFIX, also_in_trials

blueprint = Blueprint("outside", __name__)


@blueprint.get("/login/with/<name>")
@anyone
@also_in_trials
@limits.forms
def go(name: str) -> ResponseReturnValue:
    """To the source, to log in with it. Who is signed in has no need of it."""
    if session.complete_token() is not None and current_user.is_authenticated:
        return steps.go(Moved(Step.HOME, request.args.get("next")))
    application = came_for.application()
    source = next((source for source in came_for.offered(application) if source.is_outside and source.name == name), None)
    if source is None:
        abort(404)
    address = round_trip.away(source, RequestPurpose.LOG_IN, application_id=application.id if application else None,
                              next_address=came_for.next_address())
    return _page(address, application) if isinstance(address, Failed) else redirect(address, 303)


@blueprint.get("/login/with/<name>/callback")
@anyone
@also_in_trials
@limits.forms
def callback(name: str) -> ResponseReturnValue:
    """Back from the source. The answer counts once, in the browser that asked, for what it was asked for."""
    state = request.args.get("state", "")
    if session.trial_id() is None and requests.trial_of(state) is not None:
        # The one registered address has no prefix; the trial's cookie applies under it alone.
        return redirect(PREFIX + request.full_path, 303)
    source = next((source for source in register.current() if source.kind in outside.REDIRECTING and source.name == name), None)
    if source is None:
        abort(404)
    asked = requests.answered(state, browser=session.browser(), trial_id=session.trial_id())
    if asked is None or asked.source_id != source.id:
        return _over(source)
    if not source.enabled and asked.purpose is not RequestPurpose.TRY:
        abort(404)
    return _answered(source, asked)


def _answered(source: Source, asked: Request) -> ResponseReturnValue:
    taken = Steps()
    try:
        claimed = outside.claimed(source, asked, request.args, round_trip.callback_address(source), steps=taken)
    except (SourceFault, Busy) as why:
        return _of_no_use(source, asked, taken, why)
    match asked.purpose:
        case RequestPurpose.TRY:
            return outside_inside.tried(source, asked, taken, claimed)
        case RequestPurpose.LINK:
            return outside_inside.link(source, asked, claimed)
        case RequestPurpose.CONFIRM:
            return outside_inside.confirm(source, asked, claimed)
        case RequestPurpose.LOG_IN:
            return _log_in(source, asked, claimed)


def _of_no_use(source: Source, asked: Request, taken: Steps, why: SourceFault | Busy) -> ResponseReturnValue:
    if asked.purpose is RequestPurpose.TRY:
        return outside_inside.tried(source, asked, taken, None)
    failed = round_trip.failed(source, why, asked.user_id)
    if asked.purpose is RequestPurpose.LOG_IN:
        return _page(failed, _application(asked))
    return outside_inside.back(asked, failed)


def _log_in(source: Source, asked: Request, claimed: Claimed) -> ResponseReturnValue:
    application = _application(asked)
    if application and source.key in application.hidden:
        abort(404)
    proof = people.proof_of(source, claimed, client())
    if isinstance(proof, Stranger):
        return _stranger(source, asked, claimed, proof)
    if not isinstance(proof, Refused):
        moved = flow.begin(proof, Visit(client(), asked.application_id, asked.next_address))
        if moved is not None:
            return steps.go(moved)
        refused_late(proof, client())
    return _page(round_trip.so(Word.REFUSED, source), application)


def _stranger(source: Source, asked: Request, claimed: Claimed, stranger: Stranger) -> ResponseReturnValue:
    """Nobody is linked with them: in a trial that is all; else they may say who they are here."""
    detail = {"source": source.key, "called": claimed.called}
    audit.note(client(), Event(event=What.FIRST_FACTOR_REFUSED, outcome=stranger.why.value, detail=detail))
    if asked.trial_id is not None:
        return page(LoginForm(), _application(asked), Notice("info", unknown(stranger.why, source.title))), 403
    told = asdict(claimed) | {"why": stranger.why.value}
    token = requests.arrive(source, told, browser=session.browser(), trial_id=None, application_id=asked.application_id,
                            next_address=asked.next_address)
    return redirect(url_for("arrived.show", arrival=token), 303)


def _over(source: Source) -> ResponseReturnValue:
    """Nobody here waits for this answer. Who is signed in has most likely gone back to an old page."""
    if current_user.is_authenticated:
        return steps.go(Moved(Step.HOME))
    return _page(round_trip.so(Word.OVER, source), came_for.application())


def _application(asked: Request) -> Found | None:
    return brand.by_id(asked.application_id) if asked.application_id else None


def _page(failed: Failed, application: Found | None) -> ResponseReturnValue:
    """The login page, with what went wrong above it."""
    headers = limits.retry_after(round_trip.SECONDS) if failed.status == round_trip.NOT_NOW else {}
    return page(LoginForm(), application, failed.notice), failed.status, headers
