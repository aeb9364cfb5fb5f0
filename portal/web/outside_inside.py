"""What is the answer of a source good for that somebody asked for who is signed in? To link, to confirm, or to try it."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import audit
from portal.audit import Event, What
from portal.models import RequestPurpose, SourceKind
from portal.signin import flow, linking
from portal.signin.flow import Step
from portal.sources import people, tries
from portal.sources.claims import Claimed
from portal.sources.faults import Steps
from portal.sources.identities import Link
from portal.sources.register import Source
from portal.sources.requests import Request
from portal.web import round_trip, steps
from portal.web.client import client
from portal.web.outside_words import OF_LINKING, Word
from portal.web.rendering import render
from portal.web.round_trip import Failed

_PAGES = {RequestPurpose.LINK: "account_sources.show", RequestPurpose.CONFIRM: "again.show"}


def leave(source: Source, purpose: RequestPurpose, page: str, kept: str | None = None) -> ResponseReturnValue | Failed:
    """To the source, on the word of a form that stood on `page`; `kept`: what is found again on the way back.

    A form must not lead to another host, so a page goes on by itself.
    """
    address = round_trip.away(source, purpose, user_id=current_user.user_id, sign_in_id=current_user.sign_in_id,
                              next_address=kept)
    if isinstance(address, Failed) or source.kind is SourceKind.LDAP:
        return address if isinstance(address, Failed) else redirect(address, 303)
    return render("pages/leaving.html", source=source.title, address=address, page=page)


def link(source: Source, asked: Request, claimed: Claimed) -> ResponseReturnValue:
    """Link who came back with the person whose sign-in sent them there."""
    if not _mine(asked):
        return _ended()
    outcome = linking.link(Link(source, current_user.user_id, claimed), client(), current_user.actor)
    return redirect(_back(asked, OF_LINKING[outcome], source.name), 303)


def confirm(source: Source, asked: Request, claimed: Claimed) -> ResponseReturnValue:
    """They are who is signed in here, if their account there is linked with this user."""
    if not _mine(asked):
        return _ended()
    proof = people.proof_again(source, claimed, client())
    if proof is None or proof.user_id != current_user.user_id:
        detail = {"source": source.key, "called": claimed.called, "again": True}
        refused = Event(event=What.FIRST_FACTOR_REFUSED, outcome="refused", user_id=current_user.user_id, detail=detail)
        audit.note(client(), refused)
        return redirect(_back(asked, Word.ANOTHER, source.name), 303)
    moved = flow.confirm(proof, client(), url_for("again.go_on", form=asked.next_address))
    return _ended() if moved.step is Step.LOGIN else steps.go(moved)


def tried(source: Source, asked: Request, taken: Steps, claimed: Claimed | None) -> ResponseReturnValue:
    """Keep what the source told for the administrator who tries it, and show it."""
    if not _mine(asked):
        return _ended()
    tries.keep(asked.id, taken, claimed)
    return redirect(url_for("source_try.tried", source_id=source.id, request_id=asked.id), 303)


def back(asked: Request, failed: Failed) -> ResponseReturnValue:
    """To the page that sent them there, which says why it came to nothing."""
    return redirect(_back(asked, failed.word, failed.name), 303) if _mine(asked) else _ended()


def _back(asked: Request, said: Word, source: str) -> str:
    kept: dict[str, Any] = {"form": asked.next_address} if asked.purpose is RequestPurpose.CONFIRM else {}
    return url_for(_PAGES[asked.purpose], said=said.value, source=source, **kept)


def _mine(asked: Request) -> bool:
    """Whether the sign-in that began this is the one of this browser, complete, and proven as the portal requires."""
    return bool(current_user.is_authenticated and current_user.proven and asked.sign_in_id == current_user.sign_in_id)


def _ended() -> ResponseReturnValue:
    return redirect(url_for("login.show", said="ended"), 303)
