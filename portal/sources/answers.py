"""Has a source sent the browser back with a code, or with an error, and with which secret is the code exchanged?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from portal.sources import secrets
from portal.sources.faults import Fault, SourceFault
from portal.sources.register import Source
from portal.sources.requests import Request

LONGEST_CODE = 4_096
_ERROR = re.compile(r"[a-z0-9_]{1,60}")
_ERRORS = {
    "access_denied": Fault.DENIED, "temporarily_unavailable": Fault.NOT_NOW, "server_error": Fault.NOT_NOW,
    "invalid_client": Fault.REFUSED_US, "unauthorized_client": Fault.REFUSED_US, "invalid_grant": Fault.CODE_REFUSED,
    "incorrect_client_credentials": Fault.REFUSED_US, "bad_verification_code": Fault.CODE_REFUSED,
}
"""RFC 6749 sections 4.1.2.1 and 5.2; the last two are GitHub's."""


def code_of(source: Source, request: Request, params: Mapping[str, str]) -> str:
    """The code in the answer to a request of that very source. Raises SourceFault."""
    if request.source_id != source.id:
        raise SourceFault(Fault.MIXED_UP)
    if "error" in params:
        raise said(params["error"])
    code = params.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE or not code.isprintable():
        raise SourceFault(Fault.UNREADABLE, "no code")
    return code


def said(error: object) -> SourceFault:
    """The fault that an error code means. What it is described with is left: anybody may have written that."""
    known = error if isinstance(error, str) and _ERROR.fullmatch(error) else "another"
    return SourceFault(_ERRORS.get(known, Fault.SAID_ERROR), known)


def secret_of(source: Source) -> str | None:
    """The client secret of the source; None if it has none. Raises SourceFault if it cannot be read any more."""
    try:
        return secrets.opened(source.id)
    except secrets.SecretUnreadable:
        raise SourceFault(Fault.SETTINGS, "secret") from None
