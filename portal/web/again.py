"""*Confirm that it is you*: the password or a linked account once more, and how a form goes on that had to wait for it."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import PasswordField

from portal.models import RequestPurpose
from portal.signin import flow, password
from portal.signin.flow import Held, Step
from portal.signin.password import Refused
from portal.signin.pending import NonePending
from portal.signin.visitor import proved_lately
from portal.web import limits, outside_inside, outside_words, phrases, round_trip, steps
from portal.web.again_ways import again_ways
from portal.web.client import client
from portal.web.deeds import deed
from portal.web.form import Form
from portal.web.phrases import Notice
from portal.web.proof import FIELD
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.round_trip import Failed

blueprint = Blueprint("again", __name__)


class AgainForm(Form):
    """The password of whoever is signed in here."""

    password = PasswordField()


@blueprint.get("/login/again")
def show() -> ResponseReturnValue:
    """The page; who has proved it just now goes on at once."""
    return redirect(_next(), 303) if proved_lately(current_user) else _page(AgainForm(), outside_words.said())


@blueprint.post("/login/again")
@limits.passwords
def confirm() -> ResponseReturnValue:
    """Check the password of the person signed in here, counted as every other try of it; then comes the code."""
    form = AgainForm()
    if not (form.password.data or "").strip():
        form.password.errors = [phrases.required("password")]
        return _page(form), 422
    proof = password.prove(_identifier(), form.password.data, client())
    if isinstance(proof, Refused) or proof.user_id != current_user.user_id:
        return _refused(form, proof.wait if isinstance(proof, Refused) else 0.0)
    moved = flow.confirm(proof, client(), _next())
    return steps.gone(NonePending.ENDED) if moved.step is Step.LOGIN else steps.go(moved)


@blueprint.post("/login/again/with/<name>")
@limits.forms
def away(name: str) -> ResponseReturnValue:
    """To an outside source with which this person is linked, to be asked there who they are."""
    source = next((source for source in again_ways().sources if source.name == name), None)
    if source is None:
        abort(404)
    form_id = request.args.get("form")
    left = outside_inside.leave(source, RequestPurpose.CONFIRM, url_for("again.show", form=form_id), form_id)
    if isinstance(left, Failed):
        return _page(AgainForm(), left.notice), left.status, limits.retry_after(round_trip.SECONDS)
    return left


@blueprint.get("/go-on")
def go_on() -> ResponseReturnValue:
    """What was kept, to be sent on by one press; or that it is kept no more, and where to do it again."""
    form = _held()
    kept = form is not None and form.fields is not None
    return render("pages/go_on.html", form=form, kept=kept, field=FIELD, deed=_deed(form), page=_page_of(form))


def _refused(form: AgainForm, wait: float) -> ResponseReturnValue:
    form.password.errors = [phrases.password_refused(wait) if wait else phrases.own_password_refused()]
    return (_page(form), 429, limits.retry_after(wait)) if wait else (_page(form), 422)


def _identifier() -> str:
    """What this person could log in with: tries here count as tries there."""
    return current_user.username or current_user.email or current_user.phone or ""


def _held() -> Held | None:
    return flow.held(current_user, request.args.get("form", ""))


def _deed(form: Held | None) -> str:
    return deed(form.endpoint) if form else ""


def _page_of(form: Held | None) -> str:
    return (form.page if form else None) or url_for("home.show")


def _next() -> str:
    return url_for("again.go_on", form=request.args.get("form"))


def _page(form: AgainForm, notice: Notice | None = None) -> str:
    held = _held()
    kept = request.args.get("form")
    return render("pages/again.html", form=form, notice=notice, deed=_deed(held), page=_page_of(held), ways=again_ways(),
                  kept=kept, account=current_user.display_name, action=url_for("again.confirm", form=kept))


@reopens("again.confirm", "again.away")
def _reopen(notice: Notice) -> str:
    return _page(AgainForm(), notice)
