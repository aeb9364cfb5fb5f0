"""What would the policy say to this person? The preview, in words."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.signin.policy import Reason, Rung
from portal.signin.preview import Asked, Fault, Follows, Preview, preview
from portal.sources import register
from portal.web.reasons import reason_words
from portal.web.source_words import apart, source_label

_RUNGS = {
    Reason.STEP_UP: _l("The application demands a fresh proof"),
    Reason.BYPASS: _l("A one-time bypass was given"),
    Reason.ADMINISTRATOR: _l("Administrators are always asked"),
    Reason.SMS_OFF: _l("SMS verification code is off"),
    Reason.SOURCE_OFF: _l("The identity source is off"),
    Reason.SOURCE_VOUCHES: _l("The identity source says that a second factor was given there, and is trusted"),
    Reason.TRUSTED_DEVICE: _l("The device is trusted"),
    Reason.RULES: _l("The rules ask for a code"),
}
"""What each rung looks for, where it is not the one that decides."""
WHO, SOURCE, APPLICATION, VOUCHED = "who", "source", "application", "vouched"


@dataclass(frozen=True)
class TextField:
    """One field of the preview's form."""

    name: str
    label: str
    value: str
    about: str
    error: str = ""


@dataclass(frozen=True)
class Step:
    """One rung of the ladder; the one that decides is lit."""

    title: str
    text: str
    kind: str
    lit: bool


@dataclass(frozen=True)
class Verdict:
    """What would happen to whom."""

    person: str
    title: str
    follows: str
    rules: str
    rungs: list[Step]


@dataclass(frozen=True, kw_only=True)
class PreviewView:
    """The preview's form as it was sent, and what came of it. `asks_vouched`: some source could vouch for a second factor."""

    url: str
    who: TextField
    sources: list[tuple[str, str]]
    source: str
    source_error: str
    asks_vouched: bool
    vouched: bool
    application: TextField
    verdict: Verdict | None

    @property
    def refused(self) -> bool:
        """Whether a field names what there is not."""
        return bool(self.who.error or self.application.error or self.source_error)


def preview_view() -> PreviewView:
    """The preview that the present address asks for."""
    who, application = (request.args.get(name, "").strip() for name in (WHO, APPLICATION))
    sources = {source.key: source for source in register.fresh() if source.enabled}
    source, vouched = _source(list(sources)), VOUCHED in request.args
    found = preview(Asked(who, source, application, vouched)) if who else None
    return PreviewView(
        url=request.path, who=_who(who, found), sources=[(each, source_label(each)) for each in sources], source=source,
        source_error=_("This application does not offer it: nobody comes in by it there.") if found is Fault.NOT_OFFERED else "",
        asks_vouched=any(each.is_outside for each in sources.values()), vouched=vouched,
        application=_application(application, found), verdict=_verdict(found) if isinstance(found, Preview) else None)


def _source(keys: list[str]) -> str:
    """The one that is asked for; the first for one that there is not."""
    asked = request.args.get(SOURCE, "")
    return asked if asked in keys else keys[0]


def _who(typed: str, found: Preview | Fault | None) -> TextField:
    error = _("Nobody has this username, number or email.") if found is Fault.NOBODY else ""
    if found is None and WHO in request.args:
        error = _("Enter a username, mobile phone number or email.")
    return TextField(WHO, _("User"), typed, _("Username, mobile phone number or email."), error)


def _application(typed: str, found: Preview | Fault | None) -> TextField:
    error = _("There is no application of this name.") if found is Fault.NO_APPLICATION else ""
    return TextField(APPLICATION, _("Application"), typed, _("Its name; empty for the portal itself."), error)


def _verdict(found: Preview) -> Verdict:
    title = _("A code will be asked for") if found.decisive.required else _("No code will be asked for")
    above = True
    steps = []
    for rung in found.rungs:
        lit = rung is found.decisive
        steps.append(_step(rung, lit=lit, above=above))
        above = above and not lit
    return Verdict(found.person, title, _follows(found), _rules(found), steps)


def _step(rung: Rung, *, lit: bool, above: bool) -> Step:
    title, sentence = reason_words(rung.reason)
    if lit:
        return Step(title, sentence, "info" if rung.required else "good", True)
    return Step(str(_RUNGS[rung.reason]), _("Does not hold here.") if above else _("Not looked at any more."), "off", False)


def _follows(found: Preview) -> str:
    said = {
        Follows.NOWHERE: _("But the account is suspended: nobody comes in with it."),
        Follows.WITHOUT_PASSWORD: _("But the account has no password yet: nobody comes in with it."),
        Follows.NOT_LINKED: _("But the account is not linked with this identity source: nobody comes in with it by that yet."),
        Follows.ASK: _("The account has no phone number, and only administrators may bind one: the person is told to ask."),
        **(_after_password() if found.source == register.PASSWORD else _after_source(found.source)),
    }
    return said[found.follows]


def _after_password() -> dict[Follows, str]:
    return {
        Follows.INSIDE: _("After the password the person is logged in."),
        Follows.NEW_PASSWORD: _("After the password comes the page for a new password."),
        Follows.CODE: _("After the password comes the page “Verification code login”."),
        Follows.BIND: _("After the password comes the window “Bind mobile phone number”."),
    }


def _after_source(key: str) -> dict[Follows, str]:
    """Whoever comes by another source than the password never owes a new one."""
    source = apart(source_label(key))
    return {
        Follows.INSIDE: _("After “%(source)s” the person is logged in.", source=source),
        Follows.CODE: _("After “%(source)s” comes the page “Verification code login”.", source=source),
        Follows.BIND: _("After “%(source)s” comes the window “Bind mobile phone number”.", source=source),
    }


def _rules(found: Preview) -> str:
    if found.application is None:
        return _("Through the portal itself, under the global rules.")
    if found.own:
        return _("Through %(application)s, under its own rules.", application=found.application)
    return _("Through %(application)s, which follows the global rules.", application=found.application)
