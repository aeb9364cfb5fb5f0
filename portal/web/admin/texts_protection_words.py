"""What does the page of the guard against toll fraud say: of what is closed, used and refused, and of its rules?"""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

import config
from portal.extensions import settings
from portal.health import guarding
from portal.health.guarding import Closing, Refused
from portal.messages.guard import budgets
from portal.messages.guard.budgets import part
from portal.messages.guard.doors import Door
from portal.messages.guard.rules import Kind, Rules
from portal.web import countries
from portal.web.admin.texts_guard_form import amount_words
from portal.web.events import outcome_words
from portal.web.moments import moment
from portal.web.tags import Tag

KINDS = {Kind.MOBILE: _l("Mobile phones"), Kind.LANDLINE: _l("Landlines"), Kind.VOIP: _l("VoIP numbers"),
         Kind.PERSONAL: _l("Personal numbers")}
_LIMITS = {
    "hour": _l("per number and hour"), "day": _l("per number and day"), "bind": _l("per number while it is bound"),
    "user": _l("per user and day"), "address": _l("per address and hour"), "prefix": _l("per country and hour"),
    "all": _l("of the portal and hour"), budgets.NEW: _l("of new numbers"), budgets.TODAY: _l("messages of the day"),
    "money": _l("money of the day"), "breaker": _l("codes did not come back"), "unverified": _l("codes did not come back"),
    "trial": _l("codes did not come back"), "by hand": _l("closed by a person"), "country": _l("country not allowed"),
    "kind": _l("kind of number not allowed"), "not valid": _l("not a whole number"),
}
_SHOWN = 5
_OF_ENVIRONMENT = (
    "portal_countries", "portal_resend_pause", "portal_limit_texts_per_prefix", "portal_limit_texts_in_all",
    "portal_limit_texts_in_a_day", "portal_limit_binding_texts_per_number", "portal_limit_texts_per_address")


@dataclass(frozen=True, kw_only=True)
class ClosedLine:
    """A calling code that is closed: where, how it stands, why, and the page on which it is opened."""

    where: str
    tag: Tag
    why: str
    until: str
    url: str


@dataclass(frozen=True)
class Bar:
    """How much of a budget is used, in numbers and in words."""

    words: str
    used: int
    ceiling: int


@dataclass(frozen=True)
class RefusedLine:
    """How many texts to a country were refused, and for which reason."""

    reason: str
    where: str
    count: int


@dataclass(frozen=True)
class EnvironmentLine:
    """A limit of the environment: what it is, how it is set, and by which variable."""

    about: str
    value: str
    variable: str


def place(prefix: str) -> str:
    """A calling code with the name of its main region, and how many more share it."""
    return f"{prefix} {countries.main_sharer(int(prefix.removeprefix('+') or 0))}".strip()


def closed_line(closing: Closing) -> ClosedLine:
    """One that is not open."""
    if closing.door is Door.HALF_OPEN:
        tag = Tag("wait", _("Two texts try"))
        until = _("Any code that comes back opens it.")
    else:
        tag = Tag("bad", _("Closed"))
        until = _("Until %(when)s", when=moment(closing.until))
    by_hand = _("%(who)s: %(why)s", who=closing.actor, why=closing.reason) if closing.actor else ""
    why = ngettext("Its codes did not come back", "Its codes did not come back, %(num)s times in a row", closing.closings)
    return ClosedLine(where=place(closing.prefix), tag=tag, why=by_hand or why, until=until,
                      url=url_for("texts_protection_open.ask", code=int(closing.prefix[1:])))


def bars(rules: Rules) -> list[Bar]:
    """The budgets that all share, and the calling codes that use most of theirs."""
    limits, money, share = settings(), budgets.money_key(rules.currency), rules.share
    used = guarding.used(["all", budgets.NEW, budgets.TODAY, budgets.NEW_TODAY, money])
    found = [_bar(_("Texts of this hour"), used.get("all", 0), limits.portal_limit_texts_in_all),
             _bar(_("Messages of today"), used.get(budgets.TODAY, 0), rules.messages or 0)]
    if share < budgets.WHOLE:
        found += [_bar(_("New numbers, this hour"), used.get(budgets.NEW, 0), part(limits.portal_limit_texts_in_all, share)),
                  _bar(_("New numbers, today"), used.get(budgets.NEW_TODAY, 0), part(rules.messages or 0, share))]
    if rules.money is not None:
        spent = used.get(money, 0)
        words = _("Money of today: %(used)s of %(ceiling)s %(currency)s", used=amount_words(spent),
                  ceiling=amount_words(rules.money), currency=rules.currency)
        found.append(Bar(words, min(spent, rules.money), rules.money))
    return found + [_bar(_("%(country)s, this hour", country=place(prefix)), count, limits.portal_limit_texts_per_prefix)
                    for prefix, count in guarding.busiest(_SHOWN)]


def _bar(label: str, used: int, ceiling: int) -> Bar:
    words = _("%(label)s: %(used)s of %(ceiling)s", label=label, used=used, ceiling=ceiling)
    return Bar(words, min(used, ceiling), max(ceiling, 1))


def refused_lines(refused: list[Refused]) -> list[RefusedLine]:
    """Refusals by reason and country, most frequent first; what is said in the same words is counted together."""
    counted: Counter[tuple[str, str]] = Counter()
    for each in refused:
        counted[_reason(each), place(each.prefix) if each.prefix else ""] += each.count
    return [RefusedLine(reason, where, count) for (reason, where), count in counted.most_common()]


def _reason(refused: Refused) -> str:
    reason, limit = outcome_words(refused.outcome), _LIMITS.get(refused.limit)
    return _("%(what)s: %(which)s", what=reason, which=limit) if limit else reason


def rule_facts(rules: Rules) -> list[tuple[str, str]]:
    """The rules in force, each with what it is called."""
    off = _("Off")
    breaker = _("Closed after %(count)s texts whose codes do not come back, unless %(share)s %% do",
                count=rules.unverified, share=rules.verified_share)
    money = _("%(amount)s %(currency)s a day", amount=amount_words(rules.money or 0), currency=rules.currency)
    return [
        (_("Countries"), _("All") if rules.countries is None else ", ".join(countries.named(rules.countries)) or _("None")),
        (_("Kinds of numbers"), ", ".join(str(words) for kind, words in KINDS.items() if kind in rules.kinds)),
        (_("Countries whose codes do not come back"), breaker if rules.breaker else off),
        (_("Pause before a new number’s next text"), _("Twice as long each time") if rules.growing else off),
        (_("Share of new numbers"), _("%(share)s %%", share=rules.share) if rules.share < budgets.WHOLE else off),
        (_("Ceiling of messages"), _("%(count)s a day", count=rules.messages)),
        (_("Ceiling of money"), money if rules.money is not None else off),
    ]


def environment() -> list[EnvironmentLine]:
    """The limits that the environment sets, each with its variable: these rules narrow them and never widen them."""
    fields = {field.name: field for field in dataclasses.fields(config.Settings)}
    return [_environment_line(fields[name]) for name in _OF_ENVIRONMENT]


def _environment_line(field: dataclasses.Field[Any]) -> EnvironmentLine:
    meant, value = field.metadata["about"], getattr(settings(), field.name)
    about = gettext(meant).replace("`", "")
    return EnvironmentLine(about[:1].upper() + about[1:], _value(value), config.variable(field))


def _value(value: Any) -> str:
    return (", ".join(value) or _("Not set")) if isinstance(value, (list, tuple)) else str(value)
