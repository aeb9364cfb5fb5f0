"""Which page opens again when a form could not be taken? The one it was on, with all that was typed and a fresh token."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import make_response, redirect, request, url_for
from flask.wrappers import Response

from portal.web.admission import access_of, admits
from portal.web.phrases import Notice

log = logging.getLogger(__name__)
Page = Callable[[Notice], Any]
_pages: dict[str, Page] = {}


def reopens(*endpoints: str) -> Callable[[Page], Page]:
    """Name the page that opens again for a form of these endpoints; it is given the notice to show.

    It opens for those alone who may send the form; everybody else is led to the login page.
    """

    def keep(page: Page) -> Page:
        _pages.update(dict.fromkeys(endpoints, page))
        return page

    return keep


def reopened(notice: Notice, status: int) -> Response | None:
    """The page of the present form under `status`, or a redirect where it is not theirs to see; None when it cannot be shown."""
    page = _pages.get(request.endpoint or "") if request.method == "POST" else None
    if page is None:
        return None
    try:
        # The form may have been refused before it was asked who sent it.
        allowed = admits(access_of(request.endpoint or ""))
        answer = make_response(page(notice) if allowed else redirect(url_for("login.show"), 303))
    except Exception as fault:
        # The same thing may be missing that kept the form from being taken; what is asked here must not be a second fault.
        log.warning("page not reopened: %s", type(fault).__name__)
        return None
    if not answer.location:
        answer.status_code = status
    return answer
