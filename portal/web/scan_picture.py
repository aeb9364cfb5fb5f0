"""How does an address become a picture that a phone's camera reads? Drawn here, by nobody else."""

from __future__ import annotations

from flask import request, url_for
from markupsafe import Markup

from portal.extensions import settings
from portal.web.trial_mode import PREFIX

SIZE, QUIET = 208, 4
"""Pixels; squares."""


def address(token: str) -> str:
    """What the picture says: the whole address at which a phone answers. The phone of a trial is no part of it."""
    return _root() + url_for("scan_phone.look", code=token).removeprefix(PREFIX)


def typing_address() -> str:
    """Where the letters are typed instead, as one reads it out."""
    return (_root() + url_for("scan_phone.type_letters").removeprefix(PREFIX)).partition("://")[2]


def _root() -> str:
    return settings().portal_url or request.host_url.rstrip("/")


def drawn(text: str) -> Markup:
    """A QR code with that text as SVG, `SIZE` pixels wide, of the fewest squares: from a screen nothing is torn off.

    Black on white in both themes, with its quiet zone (ISO/IEC 18004 6.3.8), or no camera reads it.
    """
    import segno  # 40 ms and 3 MB, for pages that show one

    drawing = segno.make_qr(text, error="l").svg_inline(border=QUIET, light="#fff", omitsize=True, svgclass=None, lineclass=None)
    # Its own size would be whole pixels for each square.
    return Markup(drawing.replace("<svg ", f'<svg width="{SIZE}" height="{SIZE}" ', 1))  # noqa: S704
