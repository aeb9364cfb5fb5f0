"""`flask portal doctor`: is this portal fit to be used?"""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from portal.cli import findings
from portal.cli.answer import json_option, tell
from portal.cli.findings import Finding


@click.command("doctor")
@json_option
@with_appcontext
def doctor(*, as_json: bool) -> None:
    """Check settings, database, counters, queue, sender and gateway; exit status 1 when something is wrong."""
    found = findings.all_findings()
    tell([vars(finding) for finding in found], as_json, words=lambda _told: "\n".join(_line(finding) for finding in found))
    sys.exit(1 if any(not finding.well for finding in found) else 0)


def _line(finding: Finding) -> str:
    return f"{'ok ' if finding.well else '✗  '} {finding.part}: {finding.words}"
