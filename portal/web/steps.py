"""Where does a person go from here? Steps become addresses; and where may one return to?"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.signin import session
from portal.signin.flow import Moved, Step
from portal.signin.pending import NonePending

_ADDRESS = {Step.LOGIN: "login.show", Step.PHONE: "phone.show", Step.CODE: "code.show",
            Step.PASSWORD: "new_password.show", Step.HOME: "home.show"}
_LONGEST = 2_000


def go(moved: Moved, **query: Any) -> ResponseReturnValue:
    """To the page of the next step; once complete, to where the person wanted to go. A trial ends on its own page."""
    if moved.step is Step.HOME and session.trial_id() is not None:
        return redirect(url_for("trial_result.show"), 303)
    if moved.step is Step.HOME and (wanted := local(moved.next_address)):
        return redirect(wanted, 303)
    return redirect(url_for(_ADDRESS[moved.step], **query), 303)


def gone(why: NonePending) -> ResponseReturnValue:
    """There is no sign-in under way (any more): to the login page, which says why if there is a word for it."""
    return go(Moved(Step.LOGIN), **({"said": why.value} if why.value else {}))


def asked(moved: Moved) -> ResponseReturnValue:
    """On from a request for a message; a sign-in that is over by then has expired under the person's hands."""
    return gone(NonePending.EXPIRED) if moved.step is Step.LOGIN else go(moved)


def local(address: str | None) -> str | None:
    """The address, if it is a path of this portal; None for everything that could lead elsewhere (ASVS 3.7.2)."""
    if not address or len(address) > _LONGEST or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    if "\\" in address or any(ord(c) <= 0x20 or ord(c) == 0x7F for c in address):  # noqa: PLR2004
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None


def here() -> str | None:
    """The present address, to return to after signing in; None for the home page, where one lands anyway."""
    if request.method != "GET" or request.path == "/":
        return None
    return local(request.full_path.rstrip("?"))
