"""Do we understand a certified OpenID Connect provider, and it us?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.models import RequestPurpose
from portal.sources.faults import Fault, SourceFault
from tests import outside
from tests.certified import CertifiedProvider, Person
from tests.outside import Trip, add_source
from tests.provider import CLIENT_ID, SECRET, parameters

nothing_rests = outside.nothing_rests
CLIENT: dict[str, object] = {
    "client_id": CLIENT_ID, "client_secret": SECRET, "redirect_uris": [outside.CALLBACK.format(name="acme")],
}
OTHER: dict[str, object] = {
    "client_id": "posting", "client_secret": SECRET, "redirect_uris": [outside.CALLBACK.format(name="posting")],
    "token_endpoint_auth_method": "client_secret_post",
}
PUBLIC: dict[str, object] = {
    "client_id": "public", "redirect_uris": [outside.CALLBACK.format(name="public")], "token_endpoint_auth_method": "none",
}


@pytest.fixture(scope="module")
def certified() -> Iterator[CertifiedProvider]:
    """The provider, for all tests here."""
    server = CertifiedProvider(CLIENT, OTHER, PUBLIC)
    server.start()
    yield server
    server.end()


@pytest.fixture
def acme(app: Flask, certified: CertifiedProvider) -> Trip:
    """A source that is set to it."""
    return Trip(app, add_source(app, "acme", issuer=certified.url))


def test_it_names_who_has_signed_in_there(acme: Trip, certified: CertifiedProvider) -> None:
    person = acme.comes_back(Person("li.na").signs_in(acme.goes()))
    assert (person.issuer, person.subject, person.called) == (certified.url, "li.na", "li.na")
    assert (person.email, person.email_verified) == ("li.na@example.com", True)
    assert all(step.ok for step in acme.steps.taken)
    assert "userinfo" in [step.name for step in acme.steps.taken], "it tells of emails there alone"


def test_its_answer_names_its_issuer_and_counts_once(acme: Trip, certified: CertifiedProvider) -> None:
    back = Person("li.na").signs_in(acme.goes())
    assert back["iss"] == certified.url
    assert acme.comes_back(back).subject == "li.na"
    again = acme.goes()
    with pytest.raises(SourceFault) as raised:
        acme.comes_back(back | {"state": parameters(again)["state"]})
    assert raised.value.reason is Fault.CODE_REFUSED


def test_an_answer_without_its_issuer_is_not_taken(acme: Trip) -> None:
    back = Person("li.na").signs_in(acme.goes())
    del back["iss"]
    with pytest.raises(SourceFault) as raised:
        acme.comes_back(back)
    assert raised.value.reason is Fault.MIXED_UP


def test_whoever_says_no_there_is_told_so(acme: Trip) -> None:
    back = Person("li.na").refuses(acme.goes())
    assert back["error"] == "access_denied"
    with pytest.raises(SourceFault) as raised:
        acme.comes_back(back)
    assert raised.value.reason is Fault.DENIED


def test_it_remembers_who_signs_in_again_and_asks_anew_who_confirms(acme: Trip) -> None:
    person = Person("li.na")
    acme.comes_back(person.signs_in(acme.goes()))
    acme.comes_back(person.signs_in(acme.goes()))
    assert person.typed == 1
    assert acme.comes_back(person.signs_in(acme.goes(RequestPurpose.CONFIRM))).subject == "li.na"
    assert person.typed == 2


def test_a_code_that_another_session_was_given_is_refused_by_it(acme: Trip) -> None:
    attacker, victim = Person("mallory").signs_in(acme.goes()), Person("li.na").signs_in(acme.goes())
    with pytest.raises(SourceFault) as raised:
        acme.comes_back(victim | {"code": attacker["code"]})
    assert raised.value.reason is Fault.CODE_REFUSED


@pytest.mark.parametrize(("name", "secret"), [("posting", SECRET), ("public", None)])
def test_other_kinds_of_client_are_understood(app: Flask, certified: CertifiedProvider, name: str, secret: str | None) -> None:
    trip = Trip(app, add_source(app, name, issuer=certified.url, client_id=name, secret=secret))
    assert trip.comes_back(Person("li.na").signs_in(trip.goes())).subject == "li.na"


def test_a_wrong_secret_is_refused_by_it(app: Flask, certified: CertifiedProvider) -> None:
    trip = Trip(app, add_source(app, "acme", issuer=certified.url, secret="another"))
    with pytest.raises(SourceFault) as raised:
        trip.comes_back(Person("li.na").signs_in(trip.goes()))
    assert raised.value.reason is Fault.REFUSED_US
