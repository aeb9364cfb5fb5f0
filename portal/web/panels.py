"""Which panels of switches does a page show? For the portal's rules and an application's alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from portal.signin.impact import Reach
from portal.signin.rules import ADMINISTRATORS, BINDING, OFF, SMS, Binder, source_of, switch_of
from portal.signin.standing import Scope, Standing
from portal.sources.register import Source
from portal.web.admission import may_open
from portal.web.switch_words import last, value_label, words

_SOURCE = "source.show"


@dataclass(frozen=True)
class Trusted:
    """That the word of a source is taken for a second factor, wherever its logins lead; and where that is changed, if one may."""

    words: str
    link: str
    url: str


@dataclass(frozen=True, kw_only=True)
class SwitchView:
    """One switch as its panel shows it. `undo` is what the button sends that puts it back. `trusted`: of an outside source."""

    name: str
    label: str
    about: str
    on: bool
    changed: bool
    impact_on: str
    impact_off: str
    last: str = ""
    undo: str | None = None
    undo_on: bool = False
    trusted: Trusted | None = None


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


def field(scope: Scope, name: str) -> str:
    """The name of the form field of a switch."""
    return f"{scope.key}.{name}"


def panels(scope: Scope, reach: Reach, lit: Mapping[str, str]) -> list[Panel]:
    """The panels of the page. `lit`: switch → value of a change that is not saved, which stays visible."""
    by_name = {each.name: each for each in scope.switches}
    factors = [name for name in (SMS, ADMINISTRATORS) if name in by_name]
    sources = [name for name in by_name if source_of(name)]
    trusted = {switch_of(source.key): _trusted(source) for source in scope.trusted}

    def views(names: list[str]) -> tuple[SwitchView, ...]:
        return tuple(_view(scope, by_name[name], reach, lit, trusted.get(name)) for name in names)

    found = [Panel(title=_("Multi-factor authentication"), about=_about(scope), switches=views(factors)),
             Panel(title=_("Policy configuration"), about=_about_sources(scope), switches=views(sources))]
    return [*found, _binding(scope, by_name[BINDING], lit)] if BINDING in by_name else found


def _about(scope: Scope) -> str:
    if scope.is_portal:
        return _("Asked after the first factor, before a page opens. Holds at once.")
    return _("This application has rules of its own; the global ones do not hold for it.")


def _about_sources(scope: Scope) -> str:
    said = _("The identity sources whose logins are asked for a code while the switch above is on.")
    return f"{said} " + _("Applications with their own rules are not affected.") if scope.is_portal else said


def _binding(scope: Scope, thrown: Standing, lit: Mapping[str, str]) -> Panel:
    about = {
        Binder.USER: _("Whoever has no number is asked for one when logging in."),
        Binder.ADMINISTRATORS: _("Whoever has no number is told to ask an administrator."),
    }
    choices = tuple(Choice(binder, value_label(binder), said) for binder, said in about.items())
    return Panel(title=_("Who may bind a number"), about=_("How a mobile phone number comes to an account that has none."),
                 choices=choices, name=field(scope, BINDING), value=lit.get(BINDING, thrown.value), saved=thrown.value,
                 last=last(thrown), undo=_undo(thrown), undo_label=value_label(thrown.previous or ""))


def _undo(thrown: Standing) -> str | None:
    """What the button sends that puts a switch back as it was before it was last thrown."""
    return f"{thrown.name}={thrown.previous}" if thrown.previous else None


def _trusted(source: Source) -> Trusted:
    url = url_for(_SOURCE, source_id=source.id) if may_open(_SOURCE) else ""
    return Trusted(_("A second factor that was given there counts as one here."), _("Settings of this identity source"), url)


def _view(scope: Scope, thrown: Standing, reach: Reach, lit: Mapping[str, str], trusted: Trusted | None) -> SwitchView:
    said = words(scope, thrown.name, reach)
    saved = thrown.value != OFF
    on = lit.get(thrown.name, thrown.value) != OFF
    return SwitchView(name=field(scope, thrown.name), label=said.label, about=said.about, on=on, changed=on != saved,
                      impact_on=said.turning_on, impact_off=said.turning_off, last=last(thrown), undo=_undo(thrown),
                      undo_on=thrown.previous != OFF, trusted=trusted)
