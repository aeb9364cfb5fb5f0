"""The logo and the colour of an application, for the pages through which one comes to it: for anybody, as these are."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from portal.applications import brand, colours
from portal.applications.colours import Shades
from portal.web.admission import anyone
from portal.web.trial_mode import also_in_trials

blueprint = Blueprint("application_looks", __name__)
_YEAR = 31_536_000
_STYLESHEET = ":root{%s}@media (prefers-color-scheme:dark){:root{%s}}\n"


@blueprint.get("/applications/<client_id>/logo")
@anyone
@also_in_trials
def logo(client_id: str) -> Response:
    """The logo: always a PNG that the portal has drawn itself."""
    found = brand.picture(client_id)
    if found is None:
        abort(404)
    picture, version = found
    return _kept(Response(picture, mimetype="image/png"), version)


@blueprint.get("/applications/<client_id>/accent.css")
@anyone
@also_in_trials
def accent(client_id: str) -> Response:
    """The colour, as the few properties that it sets in each theme."""
    found = brand.find(client_id)
    if found is None or found.brand.colour is None:
        abort(404)
    shades = colours.accent(found.brand.colour)
    sheet = _STYLESHEET % (_properties(shades.light), _properties(shades.dark))
    return _kept(Response(sheet, mimetype="text/css"), found.brand.version)


def _properties(shades: Shades) -> str:
    return f"--accent:{shades.accent};--accent-over:{shades.over};--on-accent:{shades.on};--accent-tint:{shades.tint}"


def _kept(answer: Response, version: int) -> Response:
    """For ever under the address of its version; under any other it may change, and is not kept."""
    if request.args.get("v") == str(version):
        answer.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return answer
