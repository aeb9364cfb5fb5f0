"""*Customize security rules for this application*: how is the switch shown, and its form taken?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.messages import carriage
from portal.signin import cautions, history, standing, switches
from portal.signin.cautions import Change
from portal.signin.impact import reach
from portal.signin.rules import OFF, ON
from portal.signin.standing import Scope
from portal.web import caution_words
from portal.web.client import client
from portal.web.panels import Panel, SwitchView
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.switch_form import CONFIRMED, VERSION
from portal.web.switch_history import told
from portal.web.switch_words import differences, standing_words

FIELD, UNSAVED = "customises", "unsaved"


class CustomisePage(ABC):
    """The page of that switch, of one application."""

    menu: str

    def __init__(self, scope: Scope) -> None:
        self.scope, self.portal = scope, standing.of()

    @abstractmethod
    def address(self, **query: Any) -> str:
        """Where the page is."""

    @abstractmethod
    def render(self, **panels: Any) -> str:
        """The page with these panels."""

    def show(self) -> str:
        """The switch as it stands, or lit as the address keeps it."""
        kept = request.args.get(UNSAVED)
        return self.page(self.scope.customises if kept is None else kept == ON, _said())

    def page(self, on: bool, notice: Notice | None) -> str:
        """The switch, lit where it is not as it is saved."""
        changes = told(history.last(self.scope.key))
        return self.render(panels=[self._panel(on)], version=self.scope.version, notice=notice, here=self.address(),
                           may=current_user.is_administrator, changes=changes)

    def save(self) -> ResponseReturnValue:
        """Throw it, after asking where codes would no longer be asked for, or could not be received."""
        on, seen = FIELD in request.form, request.form.get(VERSION, "")
        if seen != self.scope.version:
            return self._overtaken(on)
        if on is self.scope.customises:
            return redirect(self.address(said="same"), 303)
        if questions := self._questions(on):
            return questions
        key = self.scope.key
        if switches.turn({}, client(), actor=current_user.actor, own={key: on}, seen={key: seen}) is None:
            self.scope = standing.of(key)
            return self._overtaken(on)
        return redirect(self.address(said=ON if on else OFF), 303)

    def reopen(self, notice: Notice) -> ResponseReturnValue:
        """The page again for a form that could not be taken."""
        return self.page(FIELD in request.form, notice)

    def _questions(self, on: bool) -> str | None:
        portal = self.portal.values
        own = portal | self.scope.values
        touched, state = reach(self.scope.key), carriage.now()
        change = Change(portal, own) if on else Change(own, portal)
        found = cautions.of_customising(change, touched, state)
        if set(found) <= set(request.form.get(CONFIRMED, "").split(",")):
            return None
        kept = [(FIELD, ON)] if on else []
        return render(
            "pages/confirm_changes.html", menu=self.menu, action=self.address(), button=_("Save changes"),
            sentences=[_what_changes(self.scope, self.portal, on=on),
                       *(caution_words.caution_words(caution, change, touched, state) for caution in found)],
            fields=[(VERSION, self.scope.version), *kept, (CONFIRMED, ",".join(found))],
            back=self.address(**{UNSAVED: ON if on else OFF}))

    def _overtaken(self, on: bool) -> ResponseReturnValue:
        said = Notice("care", _("Somebody changed this application’s rules meanwhile. Below is how it stands now; "
                                "save again if you still want it."))
        return self.page(on, said), 409

    def _panel(self, on: bool) -> Panel:
        customise = SwitchView(
            name=FIELD, label=_("Customize security rules for this application"),
            about=_("With rules of its own, the application has a page “Security management”."), on=on,
            changed=on is not self.scope.customises, impact_on=_what_changes(self.scope, self.portal, on=True),
            impact_off=_what_changes(self.scope, self.portal, on=False))
        return Panel(title=_("Security rules"), about="", switches=(customise,))


def _what_changes(scope: Scope, portal: Scope, *, on: bool) -> str:
    """What holds after the switch was thrown, and what would be otherwise by that."""
    own, kept = scope.values, {name: portal.values[name] for name in scope.values}
    if on and not scope.kept:
        return _("Its rules begin as a copy of the global ones, so nothing changes until you throw one of them.")
    changes = differences(kept, own) if on else differences(own, kept)
    changes = changes or _("Nothing changes by that: they stand alike.")
    if on:
        return " ".join((_("The rules that it had before return."), changes))
    return " ".join((_("The global rules apply then (%(rules)s); its own are kept.", rules=standing_words(kept)), changes))


def _said() -> Notice | None:
    said = {
        ON: Notice("good", _("Saved. This application has rules of its own now: see “Security management”.")),
        OFF: Notice("good", _("Saved. The global rules apply to this application now.")),
        "same": Notice("info", _("Nothing was changed.")),
        "offered": Notice("good", _("Saved. The application’s login page offers these sources.")),
        "global": Notice("info", _("This application follows the global rules. Turn this switch on to give it its own.")),
        "overtaken": Notice("care", _("Nothing was saved: this application follows the global rules by now.")),
    }
    return said.get(request.args.get("said", ""))
