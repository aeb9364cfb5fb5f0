"""What does each switch say of itself? The panels of the MFA page, for the portal's rules and an application's alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts import credentials
from portal.signin.impact import Reach
from portal.signin.rules import ADMINISTRATORS, BINDING, OFF, ON, SMS, Binder, source_of
from portal.signin.standing import Scope, Standing
from portal.web.moments import moment


@dataclass(frozen=True, kw_only=True)
class SwitchView:
    """One switch as its panel shows it. `undo` is what the button sends that puts it back."""

    name: str
    label: str
    about: str
    on: bool
    changed: bool
    impact_on: str
    impact_off: str
    last: str
    undo: str | None
    undo_on: bool


@dataclass(frozen=True)
class Choice:
    """One value of a choice."""

    value: str
    label: str
    about: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A titled group of switches, or one choice."""

    title: str
    about: str
    switches: tuple[SwitchView, ...] = ()
    choices: tuple[Choice, ...] = ()
    name: str = ""
    value: str = ""
    saved: str = ""
    last: str = ""
    undo: str | None = None
    undo_label: str = ""


def field(standing: Standing) -> str:
    """The name of the form field of a switch."""
    return f"{standing.scope}.{standing.name}"


def panels(scopes: list[Scope], reach: Reach, typed: Mapping[str, str] | None = None) -> list[Panel]:
    """The panels of the page. `typed`: field → value of a form that was not saved, whose changes stay visible."""
    portal, applications = scopes[0], scopes[1:]
    by_name = {standing.name: standing for standing in portal.switches}
    sources = [standing for name, standing in by_name.items() if source_of(name)]
    found = [
        Panel(title=_("Multi-factor authentication"),
              about=_("Asked after the password, before a page opens. Holds at once."),
              switches=(_view(by_name[SMS], reach, typed), _view(by_name[ADMINISTRATORS], reach, typed))),
        Panel(title=_("Policy configuration"),
              about=_("The identity sources whose logins are asked for a code while the switch above is on. "
                      "Applications with their own rules are not affected."),
              switches=tuple(_view(standing, reach, typed) for standing in sources)),
        _binding(by_name[BINDING], typed),
    ]
    return found + [_application(scope, reach, typed) for scope in applications]


def _application(scope: Scope, reach: Reach, typed: Mapping[str, str] | None) -> Panel:
    about = _("This application has rules of its own; the global ones do not hold for it.")
    return Panel(title=_("Application %(name)s", name=scope.title), about=about,
                 switches=tuple(_view(standing, reach, typed) for standing in scope.switches))


def _binding(standing: Standing, typed: Mapping[str, str] | None) -> Panel:
    choices = (
        Choice(Binder.USER, _("The user"), _("Whoever has no number is asked for one when logging in.")),
        Choice(Binder.ADMINISTRATORS, _("Administrators only"), _("Whoever has no number is told to ask an administrator.")),
    )
    value = (typed or {}).get(field(standing), standing.value)
    return Panel(title=_("Who may bind a number"), about=_("How a mobile phone number comes to an account that has none."),
                 choices=choices, name=field(standing), value=value, saved=standing.value, last=_last(standing),
                 undo=_undo(standing), undo_label=next((c.label for c in choices if c.value == standing.previous), ""))


def _undo(standing: Standing) -> str | None:
    """What the button sends that puts a switch back as it was before it was last thrown."""
    return f"{field(standing)}={standing.previous}" if standing.previous else None


def _view(standing: Standing, reach: Reach, typed: Mapping[str, str] | None) -> SwitchView:
    label, about, turning_on, turning_off = _words(standing.name, reach)
    saved = standing.value != OFF
    on = saved if typed is None else typed.get(field(standing), OFF) != OFF
    return SwitchView(name=field(standing), label=label, about=about, on=on, changed=on != saved, impact_on=turning_on,
                      impact_off=turning_off, last=_last(standing), undo=_undo(standing), undo_on=standing.previous != OFF)


def _words(name: str, reach: Reach) -> tuple[str, str, str, str]:
    """Label, meaning, what turning it on does, what turning it off does."""
    logins = sum(reach.sign_ins.values())
    if name == SMS:
        return (_("SMS verification code"), _("A one-time code by text message."), _asked(reach), _not_asked(logins))
    if name == ADMINISTRATORS:
        count = reach.administrators
        said = ngettext("%(num)s administrator", "%(num)s administrators", count)
        return (_("Administrators are always asked"), _("Whatever the other switches say."),
                _("%(who)s will be asked at every entrance.", who=said),
                _("%(who)s will be asked only where the rules ask everybody.", who=said))
    source = source_of(name) or name
    return (*_source(source), _asked(reach), _not_asked(reach.sign_ins.get(source, 0)))


def _source(source: str) -> tuple[str, str]:
    if source == credentials.SOURCE:
        return _("Password"), _("Username, mobile phone number or email with a password.")
    return source, _("An outside identity source.")


def _asked(reach: Reach) -> str:
    bound = ngettext("%(num)s user has a phone number.", "%(num)s users have a phone number.", reach.with_phone)
    if reach.without_phone == 0:
        return f"{bound} " + _("Nobody needs to bind one.")
    asked = ngettext("%(num)s will be asked to bind one at the next login.",
                     "%(num)s will be asked to bind one at their next login.", reach.without_phone)
    about = "" if reach.exact else _("Counted among the first 10 000 users:") + " "
    return f"{about}{bound} {asked}"


def _not_asked(logins: int) -> str:
    return ngettext("Of the last 24 hours, %(num)s login would have needed only its first factor.",
                    "Of the last 24 hours, %(num)s logins would have needed only their first factor.", logins)


def _last(standing: Standing) -> str:
    if standing.changed_at is None or standing.previous is None:
        return ""
    who, when = standing.changed_by or "", moment(standing.changed_at)
    if standing.value == ON:
        return _("Turned on by %(who)s, %(when)s.", who=who, when=when)
    if standing.value == OFF:
        return _("Turned off by %(who)s, %(when)s.", who=who, when=when)
    return _("Changed by %(who)s, %(when)s.", who=who, when=when)
