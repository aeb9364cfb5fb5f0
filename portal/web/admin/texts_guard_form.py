"""How are the rules against toll fraud typed, and what can't they be?"""

from __future__ import annotations

import re
from decimal import Decimal

from flask_babel import gettext as _
from phonenumbers import SUPPORTED_REGIONS
from wtforms import BooleanField, StringField

from portal.extensions import settings
from portal.messages.guard.rules import UNIT, Kind, Rules
from portal.web.form import Form

_AMOUNT = re.compile(r"^\d{1,6}(?:[.,]\d{1,2})?$", re.ASCII)
_DEAREST = 200_000
"""Units of money a day: what the count of it holds."""
LONGEST_REASON = 200
_KINDS = {Kind.MOBILE: "mobile", Kind.LANDLINE: "landline", Kind.VOIP: "voip", Kind.PERSONAL: "personal"}


class ReasonForm(Form):
    """A reason, without which nothing here is changed."""

    why = StringField()

    def reason(self) -> str:
        """What was typed, in one line; empty, with the reason beside the field, where there is none."""
        why = "".join(c for c in self.why.data or "" if c.isprintable()).strip()
        if not why:
            self.why.errors = [_("Say why: it is kept in the audit log.")]
        elif len(why) > LONGEST_REASON:
            self.why.errors = [_("Say it in at most %(most)s characters.", most=LONGEST_REASON)]
        return "" if self.why.errors else why


class GuardForm(ReasonForm):
    """All rules, each with its field."""

    countries = StringField()
    mobile, landline, voip, personal = BooleanField(), BooleanField(), BooleanField(), BooleanField()
    breaker, growing = BooleanField(), BooleanField()
    unverified, verified_share, share = StringField(), StringField(), StringField()
    messages, money, currency = StringField(), StringField(), StringField()

    def fill(self, rules: Rules) -> None:
        """Show the rules as they were set."""
        self.countries.data = ", ".join(rules.countries or ())
        for kind, name in _KINDS.items():
            self[name].data = kind in rules.kinds
        self.breaker.data, self.growing.data, self.currency.data = rules.breaker, rules.growing, rules.currency
        self.unverified.data, self.verified_share.data = str(rules.unverified), str(rules.verified_share)
        self.share.data, self.messages.data = str(rules.share), "" if rules.messages is None else str(rules.messages)
        self.money.data = "" if rules.money is None else amount_words(rules.money)

    def asked(self) -> Rules | None:
        """The rules as typed; None, with words beside each field that cannot be taken."""
        money = self._money()
        found = {
            "countries": self._countries(), "kinds": self._kinds(), "breaker": self.breaker.data, "growing": self.growing.data,
            "unverified": self._whole("unverified", 1, 1_000), "verified_share": self._whole("verified_share", 1, 90),
            "share": self._whole("share", 1, 100),
            "messages": self._messages(settings().portal_limit_texts_in_a_day),
            "money": money, "currency": self._currency(money)}
        wrong = any(self[name].errors for name in self._fields if name != "why")
        return None if wrong else Rules(**found)

    def _countries(self) -> tuple[str, ...] | None:
        typed = [word.upper() for word in re.split(r"[\s,;，、]+", self.countries.data or "") if word]
        unknown = [region for region in typed if region not in SUPPORTED_REGIONS]
        beyond = [region for region in typed if settings().countries and region not in settings().countries]
        if unknown:
            self.countries.errors = [_("There is no region %(region)s. Name regions by two letters, such as DE, AT.",
                                       region=unknown[0][:12])]
        elif beyond:
            self.countries.errors = [_("%(variable)s does not allow %(region)s.", variable="PORTAL_COUNTRIES", region=beyond[0])]
        return tuple(dict.fromkeys(typed)) or None

    def _kinds(self) -> frozenset[Kind]:
        kinds = frozenset(kind for kind, name in _KINDS.items() if self[name].data)
        if not kinds:
            self.mobile.errors = [_("Choose at least one kind of number.")]
        return kinds

    def _whole(self, name: str, least: int, most: int) -> int:
        typed = (self[name].data or "").strip()
        number = int(typed) if typed.isdecimal() and len(typed) <= len(str(most)) else -1
        if not least <= number <= most:
            self[name].errors = [_("Enter a whole number from %(least)s to %(most)s.", least=least, most=most)]
        return number

    def _messages(self, most: int) -> int | None:
        """None where nothing is typed. A ceiling of nothing would close the portal, and say no more than that it is reached."""
        typed = (self.messages.data or "").strip()
        if not typed:
            return None
        if typed == "0":
            self.messages.errors = [_("At least 1: without codes nobody could log in. To send nothing, turn the gateways off.")]
            return None
        return self._whole("messages", 1, most)

    def _money(self) -> int | None:
        typed = (self.money.data or "").strip()
        if not typed:
            return None
        amount = Decimal(typed.replace(",", ".")) if _AMOUNT.match(typed) else Decimal(0)
        if not 0 < amount <= _DEAREST:
            self.money.errors = [_("Enter an amount such as 20 or 12.50, up to %(most)s.", most=_DEAREST)]
        return int(amount * UNIT)

    def _currency(self, money: int | None) -> str:
        typed = (self.currency.data or "").strip().upper()
        if money is not None and not re.match(r"^[A-Z]{3}$", typed):
            self.currency.errors = [_("Name the currency of your gateway’s prices by three letters, such as EUR.")]
        return typed if money is not None else ""


def amount_words(money: int) -> str:
    """An amount in parts of UNIT as it is typed."""
    return f"{Decimal(money) / UNIT:.2f}"
