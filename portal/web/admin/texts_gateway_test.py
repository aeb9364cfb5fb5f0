"""*Send a test message* by one gateway, and what it said, in words."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.accounts import phones
from portal.extensions import settings
from portal.messages import sender, trying
from portal.messages.allowances import Spent
from portal.messages.routing import credentials
from portal.messages.routing.register import Gateway
from portal.models import Channel, MessageState
from portal.web import limits, phrases
from portal.web.admin import texts_reasons
from portal.web.admin.message_words import state_tag
from portal.web.admin.texts_gateway_page import unusable
from portal.web.admin.texts_words import found, reopened_gateway
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.language import current
from portal.web.phone_form import PhoneForm
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.row_ids import LARGEST

blueprint = Blueprint("texts_gateway_test", __name__)
_PATH = "/admin/settings/texts/gateways/<int:gateway_id>/test"
_FOLLOWED = 60
"""Seconds for which the page looks for a receipt by itself."""
_UNDER_WAY = (MessageState.WAITING, MessageState.SENDING)


@blueprint.get(_PATH)
@administrators
def show(gateway_id: int) -> str:
    """The form; with `message` also how that test stands, which the page follows by itself."""
    gateway, form = found(gateway_id), PhoneForm()
    form.offer()
    asked = request.args.get("message", type=int)
    row = trying.outcome(asked, gateway) if asked and 0 < asked <= LARGEST else None
    if asked and row is None:
        abort(404)
    if row is not None:
        form.fill(row.phone)
    return _page(gateway, form, row)


@blueprint.post(_PATH)
@administrators
@lately
@limits.forms
def send(gateway_id: int) -> ResponseReturnValue:
    """Send one, by this gateway and no other, if the rules against fraud let it."""
    gateway, form = found(gateway_id), PhoneForm()
    form.offer()
    origin = credentials.origin(gateway, settings())
    if not origin.usable:
        return _page(gateway, form, notice=unusable(origin)), 409
    number = form.reachable()
    if number is None:
        return _page(gateway, form), 422
    sent = trying.send(gateway, number, client(), locale=current(), actor=current_user.actor)
    if isinstance(sent, Spent):
        wait = _("The budget of messages is used up. Try again in %(time)s.", time=phrases.span(sent.seconds))
        return _page(gateway, form, notice=Notice("care", wait)), 429, limits.retry_after(sent.seconds)
    return redirect(url_for("texts_gateway_test.show", gateway_id=gateway_id, message=sent), 303)


def _page(gateway: Gateway, form: PhoneForm, row: Any = None, notice: Notice | None = None) -> str:
    calls = trying.channel(gateway) is Channel.VOICE
    if row is None:
        return render("pages/admin/texts_gateway_test.html", gateway=gateway, form=form, calls=calls, notice=notice, told=None)
    return render(
        "pages/admin/texts_gateway_test.html", gateway=gateway, form=form, calls=calls, notice=notice, told=_told(row),
        tag_=state_tag(row.state), row=row, to=phones.mask(row.phone), busy=_busy(row),
        here=url_for("texts_gateway_test.show", gateway_id=gateway.id, message=row.id))


def _busy(row: Any) -> bool:
    if row.state in _UNDER_WAY:
        return True
    return row.state is MessageState.SENT and (row.settled_at or 0) > clock.now() - _FOLLOWED


def _told(row: Any) -> tuple[str, str]:
    """What the gateway said, and what helps."""
    if row.state is MessageState.SENT:
        return _("The gateway has taken the message."), _("Now see whether it arrives. A receipt, if the gateway sends any, is "
                                                          "shown here.")
    if row.state is MessageState.DELIVERED:
        return _("It has arrived on the phone, says the gateway."), _("Nothing remains to be done.")
    if row.state is MessageState.EXPIRED:
        return _("It did not leave in time."), _no_sender() or _("See whether other messages wait, too.")
    if row.reason:
        again = _("It is tried again by itself.") if row.state is MessageState.WAITING else ""
        what = _("%(what)s.", what=texts_reasons.sentence(row.reason))
        return what, " ".join(filter(None, (again, texts_reasons.remedy(row.reason))))
    return _("The message is on its way to the gateway."), _no_sender()


def _no_sender() -> str:
    return "" if sender.alive() else _("No sender is running, so no message leaves. Start it: flask portal sender.")


@reopens("texts_gateway_test.send")
def _reopen(notice: Notice) -> str:
    form = PhoneForm()
    form.offer()
    return _page(reopened_gateway(), form, notice=notice)
