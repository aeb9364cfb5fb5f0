"""*Webhooks*: what gateways tell us of what they took, and what people answered. For machines, which sign what they say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from portal import clock
from portal.extensions import settings
from portal.messages import opt_outs
from portal.messages.receipts import accounts, answers, applying, arrived, news, plain, refused
from portal.messages.receipts.arrived import Arrived, Kind
from portal.messages.receipts.plain import Unreadable
from portal.messages.receipts.signed import Account, Believed, Refusal
from portal.trace import Client
from portal.web.admission import machines
from portal.web.client import address

blueprint = Blueprint("hooks", __name__)
log = logging.getLogger(__name__)
Heed = Callable[[Mapping[str, Any], Believed, bool], None]
"""Does what a webhook says: its words, whose it is, and whether it was signed."""
_UNSIGNED = frozenset({Refusal.UNSIGNED, Refusal.NO_SECRET})


@blueprint.route("/hooks/vonage/status", methods=["GET", "POST"])
@machines
def status() -> Response:
    """What became of a text message."""
    return _taken(_of_text, Kind.TEXT)


@blueprint.route("/hooks/vonage/inbound", methods=["GET", "POST"])
@machines
def inbound() -> Response:
    """What somebody answered to one."""
    return _taken(_answered, Kind.ANSWER)


@blueprint.post("/hooks/vonage/voice")
@machines
def voice() -> Response:
    """What became of a call."""
    return _taken(_of_call, Kind.CALL)


def _of_text(said: Mapping[str, Any], whose: Believed, signed: bool) -> None:
    read = news.of_text if "messageId" in said else news.of_message
    applying.apply(read(said), whose.gateways, signed=signed)


def _of_call(said: Mapping[str, Any], whose: Believed, signed: bool) -> None:
    applying.apply(news.of_call(said, request.args.get("message", "")), whose.gateways, signed=signed)


def _answered(said: Mapping[str, Any], whose: Believed, signed: bool) -> None:
    """Only a signature says that it came from that number: else anybody could have texts to somebody else stopped."""
    answer = answers.read(said)
    wish = opt_outs.wish(answer.words) if answer else None
    if answer and wish and signed:
        opt_outs.answered(answer.phone, wish, whose.gateways[0], at=plain.believed(answer.at, clock.now()))


def _taken(heed: Heed, kind: Kind) -> Response:
    """Check it before anything else: nothing is read from a database for what is forged."""
    came, known = _came(), accounts.known(settings())
    whose = _believed(came, known, kind)
    if isinstance(whose, Believed):
        return _refused(Refusal.REPEATED, known) if refused.is_repeat(whose.mark) else _heeded(came, whose, heed)
    if whose in _UNSIGNED and settings().vonage_unsigned_hooks == "on" and known:
        return _done(came, Believed(tuple(each.gateway for each in known), ""), heed)
    return _refused(whose, known)


def _believed(came: Arrived, known: list[Account], kind: Kind) -> Believed | Refusal:
    """Whether it can be believed here: at another's address it would be passed over, and then be a repeat at its own."""
    whose = arrived.check(came, known, clock.now())
    astray = isinstance(whose, Believed) and arrived.kind(came) not in (kind, None)
    return Refusal.HOOK if astray else whose


def _came() -> Arrived:
    query = request.query_string if request.method in ("GET", "HEAD") else None
    return Arrived(
        authorization=request.headers.get("Authorization", ""), body=b"" if query is not None else request.get_data(),
        query=query, form=request.mimetype == "application/x-www-form-urlencoded")


def _heeded(came: Arrived, whose: Believed, heed: Heed) -> Response:
    try:
        answer = _done(came, whose, heed)
    except Exception:
        refused.may_come_again(whose.mark)
        raise
    refused.is_heeded(whose.mark)
    refused.none_refused()
    return answer


def _done(came: Arrived, whose: Believed, heed: Heed) -> Response:
    try:
        said = arrived.read(came)
    except Unreadable:
        log.warning("a webhook cannot be read")
        return _answer(400)
    heed(said, whose, bool(whose.mark))
    return _answer(200)


def _refused(refusal: Refusal, known: list[Account]) -> Response:
    agent = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    refused.note(Client(address=address(), agent=agent[:256]), refusal, known)
    return _answer(401)


def _answer(status: int) -> Response:
    """A status and nothing else: whoever forged a webhook learns nothing of why it was refused (RFC 9110 section 11.6.1)."""
    answer = Response("", status, mimetype="text/plain")
    if status == 401:  # noqa: PLR2004
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
