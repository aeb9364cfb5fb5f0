"""Is this request part of an *Experience login*? Its pages are the login's own, under a prefix and with another cookie."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.signin import session, trials
from portal.signin.session_cookies import MARK, in_trial
from portal.web.rendering import render

PREFIX = "/trial"
"""Under it lie the pages of trials, and nothing else."""
View = TypeVar("View", bound=Callable[..., Any])
_ALSO, _ONLY = "also", "only"


def also_in_trials(view: View) -> View:
    """Mark a view as one that trials have too. One that is not marked does not exist there."""
    view.in_trials = _ALSO  # type: ignore[attr-defined]
    return view


def only_in_trials(view: View) -> View:
    """Mark a view as one that exists in trials alone."""
    view.in_trials = _ONLY  # type: ignore[attr-defined]
    return view


class TrialPrefix:
    """WSGI: moves the prefix of trials from the path to the place where the application lies, so that every address of a
    page that is made there begins with it."""

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Pass the request on."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(PREFIX) and path[len(PREFIX):len(PREFIX) + 1] in ("", "/"):
            environ[MARK] = True
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX
            environ["PATH_INFO"] = path[len(PREFIX):]
        answer: Iterable[bytes] = self.application(environ, start_response)
        return answer


def keep_apart() -> ResponseReturnValue | None:
    """Before every view: in a trial only what is marked, while it lasts; elsewhere nothing that is a trial's alone."""
    mark = getattr(current_app.view_functions.get(request.endpoint or ""), "in_trials", "")
    if not in_trial(request):
        return abort(404) if mark == _ONLY else None
    if trials.current() is None:
        return _over()
    return None if mark else abort(404)


def _over() -> ResponseReturnValue:
    """Gone for a browser that had one, not found for every other."""
    status = 404 if session.trial_id() is None else 410
    text = _("An Experience login lasts 15 minutes and for one browser. Start it again from the application’s details.")
    return render("pages/error.html", title=_("This trial is over"), text=text, status=status), status


def init_app(app: Flask) -> None:
    """Ask before every request, and let no address of a trial reach a page of the portal's."""
    app.before_request(keep_apart)
    app.wsgi_app = TrialPrefix(app.wsgi_app)  # type: ignore[method-assign]
