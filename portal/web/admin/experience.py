"""The button *Experience login*: an administrator tries the login of an application, beside their own session."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.signin import session_cookies, trials
from portal.web import limits
from portal.web.admission import administrators
from portal.web.client import client
from portal.web.trial_mode import PREFIX

blueprint = Blueprint("experience", __name__)


@blueprint.post("/admin/applications/<int:application_id>/experience")
@administrators
@limits.forms
def start(application_id: int) -> ResponseReturnValue:
    """Begin a trial, whose cookie comes beside the administrator's own, and lead to its login page."""
    started = trials.start(application_id, client(), actor=current_user.actor)
    answer = make_response(redirect(f"{PREFIX}/login?application={started.client_id}", 303))
    session_cookies.hand_trial(current_app, answer, started.id)
    return answer
