"""*Continue with …*: a browser goes to an outside source, and what its answer is good for when it comes back."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.models import RequestPurpose
from portal.signin import session
from portal.signin.flow import Moved, Step
from portal.sources import outside, register, requests
from portal.sources.faults import SourceFault, Steps
from portal.sources.register import Source
from portal.sources.requests import Request
from portal.sources.slots import Busy
from portal.web import came_for, limits, outside_answer, outside_inside, round_trip, steps
from portal.web.admission import anyone
from portal.web.outside_words import Word
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
    return outside_answer.login_page(address, application) if isinstance(address, Failed) else redirect(address, 303)


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
    if asked.purpose is RequestPurpose.TRY:
        return outside_inside.tried(source, asked, taken, claimed)
    return outside_answer.used(source, asked, claimed)


def _of_no_use(source: Source, asked: Request, taken: Steps, why: SourceFault | Busy) -> ResponseReturnValue:
    if asked.purpose is RequestPurpose.TRY:
        return outside_inside.tried(source, asked, taken, None)
    failed = round_trip.failed(source, why, asked.user_id)
    if asked.purpose is RequestPurpose.LOG_IN:
        return outside_answer.login_page(failed, outside_answer.application(asked))
    return outside_inside.back(asked, failed)


def _over(source: Source) -> ResponseReturnValue:
    """Nobody here waits for this answer. Who is signed in has most likely gone back to an old page."""
    if current_user.is_authenticated:
        return steps.go(Moved(Step.HOME))
    return outside_answer.login_page(round_trip.so(Word.OVER, source), came_for.application())
