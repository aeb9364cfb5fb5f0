"""*Experience login*: the page on which it ends, which shows what happened, step by step."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from portal.signin import session, trial_story, trials
from portal.signin.flow import Moved, Step
from portal.signin.trials import Tried
from portal.web import limits, steps
from portal.web.admission import anyone
from portal.web.client import client
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.trial_mode import only_in_trials
from portal.web.trial_words import chapter

blueprint = Blueprint("trial_result", __name__)


@blueprint.get("/result")
@anyone
@only_in_trials
def show() -> str:
    """Every login of this trial, the newest first."""
    return _page(_tried())


@blueprint.post("/result/again")
@anyone
@only_in_trials
@limits.forms
def again() -> ResponseReturnValue:
    """Another login in the same trial: this browser forgets the last one."""
    session.forget()
    return steps.go(Moved(Step.LOGIN))


@blueprint.post("/result/end")
@anyone
@only_in_trials
@limits.forms
def end() -> str:
    """End the trial; its cookie goes with it."""
    tried = _tried()
    trials.end(tried, client())
    return render("pages/trial_ended.html", application=tried.application)


def _tried() -> Tried:
    return trials.current() or abort(404)


def _page(tried: Tried, notice: Notice | None = None) -> str:
    chapters = [chapter(login, tried) for login in trial_story.story(tried)]
    return render("pages/trial_result.html", tried=tried, chapters=chapters, ends=moment(tried.ends_at, "HH:mm"), notice=notice)


@reopens("trial_result.again", "trial_result.end")
def _reopen(notice: Notice) -> str:
    return _page(_tried(), notice)
