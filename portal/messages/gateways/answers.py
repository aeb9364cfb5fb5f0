"""What does an answer of a provider mean that an administrator has described? PURE."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.messages.gateways.contract import OurFault, Receipt, Refused, Unknown
from portal.messages.gateways.http_settings import statuses
from portal.messages.gateways.statuses import of_status
from portal.messages.reasons import Reason

LONGEST_REFERENCE = 100
_SERVER_FAULT, _CLIENT_FAULT = 500, 400
_NOTHING = object()


@dataclass(frozen=True)
class Answer:
    """What came: `body` is None where it could not be read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None

    def says(self, condition: Mapping[str, Any]) -> bool:
        """Whether it meets a condition: one of `values` at `path` in its JSON, or, without a path, anywhere in it."""
        if self.body is None or not condition:
            return False
        path, values = condition.get("path"), condition.get("values") or ()
        if not path:
            return any(value in self.body.decode(errors="replace") for value in values)
        found = _word(self.at(path))
        return found is not None and (not values or found in values)

    def at(self, path: str) -> Any:
        """What is at `path`, such as `messages.0.status`, in its JSON; None if nothing is."""
        node = self.json()
        for step in path.split("."):
            if isinstance(node, dict):
                node = node.get(step)
            elif isinstance(node, list) and step.isascii() and step.isdigit() and int(step) < len(node):
                node = node[int(step)]
            else:
                return None
        return node

    def json(self) -> Any:
        """Its JSON; `_NOTHING` if it is none."""
        try:
            return json.loads(self.body or b"")
        except (ValueError, RecursionError):
            return _NOTHING

    def is_readable(self, settings: Mapping[str, Any]) -> bool:
        """Whether all that its meaning hangs on can be read."""
        asked = [condition for name in ("success", "failed", "refused") if (condition := settings.get(name))]
        if not asked:
            return True
        return self.body is not None and (not any(each.get("path") for each in asked) or self.json() is not _NOTHING)


def receipt(answer: Answer, settings: Mapping[str, Any]) -> Receipt:
    """That the provider has taken the message, by the settings of its gateway. Raises one of the five faults."""
    if answer.status < _SERVER_FAULT:
        if answer.says(settings.get("refused", {})):
            raise Refused(Reason.NUMBER)
        if answer.says(settings.get("failed", {})):
            raise of_status(answer.status, answer.headers) if answer.status >= _CLIENT_FAULT else OurFault(Reason.NOT_SENT)
    if not any(answer.status in each for each in statuses(settings.get("statuses", ""))):
        raise of_status(answer.status, answer.headers)
    if not answer.is_readable(settings):
        raise Unknown(Reason.UNREADABLE)
    if settings.get("success") and not answer.says(settings["success"]):
        raise Unknown(Reason.NO_SUCCESS)
    return Receipt(_reference(answer, settings.get("reference", "")))


def _reference(answer: Answer, path: str) -> str | None:
    found = _word(answer.at(path)) if path else None
    return found[:LONGEST_REFERENCE] if found and found.isprintable() else None


def _word(found: Any) -> str | None:
    """A value as it is written in JSON, strings without their quotes; None for what is none, or holds others."""
    if found is None or isinstance(found, dict | list):
        return None
    return found if isinstance(found, str) else json.dumps(found)
