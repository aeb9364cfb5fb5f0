"""*Advanced configuration* and *Security management*: whether an application has rules of its own, and how they stand."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.applications import register
from portal.applications.register import Profile
from portal.signin import standing
from portal.sources import offering
from portal.sources.offering import NoneLeft
from portal.web import limits
from portal.web.admin.application_offer import Offer, offer_sent, offer_view
from portal.web.admin.application_tabs import ADVANCED, SECURITY, head
from portal.web.admission import administrators, lately, readers
from portal.web.client import client
from portal.web.customising import CustomisePage
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.switching import SwitchPage

blueprint = Blueprint("application_security", __name__)
_PATH, _PAGE = "/admin/applications/<int:application_id>", "pages/admin/application_switches.html"


class _Security(SwitchPage):
    menu = "applications"

    def __init__(self, application: Profile) -> None:
        super().__init__(standing.of(str(application.id)))
        self.application = application

    def address(self, **query: Any) -> str:
        return url_for(SECURITY, application_id=self.application.id, **query)

    def render(self, **panels: Any) -> str:
        title = _("%(name)s: Security management", name=self.application.name)
        return render(_PAGE, title=title, head=head(self.application, SECURITY), **panels)


class _Advanced(CustomisePage):
    menu = "applications"

    def __init__(self, application: Profile) -> None:
        super().__init__(standing.of(str(application.id)))
        self.application = application
        self.offer: Offer | None = None

    def address(self, **query: Any) -> str:
        return url_for(ADVANCED, application_id=self.application.id, **query)

    def render(self, **panels: Any) -> str:
        title = _("%(name)s: Advanced configuration", name=self.application.name)
        offer = self.offer or offer_view(self.application.id)
        return render(_PAGE, title=title, head=head(self.application, ADVANCED), offer=offer, **panels)


@blueprint.get(f"{_PATH}/advanced")
@readers
def advanced(application_id: int) -> str:
    """Whether the application has rules of its own, and what would change by throwing the switch."""
    return _Advanced(register.show(application_id)).show()


@blueprint.post(f"{_PATH}/advanced")
@administrators
@lately
@limits.forms
def customise(application_id: int) -> ResponseReturnValue:
    """Give the application rules of its own, or the global ones again."""
    return _Advanced(register.show(application_id)).save()


@blueprint.post(f"{_PATH}/sources")
@administrators
@lately
@limits.forms
def offer(application_id: int) -> ResponseReturnValue:
    """Say which identity sources people come in by there."""
    sent = offer_sent()
    try:
        changed = offering.hide(application_id, sent.hidden, client(), seen=sent.seen, actor=current_user.actor)
    except NoneLeft:
        said = _("At least one source stays, or nobody could log in there.")
        return _offered(application_id, sent.hidden, Notice("bad", said)), 422
    if changed is None:
        said = _("Somebody changed meanwhile which sources are offered. Below is what you chose; save again if you still want "
                 "it.")
        return _offered(application_id, sent.hidden, Notice("care", said)), 409
    return redirect(url_for(ADVANCED, application_id=application_id, said="offered" if changed else "same"), 303)


@blueprint.get(f"{_PATH}/security")
@readers
def show(application_id: int) -> ResponseReturnValue:
    """The application's own switches; where they are not in force, to the page on which they are put in force."""
    application = register.show(application_id)
    return _Security(application).show() if application.customises else _to_advanced(application, "global")


@blueprint.post(f"{_PATH}/security")
@administrators
@lately
@limits.forms
def save(application_id: int) -> ResponseReturnValue:
    """Throw what was changed, or put one back."""
    application = register.show(application_id)
    return _Security(application).save() if application.customises else _to_advanced(application, "overtaken")


def _to_advanced(application: Profile, said: str) -> ResponseReturnValue:
    return redirect(url_for(ADVANCED, application_id=application.id, said=said), 303)


def _offered(application_id: int, hidden: Collection[str], notice: Notice) -> str:
    page = _Advanced(register.show(application_id))
    page.offer = offer_view(application_id, hidden)
    return page.page(page.scope.customises, notice)


@reopens("application_security.offer")
def _reopen_offer(notice: Notice) -> ResponseReturnValue:
    return _offered(_application().id, offer_sent().hidden, notice)


@reopens("application_security.customise")
def _reopen_advanced(notice: Notice) -> ResponseReturnValue:
    return _Advanced(_application()).reopen(notice)


@reopens("application_security.save")
def _reopen(notice: Notice) -> ResponseReturnValue:
    return _Security(_application()).reopen(notice)


def _application() -> Profile:
    return register.show(int((request.view_args or {})["application_id"]))
