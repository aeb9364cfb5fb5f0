"""How is it said what a gateway is, and how it stands?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.extensions import settings
from portal.health.gateways import Fared
from portal.messages import standing
from portal.messages.routing import credentials
from portal.messages.routing.credentials import Origin
from portal.messages.routing.kinds import VONAGE
from portal.messages.routing.register import Gateway
from portal.models import Channel, GatewayKind
from portal.web.admin import texts_reasons
from portal.web.phrases import Notice
from portal.web.tags import Tag

SHOW = "texts_gateway.show"
"""The page of one gateway, by its endpoint."""
KINDS = {
    GatewayKind.VONAGE: (_l("Vonage Messages API"), _l("Text messages. Its webhooks say whether each has arrived.")),
    GatewayKind.VONAGE_SMS: (_l("Vonage SMS API"), _l("Text messages by Vonage’s older interface, with key and secret.")),
    GatewayKind.VONAGE_VOICE: (_l("Vonage Voice API"), _l("Calls the phone and reads the code out: “Call me instead”.")),
    GatewayKind.HTTP: (_l("HTTP"), _l("Any provider that takes a text message as one HTTP request.")),
    GatewayKind.MAIL: (_l("Mail"), _l("A provider that makes a text message of a mail.")),
}
"""What can be added: the title of each kind, and what it is for."""
_ORIGINS = {
    Origin.ENVIRONMENT: _l("From the environment"), Origin.ENTERED: _l("Entered here"), Origin.NONE: _l("None needed"),
    Origin.MISSING: _l("Missing"), Origin.UNREADABLE: _l("Can’t be read"),
}
_VARIABLES = ("VONAGE_API_KEY", "VONAGE_API_SECRET", "VONAGE_APPLICATION_ID", "VONAGE_PRIVATE_KEY", "VONAGE_SIGNATURE_SECRET")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One gateway in the list."""

    id: int
    url: str
    title: str
    name: str
    kind: str
    credentials: Tag
    tags: tuple[Tag, ...]
    hour: str
    trouble: str
    pace: str
    fixed: bool


def found(gateway_id: int) -> Gateway:
    """The gateway of that id; otherwise the page that says that there is none."""
    return next((each for each in standing.fresh().gateways if each.id == gateway_id), None) or abort(404)


def changeable(gateway_id: int) -> Gateway:
    """The same, if it can be changed here: the environment's can't."""
    gateway = found(gateway_id)
    return abort(404) if gateway.of_environment else gateway


def reopened_gateway() -> Gateway:
    """The gateway of a form that could not be taken."""
    return found((request.view_args or {})["gateway_id"])


def kind_title(kind: GatewayKind) -> str:
    """What a kind is called."""
    return str(KINDS[kind][0]) if kind in KINDS else _("Inbox")


def line(gateway: Gateway, fared: Mapping[str, Fared], changed: float | None) -> Line:
    """A gateway as the list shows it; `changed`: since when nothing has gone by it, if what it sends with is new."""
    mine = fared.get(gateway.name, Fared())
    return Line(
        id=gateway.id, url=url_for(SHOW, gateway_id=gateway.id), title=gateway.title, name=gateway.name,
        kind=kind_title(gateway.kind), credentials=origin_tag(gateway), tags=tags(gateway, mine, changed),
        hour=hour_words(mine),
        trouble=texts_reasons.sentence(mine.reason) if mine.failing and mine.reason and not is_new(mine, changed) else "",
        pace=_("%(count)s a second", count=gateway.per_second), fixed=gateway.of_environment)


def tags(gateway: Gateway, fared: Fared, changed: float | None) -> tuple[Tag, ...]:
    """How it stands: whether it is in use, whether it fails or nobody knows yet, whether it calls."""
    states = [Tag("good", _("On")) if gateway.enabled else Tag("off", _("Off"))]
    states += [Tag("bad", _("Fails"))] if fared.failing and not is_new(fared, changed) else []
    states += [Tag("wait", _("Not tried yet"))] if is_new(fared, changed) else []
    states += [Tag("info", _("Calls"))] if Channel.TEXT not in gateway.channels else []
    return tuple(states)


def is_new(fared: Fared, changed: float | None) -> bool:
    """Whether nothing was to go by it since what it sends with was `changed`: what failed before says nothing of it."""
    return changed is not None and fared.at <= changed


def origin_tag(gateway: Gateway) -> Tag:
    """Where its credentials come from."""
    origin = credentials.origin(gateway, settings())
    return Tag("off" if origin.usable else "bad", str(_ORIGINS[origin]))


def hour_words(fared: Fared) -> str:
    """What it did in the last hour."""
    if not fared.went and not fared.lost:
        return _("Nothing")
    return _("%(sent)s sent, %(failed)s failed", sent=fared.went, failed=fared.lost)


def variables(gateway: Gateway) -> list[str]:
    """The variables of the environment that have the credentials of this gateway; none where it has none."""
    if not credentials.of_environment(gateway, settings()):
        return []
    return vonage_variables() if gateway.kind in VONAGE else ["PORTAL_GATEWAY_SECRETS"]


def vonage_variables() -> list[str]:
    """The variables that have the credentials of all Vonage gateways, where the environment has any."""
    named = settings().vonage_api_key or settings().vonage_application_id
    return [name for name in _VARIABLES if getattr(settings(), name.lower())] if named else []


def first_of_environment(gateways: Sequence[Gateway]) -> Notice | None:
    """What is said where the gateway of the environment stands before others that are on: they get what it does not take."""
    if len(gateways) == 1 or not gateways or not gateways[0].of_environment:
        return None
    if gateways[0].kind is GatewayKind.INBOX:
        return Notice("care", _(
            "“Inbox” comes first and takes every text message: it is shown at /inbox and sent to nobody. The others carry tests, "
            "and what a rule gives them, until the portal is started with PORTAL_GATEWAY=console."))
    return Notice("info", _(
        "“%(name)s” comes first, for the environment names it. The others carry what it surely did not take, and what a rule "
        "gives them. To set the order here, start the portal with PORTAL_GATEWAY=console.", name=gateways[0].title))


def last_for_texts(gateway: Gateway) -> bool:
    """Whether no other gateway in use carries text messages."""
    others = (each for each in standing.fresh().gateways if each.id != gateway.id and each.enabled)
    return gateway.enabled and Channel.TEXT in gateway.channels and not any(Channel.TEXT in each.channels for each in others)
