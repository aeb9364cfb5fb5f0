"""What does a form of switches ask for? What is to be thrown, what stays lit, and from which state it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from flask import request

from portal.signin.rules import BINDING, OFF
from portal.signin.standing import Scope
from portal.web.panels import field

UNDO, VERSION, CONFIRMED, UNSAVED = "undo", "version", "confirmed", "unsaved"


@dataclass(frozen=True)
class Sent:
    """The form that the present request carries, about these switches."""

    scope: Scope

    @property
    def seen(self) -> str:
        """The version of the switches that the person saw."""
        return request.form.get(VERSION, "")

    @property
    def confirmed(self) -> set[str]:
        """The cautions that the person has read and confirmed."""
        return set(request.form.get(CONFIRMED, "").split(","))

    @cached_property
    def throws(self) -> dict[str, str]:
        """Switch → value that is to be thrown now: all that was changed, or the one that is put back."""
        if UNDO not in request.form:
            return self._changes
        name, _equals, value = request.form[UNDO].partition("=")
        return {name: value}

    @property
    def lit(self) -> dict[str, str]:
        """Switch → value of everything that would stay unsaved if this form were not taken."""
        known = {name: value for name, value in self.throws.items() if name in self.scope.values}
        return self._changes | known

    @property
    def left(self) -> dict[str, str]:
        """Switch → value of what stays unsaved when it is: what was changed beside the one that is put back."""
        return {name: value for name, value in self._changes.items() if name not in self.throws}

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The form once more, as pairs, for the page that asks first."""
        names = [VERSION, UNDO, *(field(self.scope, name) for name in self.scope.values)]
        return [(name, request.form[name]) for name in names if name in request.form]

    @cached_property
    def _changes(self) -> dict[str, str]:
        """What the person changed of the switches as they saw them, which may not be as these stand now."""
        seen = self.scope.values | _parsed(self.seen.split(","), self.scope)
        typed = {name: self._typed(name, value) for name, value in self.scope.values.items()}
        return {name: value for name, value in typed.items() if value != seen[name]}

    def _typed(self, name: str, value: str) -> str:
        """A check box that is not sent is off."""
        return request.form.get(field(self.scope, name), value if name == BINDING else OFF)


def unsaved(scope: Scope) -> dict[str, str]:
    """Switch → value of the changes that the present address keeps lit, and that are still changes."""
    asked = _parsed(request.args.getlist(UNSAVED), scope)
    return {name: value for name, value in asked.items() if value != scope.values[name]}


def as_query(changes: Mapping[str, str]) -> dict[str, list[str]]:
    """The same for an address; nothing for nothing."""
    return {UNSAVED: [f"{name}={value}" for name, value in changes.items()]} if changes else {}


def _parsed(pairs: list[str], scope: Scope) -> dict[str, str]:
    found = dict(pair.partition("=")[::2] for pair in pairs)
    return {name: value for name, value in found.items() if name in scope.values}
