"""Can an outsider tell an account that exists from one that does not, by words, headers, writes or time?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median

import pytest
from flask import Flask
from sqlalchemy import event

from portal.extensions import db
from tests.conftest import PASSWORD
from tests.people import PHONE, does, rows
from tests.town import post
from tests.transports import Answer
from tests.visitor import Visitor

ALIKE = {"unknown": "nobody.at.all", "right": "somebody.real", "passwordless": "without.a.pwd", "suspended": "sent.far.away"}
GENEROUS = {"PORTAL_LIMIT_PASSWORD_PER_IDENTIFIER": "9999", "PORTAL_LIMIT_PASSWORD_PER_ADDRESS": "9999",
            "PORTAL_LIMIT_PASSWORD_PER_ACCOUNT": "9999"}


@pytest.fixture
def people(app: Flask, make_user: Callable[..., int]) -> dict[str, tuple[str, str]]:
    """For each kind of account a username, all of one length, and the password with which an outsider tries it."""
    make_user(username=ALIKE["right"], phone=PHONE)
    make_user(username=ALIKE["passwordless"], password=None, phone="+4915112345670")
    make_user(username=ALIKE["suspended"], phone="+4915112345671")
    does(app, "user", "suspend", ALIKE["suspended"])
    return {kind: (name, PASSWORD if kind != "right" else "wrong") for kind, name in ALIKE.items()}


def attempt(visitor: Visitor, name: str, password: str) -> Answer:
    visitor.opens("/login")
    return post(visitor, "/login", identifier=name, password=password)


def told(answer: Answer, name: str) -> tuple[int, str, list[tuple[str, str]]]:
    """All that an answer tells, but for what is random in every answer and for what was typed."""
    random = {"set-cookie", "x-request-id", "date"}
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text).replace(name, "…")
    return answer.status, text, sorted((key.lower(), value) for key, value in answer.headers if key.lower() not in random)


def test_every_refusal_says_the_same_in_words_and_headers(
    both_databases: str, another_visitor: Callable[..., Visitor], people: dict[str, tuple[str, str]],
) -> None:
    answers = {kind: told(attempt(another_visitor(), *who), who[0]) for kind, who in people.items()}

    assert answers["unknown"][0] == 422
    assert all(answer == answers["unknown"] for answer in answers.values())


@pytest.mark.parametrize(("known", "unknown"), [(PHONE, "+4915112345699"), ("somebody@example.com", "nobodyyy@example.com")])
def test_numbers_and_addresses_tell_as_little_as_names(
    visitor: Visitor, make_user: Callable[..., int], known: str, unknown: str,
) -> None:
    make_user(email="somebody@example.com", phone=PHONE)

    assert told(attempt(visitor, known, "wrong"), known) == told(attempt(visitor, unknown, "wrong"), unknown)


def test_every_refusal_asks_and_writes_the_same(
    app: Flask, both_databases: str, visitor: Visitor, people: dict[str, tuple[str, str]],
) -> None:
    statements: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))
    attempt(visitor, "warm.up", "wrong")
    asked = {}
    for kind, who in people.items():
        visitor.opens("/login")
        statements.clear()
        post(visitor, "/login", identifier=who[0], password=who[1])
        asked[kind] = list(statements)

    assert asked["unknown"]
    assert all(each == asked["unknown"] for each in asked.values())
    refused = rows(app, "SELECT outcome FROM audit_entry WHERE event = 'first factor refused'")
    assert [row.outcome for row in refused] == ["refused"] * 5


def test_the_pause_after_five_tries_is_the_same_for_all(
    both_databases: str, another_visitor: Callable[..., Visitor], people: dict[str, tuple[str, str]],
) -> None:
    seen = {}
    for kind, (name, password) in people.items():
        answers = [attempt(another_visitor(), name, password) for _ in range(6)]
        seen[kind] = [(answer.status, re.sub(r"\d", "0", answer.header("retry-after"))) for answer in answers]

    assert seen["unknown"] == [(422, "")] * 5 + [(429, "0")]
    assert all(each == seen["unknown"] for each in seen.values())


@pytest.mark.settings(PORTAL_LIMIT_PASSWORD_PER_ACCOUNT="3", PORTAL_LIMIT_PASSWORD_PER_IDENTIFIER="99")
def test_an_account_that_was_tried_too_often_answers_the_right_password_like_a_wrong_one(
    visitor: Visitor, people: dict[str, tuple[str, str]],
) -> None:
    name = ALIKE["right"]
    wrong = [told(attempt(visitor, name, "wrong"), name) for _ in range(4)]

    assert told(attempt(visitor, name, PASSWORD), name) == wrong[0]


@pytest.mark.settings(PORTAL_HASH_MEMORY_KIB="32768", PORTAL_HASH_PASSES="2", **GENEROUS)
def test_no_kind_of_account_takes_longer_than_another(
    app: Flask, visitor: Visitor, people: dict[str, tuple[str, str]],
) -> None:
    """The time of this thread, in rounds that mix all kinds, so that a busy machine slows all of them alike."""
    spent: dict[str, list[float]] = {kind: [] for kind in people}
    for round_number in range(12):
        for kind, (name, password) in people.items():
            visitor.opens("/login")
            began = time.thread_time()
            post(visitor, "/login", identifier=name, password=password)
            spent[kind] += [time.thread_time() - began] if round_number else []

    middle = {kind: median(times) for kind, times in spent.items()}
    assert max(middle.values()) < 1.15 * min(middle.values()), middle


def test_a_number_that_is_somebody_s_is_sent_a_code_like_a_free_one(
    another_visitor: Callable[..., Visitor], make_user: Callable[..., int],
) -> None:
    make_user(username="owner", phone="+4915112345611")
    pages = []
    for name, number in (("first", "+4915112345611"), ("other", "+4915112346611")):
        make_user(username=name)
        visitor = another_visitor().logs_in(name, PASSWORD).fills(country="DE", phone=number).submits()
        pages.append((visitor.status, visitor.path, visitor.redirects, visitor.page.text))
        assert len(visitor.text_messages(number)) == 1

    assert pages[0] == pages[1]


def test_the_way_through_a_page_tells_nothing_before_the_password(visitor: Visitor, people: dict[str, tuple[str, str]]) -> None:
    for path in ("/login/code", "/login/phone", "/login/code/state"):
        answers = {kind: visitor.opens(f"{path}?identifier={name}").page.text for kind, (name, _) in people.items()}
        assert len(set(answers.values())) == 1
