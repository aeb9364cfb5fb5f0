"""*Try it*: one whole talk with a source, step by step. Nobody comes in by it, and nobody is linked."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import PasswordField, StringField

from portal import audit
from portal.audit import Event, What
from portal.models import RequestPurpose, SourceKind
from portal.signin import session
from portal.sources import outside, requests, tries
from portal.sources.faults import SourceFault, Steps
from portal.sources.register import Source
from portal.sources.slots import Busy
from portal.sources.tries import Tried
from portal.web import limits, phrases, round_trip
from portal.web.admin import try_words
from portal.web.admin.source_words import found, reopened_source
from portal.web.admission import administrators
from portal.web.client import client
from portal.web.form import Form
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("source_try", __name__)
_PATH = "/admin/settings/sources/<int:source_id>"


class TryForm(Form):
    """Somebody of the directory, with their password."""

    identifier = StringField()
    password = PasswordField()


@blueprint.get(f"{_PATH}/try")
@administrators
def show(source_id: int) -> str:
    """What will happen; of a directory, the form for somebody in it."""
    return _page(_outside(source_id), TryForm(formdata=None))


@blueprint.get(f"{_PATH}/try/go")
@administrators
@limits.forms
def go(source_id: int) -> ResponseReturnValue:
    """To the source, in the administrator's own browser; it comes back to the address of every login."""
    source, taken = _outside(source_id), Steps()
    if source.kind not in outside.REDIRECTING:
        abort(404)
    opened = requests.begin(source, RequestPurpose.TRY, browser=session.browser(), trial_id=None,
                            user_id=current_user.user_id, sign_in_id=current_user.sign_in_id)
    try:
        address = outside.authorization_url(source, opened, round_trip.callback_address(source), steps=taken)
    except (SourceFault, Busy) as why:
        return _failed(source, taken, why)
    _note(source, "begun")
    return redirect(address, 303)


@blueprint.get(f"{_PATH}/tried/<int:request_id>")
@administrators
def tried(source_id: int, request_id: int) -> str:
    """How it ended, for whoever tried it."""
    source = _outside(source_id)
    ended = tries.kept(request_id, source_id=source_id, user_id=current_user.user_id)
    return _shown(source, ended) if ended else abort(404)


@blueprint.post(f"{_PATH}/try")
@administrators
@limits.passwords
def ask(source_id: int) -> ResponseReturnValue:
    """Ask a directory for that person, as a login would."""
    source, form, taken = _outside(source_id), TryForm(), Steps()
    if source.kind is not SourceKind.LDAP:
        return redirect(url_for("source_try.show", source_id=source_id), 303)
    if form.lacks({name: phrases.required(name) for name in ("identifier", "password")}):
        return _page(source, form), 422
    # Loaded with the first who asks, as at a login.
    from portal.sources import ldap

    try:
        claimed = ldap.check(source, form.identifier.data, form.password.data, steps=taken)
    except (SourceFault, Busy) as why:
        return _failed(source, taken, why)
    _note(source, "ok" if claimed else "refused")
    return _shown(source, tries.tried(taken, claimed))


def _outside(source_id: int) -> Source:
    source = found(source_id)
    return source if source.is_outside else abort(404)


def _failed(source: Source, taken: Steps, why: SourceFault | Busy) -> ResponseReturnValue:
    if isinstance(why, Busy):
        busy = Notice("care", _("The source can’t be asked at the moment. Try it again in a few seconds."))
        return _page(source, TryForm(formdata=None), busy), 503
    _note(source, "source")
    return _shown(source, tries.tried(taken, None))


def _note(source: Source, outcome: str) -> None:
    audit.note(client(), Event(event=What.SOURCE_TRIED, outcome=outcome, actor=current_user.actor, detail={"source": source.key}))


def _page(source: Source, form: TryForm, notice: Notice | None = None) -> str:
    return render("pages/admin/source_try.html", source=source, form=form, notice=notice,
                  directory=source.kind is SourceKind.LDAP, wrong=bool(form.identifier.errors or form.password.errors))


def _shown(source: Source, ended: Tried) -> str:
    claimed = ended.claimed
    return render("pages/admin/source_tried.html", source=source, steps=try_words.items(ended.steps), told=ended.told,
                  notice=try_words.outcome(ended), person=try_words.person(claimed) if claimed else [],
                  whose=try_words.whose(source, claimed) if claimed else None)


@reopens("source_try.ask")
def _reopen(notice: Notice) -> str:
    return _page(reopened_source(), TryForm(), notice)
