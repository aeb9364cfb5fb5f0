"""Do the alert rules and the dashboard ask for nothing that the portal does not tell: no metric, no label, no value of one?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from portal.health import gauges
from portal.metrics import catalogue
from portal.models import AlarmKind, MessageState
from tests.servers import ROOT

OURS = re.compile(r"\b(portal_\w+)(?:\{([^}]*)\})?")
ASKED = re.compile(r'(\w+)\s*=~?\s*"([^"]*)"')
TOLD = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")
VALUES = {
    "state": {each.value for each in MessageState}, "kind": {each.value for each in AlarmKind},
    "status": {f"{digit}xx" for digit in range(1, 6)}, "outcome": {"complete"}, "limit": {"passwords", "password pause"},
}
"""What the labels that are asked for by value may be; of limits and outcomes, those that other tests see counted."""


@dataclass(frozen=True)
class Watched:
    """One question to the monitoring system, and the words that are said with its answer."""

    where: str
    expression: str
    words: str


def rules() -> Iterator[Watched]:
    """Those of the alert rules: the lines that follow `expr:`, up to the next name of the rule."""
    text = (ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8")
    for rule in re.split(r"\n\s*- alert: ", text)[1:]:
        found = re.search(r"expr:(.*?)\n\s+(?:for|labels):(.*)", rule, re.DOTALL)
        assert found, rule
        yield Watched(rule.partition("\n")[0], found[1].strip(" >\n"), found[2].replace("$value", ""))


def panels() -> Iterator[Watched]:
    """Those of the dashboard."""
    def walk(part: Any) -> Iterator[Watched]:
        if isinstance(part, dict) and "expr" in part:
            yield Watched("dashboard", part["expr"], part.get("legendFormat", ""))
        for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from walk(each)

    yield from walk(json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text(encoding="utf-8")))


def labels_of(name: str) -> set[str]:
    """The labels of a sample of that name; fails where there is none."""
    for metric in catalogue.ALL:
        parts = {f"{metric.name}{part}" for part in ("_bucket", "_sum", "_count")} if metric.buckets else {metric.name}
        if name in parts:
            return {*metric.labels, *(["le"] if name.endswith("_bucket") else [])}
    assert name in gauges.NAMES, f"nothing tells {name}"
    return {"kind"} if name == gauges.ALARMS else set()


def operand(expression: str, at: int) -> str:
    """What stands in the parentheses that open at that place."""
    depth = 0
    for end in range(at, len(expression)):
        depth += {"(": 1, ")": -1}.get(expression[end], 0)
        if depth == 0:
            return expression[at:end]
    raise AssertionError(f"not closed: {expression}")


EVERY = [*rules(), *panels()]


def test_all_of_them_are_read() -> None:
    text = (ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8")
    assert len(list(rules())) == text.count("expr:") > 8
    assert len(list(panels())) > 15


@pytest.mark.parametrize("watched", EVERY, ids=lambda each: f"{each.where}: {each.expression[:40]}")
def test_each_asks_for_labels_and_values_that_its_metric_has(watched: Watched) -> None:
    names = OURS.findall(watched.expression)
    assert names or watched.expression.startswith("up{job=")
    for name, selector in names:
        for label, values in ASKED.findall(selector):
            assert label in labels_of(name), f"{name} has no {label}"
            assert set(values.split("|")) <= VALUES[label], f"{label} is never {values}"
    for by in re.finditer(r"\bby \(([^)]*)\)\s*\(", watched.expression):
        wanted = {label.strip() for label in by[1].split(",")}
        for name, _selector in OURS.findall(operand(watched.expression, by.end() - 1)):
            assert wanted <= labels_of(name), f"{name} is not told by {wanted}"


@pytest.mark.parametrize("watched", EVERY, ids=lambda each: f"{each.where}: {each.expression[:40]}")
def test_each_says_labels_that_its_answer_has(watched: Watched) -> None:
    sums = re.findall(r"\bby \(([^)]*)\)", watched.expression)
    kept = {label.strip() for by in sums for label in by.split(",")}
    if not sums:
        kept = {label for name, _selector in OURS.findall(watched.expression) for label in labels_of(name)}
    assert set(TOLD.findall(watched.words)) <= kept | {"job"}
