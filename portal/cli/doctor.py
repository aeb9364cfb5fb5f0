"""`flask portal doctor`: is this portal fit to be used?"""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from portal.cli.answer import json_option, tell
from portal.health import findings
from portal.health.conditions import Condition, Finding
from portal.messages import alarms
from portal.messages.alarms.words import title

MOST_NAMED = 10
"""Alarms that are told by name."""
_WORDS = {
    Condition.UNREACHABLE: "cannot be reached: {}.",
    Condition.FIT: "fit for production.",
    Condition.DEVELOPMENT: "for development. In production these would stop the start: {}",
    Condition.SERVER: "{}",
    Condition.ONE_FILE: "{}; right for one machine.",
    Condition.UP_TO_DATE: "up to date.",
    Condition.OUT_OF_DATE: "out of date: run `flask db upgrade`.",
    Condition.IN_REDIS: "in Redis.",
    Condition.BESIDE: "shared beside the database.",
    Condition.WAITING: "{} waiting.",
    Condition.RUNNING: "running.",
    Condition.SILENT: "not heard of for 20 s: start gunicorn with PORTAL_SENDER=on, or `flask portal sender`.",
    Condition.CHOSEN: "{}",
    Condition.UNTRIED: "nothing has gone since what it sends with was entered by {}: `flask portal gateway test`.",
    Condition.NO_COUNTRY: "no text goes out: PORTAL_COUNTRIES allows none of the countries that the guard’s rules name.",
    Condition.NO_GATEWAY: "none for texts is in use, so nobody can get a code: add one in Settings › Text messages (`flask "
                          "portal user bypass` lets you in without a code), `flask portal gateway enable`, or PORTAL_GATEWAY.",
    Condition.CREDENTIALS_MISSING: "credentials missing for {}: set them by the environment, or in Settings › Text messages.",
    Condition.KEY_UNREADABLE: "the private key cannot be read for {}: an RSA key as PKCS#8 PEM, without a password.",
    Condition.MISDESCRIBED: "its settings cannot be used for {}: open and save it in Settings › Text messages.",
    Condition.INBOX: "inbox: messages are shown at /inbox and sent to nobody.",
    Condition.THERE: "there is one.",
    Condition.MISSING: "none yet: `flask portal welcome` prints a one-time link.",
    Condition.USABLE: "outside sources in use: {}.",
    Condition.SECRET_LOST: "no secret can be read for {}, for PORTAL_SECRET has changed: enter it once more.",
    Condition.NOT_SECURE: "asked without TLS: {}.",
    Condition.SIGNED: "signed by as many gateways: {}.",
    Condition.NO_SIGNATURE: "refused, for no signature secret is known for {}: nobody learns whether a message has arrived.",
    Condition.UNSIGNED: "taken unsigned, from whoever finds the address: set the signature secret and VONAGE_UNSIGNED_HOOKS=off.",
    Condition.RINGS: "{} See Settings › Text messages › Alarms, or the log.",
    Condition.TOLD: "ways to tell the operator: {}.",
    Condition.LOG_ONLY: "in the log only: set PORTAL_ALARM_MAIL or PORTAL_ALARM_WEBHOOK.",
    Condition.LIBRARY_MISSING: "{}: pip install --require-hashes -r requirements-ldap.txt",
    Condition.SAID: "texts say what was written for them.",
    Condition.PASSED_OVER: "no longer fit, and not sent, for {}: write them anew on Settings › Text messages › Wording.",
}


@click.command("doctor")
@json_option
@with_appcontext
def doctor(*, as_json: bool) -> None:
    """Check settings, database, counters, queue, sender and gateway; exit status 1 when something is wrong."""
    found = findings.all_findings()
    told = [{"part": finding.part, "well": finding.well, "words": _words(finding)} for finding in found]
    tell(told, as_json, words=lambda _told: "\n".join(_line(finding) for finding in found))
    sys.exit(1 if any(not finding.well for finding in found) else 0)


def _words(finding: Finding) -> str:
    detail = _ringing() if finding.condition is Condition.RINGS else finding.detail
    return _WORDS[finding.condition].format(detail)


def _ringing() -> str:
    """Which alarms ring, the first of them by name: strangers can raise one for each country."""
    found = alarms.ringing()
    names = [title(alarm.kind, alarm.subject) for alarm in found[:MOST_NAMED]]
    more = [f"{len(found) - MOST_NAMED} more"] if len(found) > MOST_NAMED else []
    return f"{len(found)} ringing: {'; '.join([*names, *more])}."


def _line(finding: Finding) -> str:
    return f"{'ok ' if finding.well else '✗  '} {finding.part}: {_words(finding)}"
