"""What stands above every page of one application? Its name and logo, what can be done with it, and its tabs."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from portal.applications.register import Profile
from portal.web.tabs import Tab, tabs

DETAILS, ADVANCED, SECURITY = "application.details", "application_security.advanced", "application_security.show"
TEXT = "texts_wording.show"
"""The pages of an application, by their endpoints: which of them is the present one is said to `head`."""


@dataclass(frozen=True)
class Head:
    """What the component `application_head` draws."""

    id: int
    name: str
    logo_url: str | None
    tabs: tuple[Tab, ...]


def head(application: Profile, current: str) -> Head:
    """The head of the page `current` of an application. *Security management* is there only where it has rules of its own."""
    labels = {DETAILS: _("Application details"), ADVANCED: _("Advanced configuration")}
    if application.customises:
        labels[SECURITY] = _("Security management")
    labels[TEXT] = _("Text message")
    return Head(application.id, application.name, logo_url(application), tabs(labels, current, application_id=application.id))


def logo_url(application: Profile) -> str | None:
    """Where the application's logo is, if it has one. Its address changes with it, so it may be kept for ever."""
    if not application.has_logo:
        return None
    return url_for("application_looks.logo", client_id=application.client_id, v=application.version)
