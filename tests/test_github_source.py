"""Whom does GitHub name, which speaks OAuth and tells of people over an interface of its own?"""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from flask import Flask

from portal.models import RequestPurpose, SourceKind
from portal.sources import presets
from portal.sources.faults import Fault, SourceFault
from tests import outside
from tests.outside import Trip, add_source
from tests.provider import Provider, parameters, reply

TOKEN, USER, EMAILS = "/login/oauth/access_token", "/api/v3/user", "/api/v3/user/emails"
OCTOCAT = {"id": 583231, "login": "octocat", "name": "The Octocat", "email": "public@example.com"}
PRIMARY = {"email": "octocat@example.com", "primary": True, "verified": True}
provider, nothing_rests = outside.provider, outside.nothing_rests


def says(body: Any, status: int = 200) -> Callable[[BaseHTTPRequestHandler], None]:
    def answers(request: BaseHTTPRequestHandler) -> None:
        known = request.command == "POST" or request.headers["Authorization"].startswith("Bearer ")
        reply(request, status if known else 401, body)

    return answers


@pytest.fixture
def github(app: Flask, provider: Provider) -> Trip:
    """A source that is set to a GitHub Enterprise of our own."""
    provider.replies |= {USER: says(OCTOCAT), EMAILS: says([{"email": "old@example.com", "verified": True}, PRIMARY])}
    return Trip(app, add_source(app, "github", kind=SourceKind.OAUTH, preset=presets.GITHUB, base=provider.url))


def test_github_names_the_person_by_the_number(github: Trip, provider: Provider) -> None:
    person = github.whole(provider)
    assert (person.issuer, person.subject, person.called) == (provider.url, "583231", "octocat")
    assert (person.email, person.email_verified, person.name, person.username) == (
        "octocat@example.com", True, "The Octocat", "octocat")
    assert not person.vouched
    assert [step.name for step in github.steps.taken] == ["asked", "answer", "token", "userinfo", "person"]


def test_the_browser_is_sent_with_state_and_challenge(github: Trip, provider: Provider) -> None:
    address = github.goes()
    asked = parameters(address)
    assert address.startswith(f"{provider.url}/login/oauth/authorize?")
    assert (asked["code_challenge_method"], asked["scope"], asked["state"]) == ("S256", "read:user user:email", github.state)


def test_github_itself_is_asked_at_its_own_addresses(app: Flask) -> None:
    trip = Trip(app, add_source(app, "github", kind=SourceKind.OAUTH, preset=presets.GITHUB))
    assert trip.goes().startswith("https://github.com/login/oauth/authorize?")


@pytest.mark.parametrize("emails", [
    [], [PRIMARY | {"verified": False}], [PRIMARY | {"primary": False}], [PRIMARY | {"email": 1}], ["octocat@example.com"],
    {"email": "x"}, [PRIMARY | {"verified": "true"}],
])
def test_only_the_primary_verified_email_counts(github: Trip, provider: Provider, emails: Any) -> None:
    provider.replies[EMAILS] = says(emails)
    person = github.whole(provider)
    assert (person.email, person.email_verified) == (None, False)


def test_an_application_that_may_not_see_emails_still_names_the_person(github: Trip, provider: Provider) -> None:
    provider.replies[EMAILS] = says({"message": "Not Found"}, 404)
    assert github.whole(provider).email is None


@pytest.mark.parametrize("number", [None, "583231", True, 0, -1, 1.5, 2**70])
def test_whoever_has_no_number_is_nobody(github: Trip, provider: Provider, number: Any) -> None:
    provider.replies[USER] = says(OCTOCAT | {"id": number})
    assert github.fails(provider) is Fault.NO_SUBJECT


@pytest.mark.parametrize(("answer", "fault"), [
    ({"error": "bad_verification_code", "error_description": "x"}, Fault.CODE_REFUSED),
    ({"error": "incorrect_client_credentials"}, Fault.REFUSED_US), ({"error": "redirect_uri_mismatch"}, Fault.SAID_ERROR),
    ({"error": ["x"]}, Fault.SAID_ERROR), ({}, Fault.UNREADABLE), ({"access_token": "a\nb"}, Fault.UNREADABLE),
    ({"access_token": 7}, Fault.UNREADABLE),
])
def test_an_exchange_that_fails_with_status_200_is_said(github: Trip, provider: Provider, answer: Any, fault: Fault) -> None:
    provider.replies[TOKEN] = says(answer)
    assert github.fails(provider) is fault


def test_a_code_is_worth_something_with_its_verifier_alone(github: Trip, provider: Provider) -> None:
    others, mine = provider.says_yes(github.goes()), provider.says_yes(github.goes())
    with pytest.raises(SourceFault) as raised:
        github.comes_back({"state": mine["state"], "code": others["code"]})
    assert raised.value.reason is Fault.CODE_REFUSED


def test_nothing_is_confirmed_by_github(github: Trip) -> None:
    from portal.sources import outside

    assert not outside.confirms(github.source)
    with pytest.raises(SourceFault) as raised:
        github.goes(RequestPurpose.CONFIRM)
    assert raised.value.reason is Fault.NOT_FRESH


@pytest.mark.parametrize(("typed", "issuer"), [
    (" 9188040D-6C67-4C5B-B112-36A304B66DAD ", "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"),
    ("common", None), ("organizations", None), ("consumers", None), ("contoso.com", None), ("", None), ("../x", None),
])
def test_a_tenant_of_microsoft_is_named_by_its_id(typed: str, issuer: str | None) -> None:
    assert presets.microsoft_issuer(typed) == issuer
