"""How is a page of switches shown and its form taken? Once, for the portal's page and for an application's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.messages import carriage
from portal.models.switch import PORTAL
from portal.signin import cautions, history, standing, switches
from portal.signin.cautions import Caution, Change
from portal.signin.impact import Reach, reach
from portal.signin.standing import Scope, SwitchUnknown
from portal.web import caution_words
from portal.web.client import client
from portal.web.panels import panels
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.switch_form import CONFIRMED, Sent, as_query, unsaved
from portal.web.switch_history import told
from portal.web.switch_words import differences


class SwitchPage(ABC):
    """A page of switches: whose they are, where it is, and what stands on it besides."""

    menu: str

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @abstractmethod
    def address(self, **query: Any) -> str:
        """Where the page is."""

    @abstractmethod
    def render(self, **panels: Any) -> str:
        """The page with these panels."""

    def show(self) -> str:
        """The switches as they stand, with the changes lit that the address keeps."""
        lit = unsaved(self.scope)
        return self.page(lit, _saved(len(lit)))

    def page(self, lit: Mapping[str, str], notice: Notice | None) -> str:
        """The switches with these changes lit."""
        return self.render(
            panels=panels(self.scope, reach(self.scope.key), lit), version=self.scope.version, notice=notice,
            may=current_user.is_administrator, here=self.address(), changes=told(history.last(self.scope.key)))

    def save(self) -> ResponseReturnValue:
        """Throw what was changed, or put one back. Nothing is thrown when somebody else threw one meanwhile."""
        sent = Sent(self.scope)
        changes = {(self.scope.key, name): value for name, value in sent.throws.items()}
        try:
            switches.check(changes)
        except SwitchUnknown:
            unknown = Notice("bad", _("One of the values is not one of ours. Nothing was saved."))
            return self.page(sent.left, unknown), 422
        if sent.seen != self.scope.version:
            return self._overtaken(sent)
        if questions := self._questions(sent):
            return questions
        count = switches.turn(changes, client(), actor=current_user.actor, seen={self.scope.key: sent.seen})
        if count is None:
            return self._overtaken(Sent(standing.of(self.scope.key)))
        return redirect(self.address(saved=count, **as_query(sent.left)), 303)

    def reopen(self, notice: Notice) -> ResponseReturnValue:
        """The page again for a form that could not be taken, with what was changed in it."""
        return self.page(Sent(self.scope).lit, notice)

    def cautions(self, change: Change, touched: Reach, state: carriage.Carriage) -> list[Caution]:
        """What to ask about before it is saved."""
        asks = cautions.of_portal if self.scope.is_portal else cautions.asking
        return asks(change, touched, state)

    def _change(self, sent: Sent) -> Change:
        """What the form would change: an application's own switches stand over the portal's."""
        portal = {} if self.scope.is_portal else standing.of(PORTAL).values
        before = portal | self.scope.values
        return Change(before, before | sent.throws)

    def _questions(self, sent: Sent) -> str | None:
        """The page that asks first; None where there is nothing to ask about, or all of it was confirmed."""
        change, touched, state = self._change(sent), reach(self.scope.key), carriage.now()
        found = self.cautions(change, touched, state)
        if set(found) <= sent.confirmed:
            return None
        return render(
            "pages/confirm_changes.html", menu=self.menu, action=self.address(), button=_("Save changes"),
            sentences=[differences(self.scope.values, sent.throws),
                       *(caution_words.caution_words(caution, change, touched, state) for caution in found)],
            fields=[*sent.carried, (CONFIRMED, ",".join(found))], back=self.address(**as_query(sent.lit)))

    def _overtaken(self, sent: Sent) -> ResponseReturnValue:
        self.scope = sent.scope
        said = Notice("care", _("Somebody threw a switch meanwhile. Below is how they stand now, with your changes lit; "
                                "save again if you still want them."))
        return self.page(sent.lit, said), 409


def _saved(left: int) -> Notice | None:
    """What became of the form from which the person comes, and that other changes of it are not saved."""
    count = request.args.get("saved", type=int)
    waiting = ngettext("%(num)s change is not saved yet.", "%(num)s changes are not saved yet.", left) if left else ""
    if count is None:
        return Notice("care", waiting) if waiting else None
    if count == 0:
        return Notice("info", " ".join((_("Nothing was changed."), waiting)).strip())
    said = ngettext("Saved. It holds at once.", "Saved %(num)s changes. They hold at once.", count)
    return Notice("care" if waiting else "good", f"{said} {waiting}".strip())
