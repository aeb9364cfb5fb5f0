"""*Settings › Text messages › Rules*: which numbers go by which gateways, and which way would this one go?"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from portal.accounts import phones
from portal.extensions import settings
from portal.messages import standing
from portal.messages.routing.choosing import Choice, Route
from portal.messages.standing import Standing
from portal.web.admin.texts_route_words import Answer, answer, numbers_words
from portal.web.admin.texts_tabs import RULES, parts
from portal.web.admission import administrators
from portal.web.phrases import Notice
from portal.web.rendering import render

blueprint = Blueprint("texts_rules", __name__)


@dataclass(frozen=True, kw_only=True)
class Named:
    """A gateway in a rule: what it is called, its sender there, and whether messages go by it."""

    title: str
    sender: str
    usable: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """One rule in the list."""

    url: str
    numbers: str
    gateways: tuple[Named, ...]


@blueprint.get("/admin/settings/texts/rules")
@administrators
def show() -> str:
    """All rules, and with `to` the ways to that number."""
    said = {
        "saved": Notice("good", _("Saved. It holds at once.")), "same": Notice("info", _("Nothing was changed.")),
        "added": Notice("good", _("The rule is added. It holds at once.")), "deleted": Notice("good", _("The rule is deleted.")),
    }
    stands, typed = standing.fresh(), request.args.get("to", "").strip()
    return render(
        "pages/admin/texts_rules.html", parts=parts(RULES), notice=said.get(request.args.get("said", "")),
        heads=(_("Numbers"), _("Gateways in their order")), typed=typed, answer=_answer(typed, stands),
        lines=[_line(route, stands) for route in _ordered(stands.routes)], gateways=len(stands.gateways))


def _ordered(routes: tuple[Route, ...]) -> list[Route]:
    """By their digits, that for everywhere else last."""
    return sorted(routes, key=lambda route: (not route.prefix, route.prefix))


def _line(route: Route, stands: Standing) -> Line:
    return Line(url=url_for("texts_rule.show", route_id=route.id), numbers=numbers_words(route.prefix),
                gateways=tuple(_named(choice, stands) for choice in route.choices))


def _named(choice: Choice, stands: Standing) -> Named:
    gateway = stands.named(choice.gateway)
    return Named(title=gateway.title if gateway else choice.gateway, usable=gateway is not None and gateway.enabled,
                 sender=choice.sender or "")


def _answer(typed: str, stands: Standing) -> Answer | None:
    """What is said of a number; None where none was typed."""
    if not typed:
        return None
    number = phones.parse(typed, settings().portal_home_country or None)
    return answer(number, stands) if number else Answer.not_a_number()
