"""What is each switch called, and what does throwing it do, in words and numbers?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from portal.keyset import Count
from portal.signin.impact import Reach
from portal.signin.rules import ADMINISTRATORS, BINDING, OFF, ON, SMS, Binder, source_of, trusted_by
from portal.signin.standing import Scope, Standing
from portal.web.moments import moment
from portal.web.source_words import FEW, apart, source_about, source_label


@dataclass(frozen=True)
class Words:
    """Label, meaning, what turning it on does, what turning it off does."""

    label: str
    about: str
    turning_on: str
    turning_off: str


def words(scope: Scope, name: str, reach: Reach) -> Words:
    """What the switch of that name says of itself there."""
    if name == ADMINISTRATORS:
        return Words(label(name), _("Everybody with a role in the console, whatever the other switches say."),
                     _console(reach.console, always=True), _console(reach.console, always=False))
    about = _("A one-time code by text message.") if name == SMS else source_about(source_of(name) or name)
    return Words(label(name), about, *_impact(scope, name, reach))


def _impact(scope: Scope, name: str, reach: Reach) -> tuple[str, str]:
    """What turning on does, and turning off: of a source's switch nothing while the SMS switch is off, and the reverse."""
    values = scope.values
    on = [source for switch, value in values.items() if (source := source_of(switch)) and value != OFF]
    touched = on if name == SMS else [source_of(name) or name] if values[SMS] != OFF else []
    if not touched:
        nothing = (_("Nothing changes while every identity source is off.") if name == SMS
                   else _("Nothing changes while “SMS verification code” is off."))
        return nothing, nothing
    # Who is asked whatever the other switches say would not be spared by them.
    logins = reach.logins.of(touched, console=values.get(ADMINISTRATORS) == OFF)
    turning_on = asked(reach) if scope.is_portal else f"{_would_be_asked(logins)} {asked(reach)}"
    return turning_on, spared_words(logins)


def label(name: str) -> str:
    """What a switch is called."""
    named = {SMS: _("SMS verification code"), ADMINISTRATORS: _("Administrators are always asked"),
             BINDING: _("Who may bind a number")}
    if trusted := trusted_by(name):
        return _("Trust in second factors of %(source)s", source=apart(source_label(trusted)))
    return named.get(name) or source_label(source_of(name) or name)


def value_label(value: str) -> str:
    """How a switch stands, in a word."""
    named = {ON: _("On"), OFF: _("Off"), Binder.USER.value: _("The user"),
             Binder.ADMINISTRATORS.value: _("Administrators only")}
    return named.get(value, value)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What is thrown, and how, in one sentence; empty for nothing. `before` names the switches that are looked at."""
    changes = [_("“%(switch)s” from %(before)s to %(after)s", switch=apart(label(name)), before=value_label(value),
                 after=value_label(after[name])) for name, value in before.items() if after.get(name, value) != value]
    return _("That changes: %(changes)s.", changes="; ".join(changes)) if changes else ""


def standing_words(values: Mapping[str, str]) -> str:
    """How switches stand, in one sentence; of many sources only those that are off by their names."""
    few = len(values) <= FEW
    shown = {name: value for name, value in values.items() if few or value == OFF or not source_of(name)}
    said = [f"{apart(label(name))}: {value_label(value)}" for name, value in shown.items()]
    others = len(values) - len(shown)
    return "; ".join([*said, ngettext("%(num)s more: On", "%(num)s more: On", others)] if others else said)


def amount(count: Count) -> str:
    """A number as it was counted; where counting stopped, that there are more, by a rounder one."""
    if count.exact:
        return format_decimal(count.number)
    unit = 10 ** max(0, len(str(count.number)) - 2)
    return _("more than %(count)s", count=format_decimal(count.number // unit * unit))


def begun(sentence: str) -> str:
    """A sentence may begin with “more than”."""
    return sentence[:1].upper() + sentence[1:]


def asked(reach: Reach) -> str:
    """Who has a number, and who will be asked to bind one."""
    bound = ngettext("%(count)s user has a phone number.", "%(count)s users have a phone number.", reach.with_phone.number,
                     count=amount(reach.with_phone))
    missing = reach.without_phone
    if not missing.number:
        return f"{begun(bound)} " + _("Nobody needs to bind one.")
    more = ngettext("%(count)s will be asked to bind one at the next login.",
                    "%(count)s will be asked to bind one at their next login.", missing.number, count=amount(missing))
    return f"{begun(bound)} {begun(more)}"


def spared_words(logins: Count) -> str:
    """How many logins would have needed no code."""
    return ngettext("Of the last 24 hours, %(count)s login would have needed only its first factor.",
                    "Of the last 24 hours, %(count)s logins would have needed only their first factor.", logins.number,
                    count=amount(logins))


def vouched_words(logins: Count) -> str:
    """How many logins would have been spared a code, had their source been trusted."""
    return ngettext("Of the last 24 hours, %(count)s login came with its word for a second factor.",
                    "Of the last 24 hours, %(count)s logins came with its word for a second factor.", logins.number,
                    count=amount(logins))


def last(standing: Standing) -> str:
    """Who threw the switch last, and when; empty where nobody did."""
    if standing.changed_at is None or standing.previous is None:
        return ""
    who, when = standing.changed_by or "", moment(standing.changed_at)
    if standing.value == ON:
        return _("Turned on by %(who)s, %(when)s.", who=who, when=when)
    if standing.value == OFF:
        return _("Turned off by %(who)s, %(when)s.", who=who, when=when)
    return _("Changed by %(who)s, %(when)s.", who=who, when=when)


def _would_be_asked(logins: Count) -> str:
    return ngettext("Of the last 24 hours, %(count)s login through this application would have been asked for a code.",
                    "Of the last 24 hours, %(count)s logins through this application would have been asked for a code.",
                    logins.number, count=amount(logins))


def _console(count: Count, *, always: bool) -> str:
    who = ngettext("%(count)s person with a role in the console", "%(count)s people with a role in the console", count.number,
                   count=amount(count))
    said = (_("%(who)s will be asked at every entrance.", who=who) if always
            else _("%(who)s will be asked only where the rules ask everybody.", who=who))
    return begun(said)
