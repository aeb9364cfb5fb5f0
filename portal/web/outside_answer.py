"""What is the word of an outside source good for, be it a provider far away or a directory asked from a form of ours?"""

from __future__ import annotations

from dataclasses import asdict

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import audit
from portal.applications import brand
from portal.applications.brand import Found
from portal.audit import Event, What
from portal.models import RequestPurpose
from portal.signin import flow, session
from portal.signin.flow import Visit
from portal.signin.password import refused_late
from portal.sources import people, requests
from portal.sources.people import Claimed, Refused, Stranger
from portal.sources.register import Source
from portal.sources.requests import Request
from portal.web import limits, outside_inside, round_trip, steps
from portal.web.client import client
from portal.web.login_form import LoginForm, page
from portal.web.outside_words import Word, unknown
from portal.web.phrases import Notice
from portal.web.round_trip import Failed


def used(source: Source, asked: Request, claimed: Claimed) -> ResponseReturnValue:
    """Use the word of a source for what it was asked for, once: to link, to confirm, or to log in."""
    if asked.purpose is RequestPurpose.LINK:
        return outside_inside.link(source, asked, claimed)
    if asked.purpose is RequestPurpose.CONFIRM:
        return outside_inside.confirm(source, asked, claimed)
    return _log_in(source, asked, claimed)


def application(asked: Request) -> Found | None:
    """The application through which the person came who was asked."""
    return brand.by_id(asked.application_id) if asked.application_id else None


def login_page(failed: Failed, came_for: Found | None) -> ResponseReturnValue:
    """The login page, with what went wrong above it."""
    headers = limits.retry_after(round_trip.SECONDS) if failed.status == round_trip.NOT_NOW else {}
    return page(LoginForm(), came_for, failed.notice), failed.status, headers


def _log_in(source: Source, asked: Request, claimed: Claimed) -> ResponseReturnValue:
    came_for = application(asked)
    if came_for and source.key in came_for.hidden:
        abort(404)
    proof = people.proof_of(source, claimed, client())
    if isinstance(proof, Stranger):
        return _stranger(source, asked, claimed, proof)
    if not isinstance(proof, Refused):
        moved = flow.begin(proof, Visit(client(), asked.application_id, asked.next_address))
        if moved is not None:
            return steps.go(moved)
        refused_late(proof, client())
    return login_page(round_trip.so(Word.REFUSED, source), came_for)


def _stranger(source: Source, asked: Request, claimed: Claimed, stranger: Stranger) -> ResponseReturnValue:
    """Nobody is linked with them: in a trial that is all; else they may say who they are here."""
    detail = {"source": source.key, "called": claimed.called}
    audit.note(client(), Event(event=What.FIRST_FACTOR_REFUSED, outcome=stranger.why.value, detail=detail))
    if asked.trial_id is not None:
        return page(LoginForm(), application(asked), Notice("info", unknown(stranger.why, source.title))), 403
    told = asdict(claimed) | {"why": stranger.why.value}
    token = requests.arrive(source, told, browser=session.browser(), trial_id=None, application_id=asked.application_id,
                            next_address=asked.next_address)
    return redirect(url_for("arrived.show", arrival=token), 303)
