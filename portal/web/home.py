"""The home page of a signed-in user, and the way out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import phones
from portal.models import Method
from portal.signin import flow
from portal.signin.flow import Moved, Step
from portal.sources import register
from portal.web import steps
from portal.web.admission import anyone
from portal.web.client import client
from portal.web.moments import moment
from portal.web.rendering import render

blueprint = Blueprint("home", __name__)


@dataclass(frozen=True)
class Person:
    """What the page shows of the person."""

    name: str
    username: str | None
    email: str | None
    phone: str | None


@blueprint.get("/")
def show() -> str:
    """Home, for administrators too."""
    user = current_user
    person = Person(user.display_name, user.username, user.email, phones.mask(user.phone) if user.phone else None)
    sources = register.offered()
    return render("pages/home.html", person=person, how=_how(user.methods), since=moment(user.completed_at),
                  outside=any(source.is_outside for source in sources),
                  scan=any(source.key == register.SCAN for source in sources))


def _how(methods: dict[str, float]) -> str:
    if Method.SMS in methods:
        return _("You are logged in. Verified by text message at %(time)s.", time=moment(methods[Method.SMS], "HH:mm"))
    if Method.BYPASS in methods:
        return _("You are logged in. An administrator let you in once without a code.")
    return _("You are logged in.")


@blueprint.post("/logout")
@anyone
def logout() -> ResponseReturnValue:
    """Log out: the row ends, then the cookie goes, then what the browser kept."""
    flow.log_out(client())
    answer = make_response(steps.go(Moved(Step.LOGIN), said="logged-out"))
    # Never "cookies": that would clear those of every application beside the portal.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
