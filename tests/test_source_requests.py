"""Who may answer a request to an outside source? The browser that began it, once, within ten minutes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import insert

from portal import clock
from portal.database import writing
from portal.models import Application, RequestPurpose, Trial
from portal.sources import requests
from portal.sources.register import Source
from portal.sources.requests import Opened, Request
from tests import people
from tests.conftest import PASSWORD
from tests.outside import BROWSER, OTHER_BROWSER, add_source
from tests.people import Later, MakeUser, MakeVisitor, add_application, rows

pytestmark = pytest.mark.usefixtures("both_databases")
later = people.later
CLAIMED = {"issuer": "https://accounts.example.com", "subject": "7", "called": "li.na", "email": None}


@pytest.fixture
def source(app: Flask) -> Source:
    """Some source."""
    return add_source(app, "acme", issuer="https://accounts.example.com")


def begins(app: Flask, source: Source, trial_id: int | None = None) -> Opened:
    with app.app_context():
        return requests.begin(source, RequestPurpose.LOG_IN, browser=BROWSER, trial_id=trial_id, next_address="/settings/mfa")


def answers(app: Flask, state: str, browser: bytes = BROWSER, trial_id: int | None = None) -> Request | None:
    with app.app_context():
        return requests.answered(state, browser=browser, trial_id=trial_id)


def add_trial(app: Flask) -> int:
    add_application(app, "Shop")
    application = rows(app, "SELECT id FROM application")[0].id
    row = {"application_id": application, "started_by": "anna", "started_at": clock.now(), "ends_at": clock.now() + 900}
    with app.app_context(), writing() as connection:
        return int(connection.execute(insert(Trial).values(row).returning(Trial.id)).scalar_one())


def test_an_answer_finds_its_request_once(app: Flask, source: Source) -> None:
    opened = begins(app, source)
    found = answers(app, opened.state)
    assert found is not None
    assert (found.source_id, found.purpose, found.nonce, found.verifier, found.next_address) == (
        source.id, RequestPurpose.LOG_IN, opened.nonce, opened.verifier, "/settings/mfa")
    assert answers(app, opened.state) is None


def test_of_many_at_once_one_finds_it(app: Flask, source: Source) -> None:
    opened = begins(app, source)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: answers(app, opened.state), range(8)))
    assert len([each for each in found if each]) == 1


@pytest.mark.parametrize("state", ["", "another", "a" * 10_000, "ä\0"])
def test_a_state_that_nobody_gave_finds_nothing(app: Flask, source: Source, state: str) -> None:
    begins(app, source)
    assert answers(app, state) is None
    with app.app_context():
        assert requests.trial_of(state) is None


def test_another_browser_finds_nothing_and_spoils_nothing(app: Flask, source: Source) -> None:
    opened = begins(app, source)
    assert answers(app, opened.state, OTHER_BROWSER) is None
    assert answers(app, opened.state) is not None


def test_a_request_is_good_for_ten_minutes(app: Flask, source: Source, later: Later) -> None:
    opened, spare = begins(app, source), begins(app, source)
    later(590)
    assert answers(app, spare.state) is not None
    later(20)
    assert answers(app, opened.state) is None


def test_a_request_of_a_trial_is_answered_in_it_alone(app: Flask, source: Source) -> None:
    trial = add_trial(app)
    tried, real = begins(app, source, trial), begins(app, source)
    with app.app_context():
        assert (requests.trial_of(tried.state), requests.trial_of(real.state)) == (trial, None)
    assert answers(app, tried.state) is None
    assert answers(app, real.state, trial_id=trial) is None
    assert answers(app, tried.state, trial_id=trial + 1) is None
    assert answers(app, tried.state, trial_id=trial) is not None
    assert answers(app, real.state) is not None


def test_neither_state_nor_token_stands_in_the_database(app: Flask, source: Source) -> None:
    opened = begins(app, source)
    with app.app_context():
        token = requests.arrive(source, CLAIMED, browser=BROWSER, trial_id=None)
    kept = repr([tuple(row) for row in rows(app, "SELECT * FROM source_request")])
    assert opened.state not in kept
    assert token not in kept


def test_who_arrives_waits_in_the_same_browser(app: Flask, source: Source, later: Later) -> None:
    with app.app_context():
        token = requests.arrive(source, CLAIMED, browser=BROWSER, trial_id=None, next_address="/x")
        found = requests.arrived(token, browser=BROWSER, trial_id=None)
        assert found is not None
        assert (found.claims, found.next_address, found.source_id) == (CLAIMED, "/x", source.id)
        assert requests.arrived(token, browser=OTHER_BROWSER, trial_id=None) is None
        assert requests.arrived(token, trial_id=None) is None
        assert requests.arrived(token, browser=BROWSER, trial_id=1) is None
        assert answers(app, token) is None, "who has arrived answers nothing"
        later(601)
        assert requests.arrived(token, browser=BROWSER, trial_id=None) is None


def test_who_arrives_is_bound_to_one_sign_in_and_linked_once(
    app: Flask, source: Source, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    user_id = make_user(username="li.na")
    for _ in range(2):
        another_visitor().logs_in("li.na", PASSWORD)
    sign_ins = [row.id for row in rows(app, "SELECT id FROM sign_in")]
    with app.app_context():
        token = requests.arrive(source, CLAIMED, browser=BROWSER, trial_id=None)

        def binds(sign_in_id: int, browser: bytes = BROWSER) -> bool:
            with writing() as connection:
                return requests.bind(connection, token, browser=browser, trial_id=None, user_id=user_id, sign_in_id=sign_in_id)

        assert not binds(sign_ins[0], OTHER_BROWSER)
        assert binds(sign_ins[0])
        assert not binds(sign_ins[1]), "another sign-in in that browser takes nobody over"
        with writing() as connection:
            assert requests.bound(connection, sign_ins[1]) is None
            found = requests.bound(connection, sign_ins[0])
            assert found is not None
            assert (found.user_id, found.claims) == (user_id, CLAIMED)
            assert [requests.settle(connection, found.id) for _ in range(2)] == [True, False]
            assert requests.bound(connection, sign_ins[0]) is None


def test_what_has_expired_is_removed(app: Flask, source: Source, later: Later) -> None:
    begins(app, source)
    later(601)
    begins(app, source)
    with app.app_context(), writing() as connection:
        assert requests.prune(connection) == 1
    assert len(rows(app, "SELECT id FROM source_request")) == 1


def test_an_application_that_goes_takes_no_request_along(app: Flask, source: Source) -> None:
    add_application(app, "Shop")
    application = rows(app, "SELECT id FROM application")[0].id
    with app.app_context():
        opened = requests.begin(source, RequestPurpose.LOG_IN, browser=BROWSER, trial_id=None, application_id=application)
        with writing() as connection:
            connection.execute(Application.__table__.delete())  # type: ignore[attr-defined]
    found = answers(app, opened.state)
    assert found is not None
    assert found.application_id is None
