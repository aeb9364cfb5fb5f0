"""Who may open this address? Every view says so; one that does not is for signed-in people only."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from portal import audit
from portal.audit import Event, What
from portal.extensions import csrf
from portal.models import Role
from portal.web import proof
from portal.web.client import client
from portal.web.steps import here

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    """Who may open an address."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in, second factor given where the policy requires it"
    CONSOLE = "the same, with any role in the console"
    READERS = "the same, as administrator or auditor"
    HELPDESK = "the same, as administrator or helpdesk"
    ADMINISTRATOR = "the same, as administrator"


_ROLES = {
    Access.CONSOLE: frozenset(Role),
    Access.READERS: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Access.HELPDESK: frozenset({Role.ADMINISTRATOR, Role.HELPDESK}),
    Access.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
}

_MEMORY_WITH_FILES = 512 * 1024

def anyone(view: View) -> View:
    """Mark a view as open to anyone. It must check for itself what it needs of a sign-in under way."""
    view.access = Access.ANYONE  # type: ignore[attr-defined]
    return view


def console(view: View) -> View:
    """Mark a view as open to everybody who has a role in the console."""
    view.access = Access.CONSOLE  # type: ignore[attr-defined]
    return view


def readers(view: View) -> View:
    """Mark a view as open to those who may read everything: administrators and auditors."""
    view.access = Access.READERS  # type: ignore[attr-defined]
    return view


def helpdesk(view: View) -> View:
    """Mark a view as open to those who look after users: administrators and the helpdesk."""
    view.access = Access.HELPDESK  # type: ignore[attr-defined]
    return view


def administrators(view: View) -> View:
    """Mark a view as open to administrators only."""
    view.access = Access.ADMINISTRATOR  # type: ignore[attr-defined]
    return view


def lately(view: View) -> View:
    """Mark a view whose form is carried out for those alone who have given password and code a short while ago."""
    view.lately = True  # type: ignore[attr-defined]
    return view


def machines(view: View) -> View:
    """Mark a view as one for programs that bring no session: open to anyone, and its POSTs are no forms of ours.

    It must check for itself who sent what. Nothing in its answer is kept by a browser.
    """
    view.access = Access.ANYONE  # type: ignore[attr-defined]
    view.machines = True  # type: ignore[attr-defined]
    return view


def takes_files(most: int) -> Callable[[View], View]:
    """Mark a view as one whose form may be up to `most` bytes long, from those who may open it."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def access_of(endpoint: str) -> Access:
    """Who may open an endpoint. A forgotten mark fails closed."""
    if endpoint == "static":
        return Access.ANYONE
    return getattr(current_app.view_functions[endpoint], "access", Access.SIGNED_IN)


def admits(access: Access) -> bool:
    """Whether the present visitor may open what is open to `access`."""
    if access is Access.ANYONE:
        return True
    if not (current_user.is_authenticated and current_user.proven):
        return False
    return access is Access.SIGNED_IN or current_user.role in _ROLES[access]


def may_open(endpoint: str) -> bool:
    """Whether the present visitor may open that page; False for one that does not exist. For menus and buttons."""
    return endpoint in current_app.view_functions and admits(access_of(endpoint))


def admit() -> ResponseReturnValue | None:
    """Before every view: let the request through, send it to the login page, ask for the second factor, or refuse."""
    if request.endpoint is None:
        return None
    access = access_of(request.endpoint)
    if getattr(current_app.view_functions[request.endpoint], "machines", False):
        g.machine = True
        return None
    if request.method == "POST":
        _allow_files(access)
        _refuse_forged()
    if access is Access.ANYONE:
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("login.show", next=here()), 303)
    if not current_user.proven:
        return redirect(url_for("code.show", next=here()), 303)
    if not admits(access):
        audit.note(client(), Event(event=What.PAGE_REFUSED, outcome="role", user_id=current_user.user_id,
                                   sign_in_id=current_user.sign_in_id, detail={"page": request.endpoint}))
        abort(403)
    g.personal = True
    return proof.waits() if _wants_proof() else None


def _wants_proof() -> bool:
    return request.method == "POST" and getattr(current_app.view_functions[request.endpoint or ""], "lately", False)


def _allow_files(access: Access) -> None:
    """Only those who may send a file here may send a long form: for everybody else the usual bound holds."""
    most = getattr(current_app.view_functions[request.endpoint or ""], "most_bytes", 0)
    if most and admits(access):
        request.max_content_length = most
        # The parser holds its unread buffer against this bound too: with the usual one, one read of a file can exceed it.
        request.max_form_memory_size = _MEMORY_WITH_FILES


def _refuse_forged() -> None:
    """A form must carry the seed of this browser's session; and browsers say themselves when another site sent it."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise CSRFError("sent by another site")
    csrf.protect()
    # Of a body without a length the parser reads as far as it may and leaves the rest: a form that was cut is none.
    if request.content_length is None and request.environ["wsgi.input"].read(1):
        abort(413)


def init_app(app: Flask) -> None:
    """Ask before every request, and let templates ask what they may offer."""
    app.before_request(admit)
    app.jinja_env.globals["may_open"] = may_open
