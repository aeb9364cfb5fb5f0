"""What does the page of one gateway show?"""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from portal.audit.changes import Overtaken
from portal.extensions import settings
from portal.health import gateways
from portal.health.gateways import Fared
from portal.health.untried import untried
from portal.messages import standing
from portal.messages.routing import credentials
from portal.messages.routing.credentials import Origin
from portal.messages.routing.kinds import VONAGE
from portal.messages.routing.register import Gateway
from portal.messages.routing.upkeep import differences
from portal.messages.routing.wanted import Asked
from portal.models import GatewayKind
from portal.web.admin import texts_hooks, texts_reasons
from portal.web.admin.audit_words import fact_label
from portal.web.admin.texts_gateway_form import GatewayForm
from portal.web.admin.texts_words import hour_words, is_new, kind_title, tags, variables
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.rendering import render


def page(
    gateway: Gateway, form: GatewayForm | None = None, *, version: int | None = None, notice: Notice | None = None,
) -> str:
    """The page; `form`: as somebody has just sent it, made from that `version`."""
    fared, changed = gateways.lately().get(gateway.name, Fared()), untried([gateway]).get(gateway.name)
    failing = fared.failing and not is_new(fared, changed)
    shown = {
        "hooks": texts_hooks.of(gateway), "gateway": gateway, "kind": kind_title(gateway.kind), "tried": changed is None,
        "tags": tags(gateway, fared, changed),
        "hour": hour_words(fared),
        "notice": notice, "variables": variables(gateway), "origin": credentials.origin(gateway, settings()).value,
        "why": texts_reasons.whole(fared.reason) if fared.reason else "", "failing": failing,
        "rules": [route.prefix for route in standing.fresh().routes if any(c.gateway == gateway.name for c in route.choices)],
    }
    if gateway.of_environment:
        return render("pages/admin/texts_gateway_fixed.html", setters=setters(gateway), **shown)
    typed = form or GatewayForm(gateway.kind, blank=True)
    if form is None:
        typed.fill(gateway)
    return render("pages/admin/texts_gateway.html", form=typed, version=version or gateway.version,
                  kept=credentials.names(gateway), **asks(gateway.kind, by_environment=bool(shown["variables"])), **shown)


def asks(kind: GatewayKind, *, by_environment: bool) -> dict[str, object]:
    """What the fields of a kind are, for the component `texts_gateway_fields`."""
    vonage = kind in VONAGE
    return {"of_vonage": vonage, "by_environment": by_environment,
            "pair": vonage and kind is not GatewayKind.VONAGE_VOICE, "application": vonage and kind is not GatewayKind.VONAGE_SMS,
            "calls": kind is GatewayKind.VONAGE_VOICE}


def setters(gateway: Gateway) -> list[tuple[str, str]]:
    """The variables that set the environment's gateway, and what they say."""
    said = settings()
    return [("PORTAL_GATEWAY", said.portal_gateway), ("PORTAL_GATEWAY_RATE", str(gateway.per_second)),
            ("VONAGE_SENDER", gateway.sender)]


def unusable(origin: Origin) -> Notice:
    """What is said where a gateway is to be turned on that has nothing to send with."""
    lost = _("Its credentials can’t be read any more, for PORTAL_SECRET has changed. Enter them once more, then turn it on.")
    return Notice("bad", lost if origin is Origin.UNREADABLE else _("It has no credentials. Enter them first, then turn it on."))


def said() -> Notice | None:
    """What was just done."""
    sentences = {
        "added": Notice("good", _("The gateway is added and still off. Send a test message, then turn it on.")),
        "saved": Notice("good", _("Saved. It holds at once.")),
        "same": Notice("info", _("Nothing was changed.")),
        "enabled": Notice("good", _("On. Messages go by it.")),
        "disabled": Notice("good", _("Off. No message goes by it any more.")),
    }
    return sentences.get(request.args.get("said", ""))


def meanwhile(overtaken: Overtaken[Gateway], asked: Asked) -> Notice:
    """What is said where somebody changed the gateway since the form was shown: who, and what holds now of what was typed."""
    who = _("Somebody changed this gateway meanwhile, so nothing was saved.")
    if last := overtaken.last:
        who = _("%(who)s changed this gateway meanwhile (%(when)s), so nothing was saved.", who=last.actor, when=moment(last.at))
    differ = {fact_label(name): each["before"] for name, each in differences(overtaken.now, asked).items()
              if isinstance(each, dict)}
    now = "; ".join(f"{label}: {value or '–'}" for label, value in differ.items())
    holds = _("What holds now: %(facts)s.", facts=now) if now else ""
    return Notice("care", " ".join(filter(None, (who, holds, _("What you typed is still here, but for secrets; save again if you "
                                                               "still want it.")))))
