"""The text messages that were "sent", in development, to whoever sits at this machine."""

from __future__ import annotations

import ipaddress
from dataclasses import asdict

from flask import Blueprint, abort, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.messages.gateways import inbox
from portal.web.admission import anyone
from portal.web.moments import moment
from portal.web.rendering import render

blueprint = Blueprint("inbox", __name__)
_SHOWN = 50


@blueprint.get("/inbox")
@anyone
def show() -> ResponseReturnValue:
    """The newest messages, `?to=` a number; `?format=json` for programs. The address is the connection's own, no header's."""
    peer = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR", request.environ.get("REMOTE_ADDR", ""))
    if not _loopback(peer):
        abort(404)
    found = inbox.messages(limit=_SHOWN, to=(request.args.get("to") or "").replace("\0", ""))
    if request.args.get("format") == "json":
        return jsonify([asdict(message) for message in found])
    shown = [asdict(message) | {"at": moment(message.at, "HH:mm:ss")} for message in found]
    return render("pages/inbox.html", messages=shown, portal_url=url_for("login.show"))


def _loopback(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False
