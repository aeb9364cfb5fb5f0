"""What does somebody type of a rule for gateways, and what is said beside a field that cannot be taken?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from portal.messages.routing.choosing import Choice, Route
from portal.messages.routing.register import Gateway
from portal.messages.routing.wanted import MOST_CHOICES, RuleFlaw
from portal.web.countries import calling_codes
from portal.web.form import Form

_ELSEWHERE = "else"
_FEWEST = 3
"""So many lines are there to fill where there are as many gateways, and always one more than are filled."""
_PLACES = (_l("First"), _l("Then"), _l("Then, third"), _l("Then, fourth"), _l("Then, fifth"), _l("Then, sixth"))


class RuleForm(Form):
    """For which numbers, and by which gateways in their order, each with a sender of its own if need be."""

    country = SelectField(validate_choice=False)
    prefix = StringField()
    gateway_1 = SelectField(validate_choice=False)
    gateway_2 = SelectField(validate_choice=False)
    gateway_3 = SelectField(validate_choice=False)
    gateway_4 = SelectField(validate_choice=False)
    gateway_5 = SelectField(validate_choice=False)
    gateway_6 = SelectField(validate_choice=False)
    sender_1 = StringField()
    sender_2 = StringField()
    sender_3 = StringField()
    sender_4 = StringField()
    sender_5 = StringField()
    sender_6 = StringField()

    def offer(self, gateways: Sequence[Gateway]) -> None:
        """Fill the lists to choose from."""
        self.country.choices = [("", _("Choose a country, or write the beginning below")),
                                (_ELSEWHERE, _("Everywhere else")), *calling_codes()]
        named = [(each.name, each.title if each.enabled else _("%(gateway)s (off)", gateway=each.title)) for each in gateways]
        for at in range(1, MOST_CHOICES + 1):
            self[f"gateway_{at}"].choices = [("", "–"), *named]
        self._offered = min(len(gateways), MOST_CHOICES)

    @property
    def rows(self) -> list[tuple[str, SelectField, StringField]]:
        """The lines to draw: place, gateway and sender."""
        filled = max((at for at in range(1, MOST_CHOICES + 1) if self[f"gateway_{at}"].data), default=0)
        most = max(filled, min(self._offered, max(_FEWEST, filled + 1)))
        return [(str(_PLACES[at - 1]), self[f"gateway_{at}"], self[f"sender_{at}"]) for at in range(1, most + 1)]

    def fill(self, route: Route) -> None:
        """The rule as it stands."""
        for at, choice in enumerate(route.choices[:MOST_CHOICES], start=1):
            self[f"gateway_{at}"].data, self[f"sender_{at}"].data = choice.gateway, choice.sender or ""

    def begins(self) -> str | None:
        """The digits with which the numbers begin, as typed or chosen; empty: everywhere else; None: nothing was said."""
        typed = (self.prefix.data or "").strip().removeprefix("+").replace(" ", "")
        if typed:
            return typed
        if self.country.data == _ELSEWHERE:
            return ""
        return self.country.data or None

    def choices(self) -> list[Choice]:
        """The gateways in their order; lines that were left empty are not there."""
        rows = [(self[f"gateway_{at}"].data or "", " ".join((self[f"sender_{at}"].data or "").split()))
                for at in range(1, MOST_CHOICES + 1)]
        return [Choice(name, sender or None) for name, sender in rows if name]

    def refuse(self, flaws: Iterable[RuleFlaw]) -> None:
        """Say beside its field what is wrong with it."""
        for flaw in flaws:
            name, words = _WORDS[flaw]
            self[name].errors = [*self[name].errors, words]

    def ask_where(self) -> None:
        """Say that no numbers were named."""
        self.country.errors = [_("Choose a country, or write the beginning of the numbers.")]


_WORDS = {
    RuleFlaw.PREFIX: ("prefix", _l("Write the beginning of numbers as +44 or +4477: 1 to 8 digits, the first of them not 0.")),
    RuleFlaw.TAKEN: ("country", _l("There is a rule for these numbers already. Change that one.")),
    RuleFlaw.NONE: ("gateway_1", _l("Choose one gateway at least.")),
    RuleFlaw.TWICE: ("gateway_1", _l("Choose each gateway once.")),
    RuleFlaw.UNKNOWN: ("gateway_1", _l("One of these gateways is there no more. Choose again.")),
    RuleFlaw.SENDER: ("sender_1", _l("A sender is a number such as +4915112345678, or up to 11 letters and digits.")),
}
