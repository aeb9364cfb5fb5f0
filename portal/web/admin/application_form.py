"""What does somebody type of an application, and what is said beside a field that cannot be taken?"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable

from flask import request
from flask_babel import gettext as _
from wtforms import BooleanField, FileField, StringField

from portal.applications import colours, logos
from portal.applications.faults import ApplicationFault
from portal.applications.logos import LogoFault, LogoRefused
from portal.applications.register import Profile
from portal.applications.upkeep import Asked, faults_of
from portal.web.form import Form

MOST_BYTES = 2 * 1024 * 1024
"""Of the whole form: twice the largest logo, so that one somewhat too large is refused beside its field."""


class ApplicationForm(Form):
    """An application's name, logo, home address and colour. A logo that was good is carried on while another field is not."""

    name = StringField()
    logo = FileField()
    home_address = StringField()
    colour = StringField(default=colours.PORTAL_ACCENT)
    drop_logo = BooleanField()
    kept_logo = StringField()

    def fill(self, application: Profile) -> None:
        """The application as it stands."""
        self.name.data, self.home_address.data = application.name, application.home_address
        self.colour.data = application.colour or colours.PORTAL_ACCENT

    def asked(self) -> Asked | None:
        """What is asked for; None if some field cannot be taken: each says why then."""
        wanted = Asked(name=self.name.data or "", home_address=self.home_address.data or "", colour=self.colour.data or "",
                       logo=self._redrawn(), drops_logo=bool(self.drop_logo.data))
        self.refuse(faults_of(wanted))
        return None if self.wrong else wanted

    def refuse(self, faults: Iterable[ApplicationFault]) -> None:
        """Say beside its field what is wrong with it."""
        for fault in faults:
            field, words = _words(fault, self.colour.data or "")
            self[field].errors = [words]

    @property
    def wrong(self) -> bool:
        """Whether some field cannot be taken."""
        return any(field.errors for field in self)

    def _redrawn(self) -> bytes | None:
        """The logo as it would be kept; None where none was chosen, or none that can be one."""
        file = request.files.get("logo")
        sent = file.read(logos.MOST_BYTES + 1) if file else b""
        try:
            logo = logos.redrawn(sent) if sent else self._kept()
        except LogoRefused as refused:
            self.logo.errors, self.kept_logo.data = [_logo_words(refused.fault)], ""
            return None
        self.kept_logo.data = b64encode(logo).decode() if logo else ""
        return logo

    def _kept(self) -> bytes | None:
        """The one of the form before. It comes from the browser again, so it is read as carefully as any other."""
        try:
            sent = b64decode(self.kept_logo.data or "", validate=True)
        except ValueError:
            return None
        return logos.redrawn(sent) if sent else None


def _words(fault: ApplicationFault, colour: str) -> tuple[str, str]:
    """The field that a fault is about, and what is said beside it."""
    match fault:
        case ApplicationFault.NAME:
            return "name", _("A name has 1 to 80 characters, and none that can’t be seen, such as direction marks.")
        case ApplicationFault.TAKEN:
            return "name", _("Another application has that name already.")
        case ApplicationFault.HOME_ADDRESS:
            return "home_address", _("That isn’t a whole address. It begins with https:// and has at most 500 characters.")
        case ApplicationFault.COLOUR:
            return "colour", _("A colour is written as # and six digits or letters from a to f.")
        case ApplicationFault.CONTRAST:
            ratio = colours.shown_contrast(colours.read(colour) or colours.WHITE)
            return "colour", _("Words in that colour would be hard to read: its contrast on white is %(ratio)s to 1, and 4.5 is "
                               "needed. Choose a darker one.", ratio=ratio)


def _logo_words(fault: LogoFault) -> str:
    said = {
        LogoFault.TOO_LARGE: _("That file is larger than 1 MB. Choose a smaller one."),
        LogoFault.TOO_MANY_PIXELS: _("That picture has more than 2048 × 2048 pixels. Choose a smaller one."),
        LogoFault.DRAWING: _("An SVG drawing can carry a program. Save it as PNG and choose that."),
        LogoFault.NO_PICTURE: _("That file is no whole picture. Choose a PNG, JPEG, WebP or GIF."),
    }
    return said[fault]
