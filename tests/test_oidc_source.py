"""Does an OpenID Connect provider's answer name a person, and only if it is for this request?"""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask import Flask

from portal.models import RequestPurpose
from portal.sources.faults import Fault, SourceFault
from tests import outside, people
from tests.outside import Trip, add_source
from tests.people import Later
from tests.provider import Provider, parameters, reply

HOUR = 3_600
later = people.later
provider, nothing_rests, trip = outside.provider, outside.nothing_rests, outside.trip


def test_an_honest_provider_names_the_person(trip: Trip, provider: Provider) -> None:
    person = trip.whole(provider)
    assert (person.issuer, person.subject, person.called) == (provider.url, "248289761001", "li.na")
    assert (person.email, person.email_verified, person.name, person.vouched) == ("li.na@example.com", True, "Li Na", False)
    assert [step.name for step in trip.steps.taken] == [
        "discovery", "asked", "answer", "discovery", "token", "keys", "signature", "claims", "person"]
    assert all(step.ok for step in trip.steps.taken)


def test_the_browser_takes_state_nonce_and_challenge_along(trip: Trip, provider: Provider) -> None:
    first, second = parameters(trip.goes()), parameters(trip.goes())
    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == "http://localhost:5000/login/with/acme/callback"
    assert first["scope"].split()[0] == "openid"
    assert all(first[name] != second[name] and len(first[name]) >= 43 for name in ("state", "nonce", "code_challenge"))
    assert "prompt" not in first


def test_neither_code_nor_token_nor_secret_stands_in_the_steps(trip: Trip, provider: Provider) -> None:
    address = trip.goes()
    back = provider.says_yes(address)
    trip.comes_back(back)
    shown = repr(trip.steps)
    assert not [word for word in (back["code"], back["state"], parameters(address)["nonce"], "secret") if word in shown]


def test_what_was_told_is_shown_to_who_tries_it_without_what_ties_it_to_a_session(trip: Trip, provider: Provider) -> None:
    provider.claims = {"groups": ["a", {"b": "\ud800\0"}], "\ud800odd": "x\ud800\0y", "sid": "session"}
    trip.whole(provider)
    told = trip.steps.told
    assert {name: told[name] for name in ("sub", "groups", "odd")} == {
        "sub": "248289761001", "groups": '["a", {"b": "\\ud800\\u0000"}]', "odd": "xy"}
    assert not {"nonce", "at_hash", "sid"} & told.keys()


def test_an_answer_of_one_source_is_worth_nothing_at_another(app: Flask, provider: Provider, trip: Trip) -> None:
    with Provider() as hostile:
        there = Trip(app, add_source(app, "hostile", issuer=hostile.url))
        stolen = provider.says_yes(trip.goes())
        with pytest.raises(SourceFault) as raised:
            there.comes_back(stolen)
        assert raised.value.reason is Fault.MIXED_UP
        assert hostile.asked == [], "the code was not carried to the other one"
        with pytest.raises(AssertionError, match="no request"):
            trip.comes_back(stolen)


def test_an_answer_that_names_another_issuer_is_not_taken(trip: Trip, provider: Provider) -> None:
    for issuer in ("https://accounts.example.com", "", provider.url + "/"):
        back = provider.says_yes(trip.goes()) | {"iss": issuer}
        with pytest.raises(SourceFault) as raised:
            trip.comes_back(back)
        assert raised.value.reason is Fault.MIXED_UP
        assert "/token" not in provider.asked
    assert trip.comes_back(provider.says_yes(trip.goes()) | {"iss": provider.url}).subject


def test_an_answer_without_issuer_is_not_taken_where_one_is_announced(trip: Trip, provider: Provider) -> None:
    provider.document = {"authorization_response_iss_parameter_supported": True}
    assert trip.fails(provider) is Fault.MIXED_UP


def test_a_code_of_another_session_is_worth_nothing(trip: Trip, provider: Provider) -> None:
    others = provider.says_yes(trip.goes())
    mine = provider.says_yes(trip.goes())
    with pytest.raises(SourceFault) as raised:
        trip.comes_back({"state": mine["state"], "code": others["code"]})
    assert raised.value.reason is Fault.CODE_REFUSED


@pytest.mark.parametrize(("error", "fault"), [
    ("access_denied", Fault.DENIED), ("temporarily_unavailable", Fault.NOT_NOW), ("server_error", Fault.NOT_NOW),
    ("login_required", Fault.SAID_ERROR), ("unauthorized_client", Fault.REFUSED_US), ("<b>bold</b>", Fault.SAID_ERROR),
    ("", Fault.SAID_ERROR),
])
def test_an_error_in_the_answer_is_said_in_our_words(trip: Trip, provider: Provider, error: str, fault: Fault) -> None:
    trip.goes()
    with pytest.raises(SourceFault) as raised:
        trip.comes_back({"state": trip.state, "error": error, "error_description": "<i>call 555</i>", "code": "x"})
    assert raised.value.reason is fault
    assert "<" not in str(raised.value)
    assert "/token" not in provider.asked


@pytest.mark.parametrize("code", [None, "", "a" * 5_000, "a\r\nb"])
def test_an_answer_without_a_usable_code_is_not_taken(trip: Trip, provider: Provider, code: str | None) -> None:
    trip.goes()
    with pytest.raises(SourceFault) as raised:
        trip.comes_back({"state": trip.state} | ({} if code is None else {"code": code}))
    assert raised.value.reason is Fault.UNREADABLE
    assert "/token" not in provider.asked


def test_a_description_of_another_issuer_is_not_taken(trip: Trip, provider: Provider) -> None:
    for issuer in (provider.url + "/", "https://accounts.example.com", None, 1, provider.url.upper()):
        provider.document = {"issuer": issuer} if issuer else {"issuer": None}
        with pytest.raises(SourceFault) as raised:
            trip.goes()
        assert raised.value.reason is Fault.ISSUER


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize("address", [
    "http://accounts.example.com/x", "ftp://127.0.0.1/x", "javascript:alert(1)", "//127.0.0.1/x", "https://", "https://a@b/", 7,
    "https://[/", "https://example.com:99999999/", "https://example.com/\n",
])
def test_a_description_that_leads_out_of_https_is_not_taken(trip: Trip, provider: Provider, name: str, address: Any) -> None:
    provider.document = {name: address}
    with pytest.raises(SourceFault) as raised:
        trip.goes()
    assert raised.value.reason is Fault.NOT_SECURE


def test_a_description_is_read_again_after_ten_minutes(trip: Trip, provider: Provider, later: Later) -> None:
    def described() -> int:
        return provider.asked.count("/.well-known/openid-configuration")

    trip.goes()
    trip.goes()
    assert described() == 1
    trip.goes(RequestPurpose.TRY)
    assert described() == 2, "who tries it out wants to know how it is now"
    later(601)
    trip.goes()
    assert described() == 3


def test_userinfo_is_asked_for_what_is_missing_and_only_of_the_same_subject(trip: Trip, provider: Provider) -> None:
    provider.userinfo = {"sub": "248289761001", "email": "other@example.com", "email_verified": True, "name": "Na Li"}
    assert trip.whole(provider).email == "li.na@example.com"
    assert "/userinfo" not in provider.asked, "nothing was missing"
    provider.claims = {"email": None, "email_verified": None, "preferred_username": None, "name": None}
    person = trip.whole(provider)
    assert (person.email, person.email_verified, person.name, person.called) == (
        "other@example.com", True, "Na Li", "other@example.com")
    provider.userinfo = {"sub": "248289761002", "email": "victim@example.com", "email_verified": True}
    assert trip.fails(provider) is Fault.OTHER_SUBJECT


def test_an_email_is_not_verified_by_what_was_said_of_another(trip: Trip, provider: Provider) -> None:
    provider.claims = {"email_verified": None, "preferred_username": None, "name": None}
    provider.userinfo = {"sub": "248289761001", "email": "other@example.com", "email_verified": True, "name": "Na Li"}
    person = trip.whole(provider)
    assert (person.email, person.email_verified, person.name) == ("li.na@example.com", False, "Na Li")
    provider.claims = {"email": None, "email_verified": True}
    provider.userinfo = {"sub": "248289761001", "email": "other@example.com"}
    person = trip.whole(provider)
    assert (person.email, person.email_verified) == ("other@example.com", False)


@pytest.mark.parametrize(("claims", "email", "verified"), [
    ({"email_verified": "true"}, "li.na@example.com", False), ({"email_verified": 1}, "li.na@example.com", False),
    ({"email": "li\0na@example.com"}, None, False), ({"email": "a" * 300 + "@example.com"}, None, False),
    ({"email": ["li.na@example.com"]}, None, False), ({"xms_edov": True, "email_verified": None}, "li.na@example.com", False),
])
def test_an_odd_email_is_none(trip: Trip, provider: Provider, claims: dict[str, Any], email: str | None, verified: bool) -> None:
    provider.claims = claims
    person = trip.whole(provider)
    assert (person.email, person.email_verified) == (email, verified)


def test_what_a_person_is_called_is_cleaned(trip: Trip, provider: Provider) -> None:
    provider.claims = {"preferred_username": "li\u202e.na\0\n\ud800", "name": "L" * 1_000}
    person = trip.whole(provider)
    assert person.called == person.username == "li.na"
    assert person.name == "L" * 254


@pytest.mark.parametrize(("claims", "vouched"), [
    ({"amr": ["pwd", "mfa"]}, True), ({"amr": ["otp"]}, True), ({"amr": ["sms"]}, True), ({"amr": ["hwk", "user"]}, True),
    ({"amr": ["pwd"]}, False), ({"amr": "mfa"}, False), ({"amr": [["mfa"]]}, False), ({"amr": {"mfa": True}}, False),
    ({"acr": "phrh"}, True), ({"acr": "0"}, False), ({"acr": ["phrh"]}, False), ({}, False),
])
def test_a_second_factor_given_there_is_said(app: Flask, provider: Provider, claims: dict[str, Any], vouched: bool) -> None:
    provider.claims = claims
    trip = Trip(app, add_source(app, "acme", issuer=provider.url, acr_values=["phr", "phrh"]))
    assert parameters(trip.goes())["acr_values"] == "phr phrh"
    assert trip.whole(provider).vouched is vouched


def test_who_confirms_is_asked_anew(trip: Trip, provider: Provider) -> None:
    asked = parameters(trip.goes(RequestPurpose.CONFIRM))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert trip.whole(provider, RequestPurpose.CONFIRM).subject == "248289761001"
    for auth_time in (time.time() - HOUR, None, "now"):
        provider.claims = {"auth_time": auth_time}
        assert trip.fails(provider, RequestPurpose.CONFIRM) is Fault.NOT_FRESH
    assert trip.whole(provider).subject == "248289761001", "whoever only signs in may have signed in there before"


@pytest.mark.parametrize(("offered", "used"), [
    (None, "basic"), (["client_secret_post"], "post"), (["client_secret_post", "client_secret_basic"], "basic"),
])
def test_the_secret_is_given_as_the_provider_takes_it(
    trip: Trip, provider: Provider, offered: list[str] | None, used: str,
) -> None:
    provider.document = {"token_endpoint_auth_methods_supported": offered}
    assert trip.whole(provider).subject == "248289761001"
    assert provider.took_secret_by == used


def test_a_source_without_a_secret_is_a_public_client(app: Flask, provider: Provider) -> None:
    provider.document = {"token_endpoint_auth_methods_supported": ["none"]}
    trip = Trip(app, add_source(app, "public", secret=None, issuer=provider.url))
    assert trip.whole(provider).subject == "248289761001"
    assert provider.took_secret_by == "none"


def test_a_secret_that_the_provider_does_not_take_is_said(app: Flask, provider: Provider, trip: Trip) -> None:
    wrong = Trip(app, add_source(app, "wrong", secret="another", issuer=provider.url))
    assert wrong.fails(provider) is Fault.REFUSED_US
    provider.document = {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}
    assert trip.fails(provider) is Fault.SETTINGS


@pytest.mark.parametrize("answer", [
    {}, {"access_token": "a", "token_type": "Bearer"}, {"access_token": 1, "token_type": "Bearer", "id_token": "a.b.c"},
    {"access_token": "a", "token_type": "mac", "id_token": "a.b.c"}, ["a"], None,
    {"access_token": "a\r\nX: y", "token_type": "bearer", "id_token": "a.b.c"},
])
def test_an_exchange_that_gives_no_tokens_is_said(trip: Trip, provider: Provider, answer: Any) -> None:
    provider.replies["/token"] = lambda request: reply(request, 200, answer)
    assert trip.fails(provider) is Fault.UNREADABLE


def test_what_is_seen_of_an_answer_of_another_type_can_stand_on_a_page(trip: Trip, provider: Provider) -> None:
    provider.replies["/token"] = lambda request: reply(request, 200, b"{}", Content_Type="text/\0h\x01tml")
    assert trip.fails(provider) is Fault.UNREADABLE
    assert trip.steps.taken[-1].detail == "unreadable: status 200, content type text/html"


def test_a_telephone_number_is_handed_over_only_where_that_is_set(app: Flask, provider: Provider) -> None:
    provider.claims = {"phone_number": "+49 151 1234-5678", "phone_number_verified": False}
    assert Trip(app, add_source(app, "silent", issuer=provider.url)).whole(provider).phone is None
    taken = Trip(app, add_source(app, "taken", issuer=provider.url, take_phone=True))
    assert taken.whole(provider).phone == "+4915112345678"
    trusted = Trip(app, add_source(app, "trusted", issuer=provider.url, take_phone=True, trust_phone=True))
    assert trusted.whole(provider).phone is None, "nobody has verified it there"
    provider.claims["phone_number_verified"] = True
    assert trusted.whole(provider).phone == "+4915112345678"
    provider.claims["phone_number"] = "call me"
    assert trusted.whole(provider).phone is None
