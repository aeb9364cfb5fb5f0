"""`flask portal cleanup`: remove what nobody needs any more."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import delete

from portal import clock, counters
from portal.cli.answer import json_option, tell
from portal.database import writing
from portal.imports import deciding
from portal.messages import allowances
from portal.messages.routing import credentials
from portal.models import Link, SignIn, State, Trial
from portal.signin import scanning
from portal.sources import requests, secrets

_PENDING_KEPT = 86_400
_ENDED_KEPT = 30 * 86_400


@click.command("cleanup")
@json_option
@with_appcontext
def cleanup(*, as_json: bool) -> None:
    """Remove what has expired: sign-ins, trials, links, scanned codes, requests to sources, budgets, counters, imports' rows.

    Safe at any time; records stay. What an earlier PORTAL_SECRET seals of sources and gateways, the present one seals.
    """
    now = clock.now()
    secrets.renew()
    credentials.renew()
    with writing() as connection:
        expired = (SignIn.expires_at < now - _PENDING_KEPT) & (SignIn.state != State.ENDED)
        sign_ins = connection.execute(delete(SignIn).where(expired | (SignIn.ended_at < now - _ENDED_KEPT))).rowcount
        trials = connection.execute(delete(Trial).where(Trial.ends_at < now - _ENDED_KEPT)).rowcount
        links = connection.execute(delete(Link).where(Link.expires_at < now)).rowcount
        codes, trips = scanning.prune(connection), requests.prune(connection)
        budgets = allowances.tidy(connection)
    removed = {"sign-ins": sign_ins, "trials": trials, "links": links, "codes to scan": codes,
               "requests to sources": trips, "budgets": budgets, "counters": counters.tidy(), "imports": deciding.tidy()}
    tell(removed, as_json, words=lambda told: ", ".join(f"{count} {name}" for name, count in told.items()) + " removed")
