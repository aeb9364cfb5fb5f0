"""The *Scan code* page of the login: a code for a phone that is signed in, and the way in once it is confirmed there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import StringField

from portal import clock
from portal.applications import brand
from portal.applications.brand import Found
from portal.models import SourceKind
from portal.signin import flow, scanning, session
from portal.signin.flow import Moved, Step, Visit
from portal.signin.scanning import Shown, Stand, Used
from portal.sources.register import SCAN
from portal.web import came_for, limits, scan_picture, scan_words, steps
from portal.web.admission import anyone
from portal.web.branding import branding
from portal.web.client import client
from portal.web.form import Form
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.scan_pace import pace
from portal.web.trial_mode import also_in_trials
from portal.web.ways import ways

blueprint = Blueprint("scan", __name__)


class ScanForm(Form):
    """The code that the page shows, so that it can be shown once more."""

    code = StringField()
    letters = StringField()


@blueprint.get("/login/scan")
@anyone
@also_in_trials
@limits.scans
def show() -> ResponseReturnValue:
    """The page with a new code; a person who is signed in already has no need of it."""
    if _inside():
        return steps.go(Moved(Step.HOME, request.args.get("next")))
    return _fresh(_application())


@blueprint.post("/login/scan")
@anyone
@also_in_trials
@limits.forms
def enter() -> ResponseReturnValue:
    """Go on with a code that the phone has confirmed; until it has, the page shows the same code."""
    form, application = ScanForm(), _application()
    used = scanning.use(form.code.data or "", session.browser(), client())
    if isinstance(used, Used):
        # The application of the code, which may hide this way since, and not the address's, which anybody may have changed.
        if used.application_id and not _is_way_in(brand.by_id(used.application_id)):
            abort(404)
        moved = flow.begin(used.proof, Visit(client(), used.application_id, came_for.next_address()))
        return steps.go(moved) if moved else _over(scanning.refused_late(used, client()), application)
    shown = _still_shown(form) if used is Stand.SHOWN else None
    if shown is None:
        return _over(Stand.EXPIRED if used is Stand.SHOWN else used, application)
    notice = Notice("care", _("The phone has not confirmed yet. Scan the code, then confirm there."))
    return _page(shown, application, notice), 422


@blueprint.get("/login/scan/state")
@anyone
@also_in_trials
def state() -> ResponseReturnValue:
    """Whether the phone has answered, and in how many seconds to ask again: for the page's script. It costs one read."""
    stand = scanning.watch(request.args.get("code", ""), session.browser())
    return jsonify(state=stand.value, again=pace.seconds() if stand is Stand.SHOWN else None)


def _inside() -> bool:
    return session.complete_token() is not None and bool(current_user.is_authenticated)


def _application() -> Found | None:
    """The application that somebody comes for. Where one does not come in by a scanned code, there is no such page."""
    application = came_for.application()
    return application if _is_way_in(application) else abort(404)


def _is_way_in(application: Found | None) -> bool:
    return any(source.key == SCAN for source in came_for.offered(application))


def _still_shown(form: ScanForm) -> Shown | None:
    return scanning.still_shown(form.code.data or "", form.letters.data or "", session.browser())


def _fresh(application: Found | None, notice: Notice | None = None) -> str:
    shown = scanning.fresh(session.browser(), client(), application.id if application else None)
    return _page(shown, application, notice)


def _page(shown: Shown, application: Found | None, notice: Notice | None = None) -> str:
    letters = f"{shown.letters[:4]}-{shown.letters[4:]}"
    return render(
        "pages/scan.html", shown=shown, letters=letters, seconds=max(0, int(shown.expires_at - clock.now())), notice=notice,
        picture=scan_picture.drawn(scan_picture.address(shown.token)), typing_address=scan_picture.typing_address(),
        state_url=url_for("scan.state", code=scanning.digest_of(shown.token)), again=pace.seconds(),
        action=url_for("scan.enter", **came_for.kept()), **_frame(application))


def _over(stand: Stand, application: Found | None) -> ResponseReturnValue:
    said = scan_words.showing(stand)
    return render("pages/scan_over.html", title=said.title, text=said.text, **_frame(application)), said.status


def _frame(application: Found | None) -> dict[str, Any]:
    """What both pages show around a code."""
    return {"ways": ways(came_for.offered(application), SourceKind.SCAN), "new_url": url_for("scan.show", **came_for.kept()),
            **branding(application.brand if application else None)}


@reopens("scan.enter")
def _reopen(notice: Notice) -> ResponseReturnValue:
    """With the code that the page showed, or with a new one where that is over."""
    if _inside():
        return steps.go(Moved(Step.HOME, request.args.get("next")))
    application = _application()
    shown = _still_shown(ScanForm())
    return _page(shown, application, notice) if shown else _fresh(application, notice)
