"""May this form be carried out now, or does it wait until the person has proved once more that it is them?"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.signin import flow
from portal.signin.flow import Held
from portal.signin.visitor import proved_lately
from portal.web import steps
from portal.web.client import client

FIELD = "held"
"""The field by which a form that has waited says so when it is sent again."""
_NOT_TYPED = ("csrf_token", FIELD)


def waits() -> ResponseReturnValue | None:
    """None lets the form of the present request through; else it is kept, and its sender asked for the proof."""
    if not proved_lately(current_user):
        form_id = flow.hold(current_user, _form(), client())
        return redirect(url_for("again.show", form=form_id), 303)
    if sent_on := request.form.get(FIELD):
        flow.release(current_user, sent_on)
    return None


def _form() -> Held:
    """What was sent, without its token: the page that sends it on writes a new one. A file is not kept, nor what came with it."""
    typed = [[name, value] for name, value in request.form.items(multi=True) if name not in _NOT_TYPED]
    path = steps.local(request.full_path.rstrip("?")) or request.path
    return Held(endpoint=request.endpoint or "", path=path, page=_page(), fields=None if _files() else typed)


def _files() -> bool:
    return any(file.filename for file in request.files.values())


def _page() -> str | None:
    """The page on which the form stood, to go back to."""
    try:
        came = urlsplit(request.referrer or "")
    except ValueError:
        # Anything can stand in that header, such as half an IPv6 address.
        return None
    if came.netloc != request.host:
        return None
    return steps.local(came.path + (f"?{came.query}" if came.query else ""))
