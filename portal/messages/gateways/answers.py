"""What does an answer of a provider mean that an administrator has described? PURE."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.messages.gateways.contract import Fault, OurFault, Receipt, Refused, RetryLater, Unknown
from portal.messages.gateways.http_settings import statuses
from portal.messages.gateways.silence import retry_after

LONGEST_REFERENCE = 100
_FAULTS = {401: "credentials", 402: "credit", 403: "credentials"}
_NOT_DONE = frozenset({301, 307, 308})
"""Redirects that say "ask there instead". The others are also said by a server that has done what it was asked to."""
_SERVER_FAULT, _CLIENT_FAULT, _REDIRECT, _TOO_MANY, _TIME_OUT = 500, 400, 300, 429, 408
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
            raise Refused("number")
        if answer.says(settings.get("failed", {})):
            raise _of_status(answer) if answer.status >= _CLIENT_FAULT else OurFault("not sent")
    if not any(answer.status in each for each in statuses(settings.get("statuses", ""))):
        raise _of_status(answer)
    if not answer.is_readable(settings):
        raise Unknown("no readable answer")
    if settings.get("success") and not answer.says(settings["success"]):
        raise Unknown("no success")
    return Receipt(_reference(answer, settings.get("reference", "")))


def _of_status(answer: Answer) -> Fault:
    """What a status says that is none of success. Whoever answers 408 may have stopped to wait for somebody else."""
    status = answer.status
    if status == _TOO_MANY:
        return RetryLater("throttled", retry_after(answer.headers))
    if _REDIRECT <= status < _CLIENT_FAULT:
        return OurFault("redirect") if status in _NOT_DONE else Unknown("redirect")
    if status >= _SERVER_FAULT or status < _CLIENT_FAULT or status == _TIME_OUT:
        return Unknown(f"status {status}")
    return OurFault(_FAULTS.get(status, f"status {status}"))


def _reference(answer: Answer, path: str) -> str | None:
    found = _word(answer.at(path)) if path else None
    return found[:LONGEST_REFERENCE] if found and found.isprintable() else None


def _word(found: Any) -> str | None:
    """A value as it is written in JSON, strings without their quotes; None for what is none, or holds others."""
    if found is None or isinstance(found, dict | list):
        return None
    return found if isinstance(found, str) else json.dumps(found)
