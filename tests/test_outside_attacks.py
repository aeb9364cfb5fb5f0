"""Does a hostile or hanging outside source get anywhere, or anybody who meddles with its answers?"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests import outside
from tests.certified import CertifiedProvider, Person
from tests.comings import comes_by, knows, leaves, offers, returns
from tests.people import PHONE, MakeUser, MakeVisitor, does, events, is_home, is_outside, leads_to, retry_after, rows
from tests.processes import until
from tests.provider import CLIENT_ID, SECRET, Provider, by_hand, by_mac, parameters, public, reply, rsa_key
from tests.servers import Portal
from tests.transports import OverNetwork
from tests.visitor import Visitor

provider, nothing_rests = outside.provider, outside.nothing_rests


@pytest.fixture
def acme(app: Flask, provider: Provider, make_user: MakeUser) -> Provider:
    """A source in use; Li Na is linked with whom it names, and needs no code."""
    offers(app, "acme", issuer=provider.url)
    knows(app, make_user(username="li.na", phone=PHONE))
    does(app, "mfa", "--global", "off")
    return provider


def breaks_off(request: BaseHTTPRequestHandler) -> None:
    request.connection.close()


LIES: dict[str, Callable[[Provider], None]] = {
    "no signature": lambda there: setattr(there, "signs", lambda header, claims: by_hand(header | {"alg": "none"}, claims)),
    "public key as secret": lambda there: setattr(there, "signs", lambda header, claims: by_mac(
        header | {"alg": "HS256"}, claims, rsa_key("one").as_pem(private=False))),
    "another key": lambda there: setattr(there, "key", rsa_key("two")),
    "another key of the same name": lambda there: setattr(there, "keys", [public(rsa_key("two")) | {"kid": "one"}]),
    "another nonce": lambda there: there.claims.update(nonce="another"),
    "another issuer": lambda there: there.claims.update(iss="https://accounts.example.com"),
    "another audience": lambda there: there.claims.update(aud="another"),
    "another party": lambda there: there.claims.update(aud=[CLIENT_ID, "another"], azp="another"),
    "expired": lambda there: there.claims.update(exp=time.time() - 3_600),
    "of tomorrow": lambda there: there.claims.update(iat=time.time() + 86_400),
    "another access token": lambda there: there.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "a list as subject": lambda there: there.claims.update(sub=["248289761001"]),
    "a web page": lambda there: there.replies.update({"/token": lambda request: reply(
        request, 200, b"<html>", Content_Type="text/html")}),
    "a redirect to itself": lambda there: there.replies.update({"/token": lambda request: reply(
        request, 307, b"", Location=there.url + "/token")}),
    "a crash": lambda there: there.replies.update({"/token": breaks_off}),
}


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_opens_the_door_and_each_is_written_down(app: Flask, acme: Provider, visitor: Visitor, lie: str) -> None:
    LIES[lie](acme)
    comes_by(visitor, acme)
    assert visitor.status in (502, 503)
    assert visitor.sees("Log in to", "Acme")
    assert ("first factor refused", "source") in events(app)
    assert is_outside(visitor)


def test_a_domain_that_only_reads_like_one_that_is_let_in_creates_nobody(
    app: Flask, provider: Provider, visitor: Visitor,
) -> None:
    offers(app, "acme", issuer=provider.url, create_accounts=True, email_domains=["strasse.example"])
    provider.claims = {"email": "mallory@straße.example"}
    assert leads_to(comes_by(visitor, provider), "/login/arrived")
    assert rows(app, 'SELECT id FROM "user"') == []
    provider.claims = {"email": "li.na@STRASSE.example"}
    assert leads_to(comes_by(visitor, provider), "/login/phone")


def test_the_truth_does(acme: Provider, visitor: Visitor) -> None:
    assert is_home(comes_by(visitor, acme), "li.na")


def test_the_answer_of_a_hostile_source_does_not_count_as_one_of_another(app: Flask, acme: Provider, visitor: Visitor) -> None:
    with Provider() as hostile:
        offers(app, "evil", issuer=hostile.url)
        # The person goes to the hostile source, which sends them on to the honest one with what it has just been sent.
        asked = leaves(visitor, "evil")
        asked = asked.replace(hostile.url, acme.url).replace("with%2Fevil", "with%2Facme").replace("with/evil", "with/acme")
        assert returns(visitor, acme, asked, "acme").status == 400
        assert "/token" not in [*acme.asked, *hostile.asked], "the code went nowhere"
        assert is_outside(visitor)


def test_nobody_is_made_to_come_in_as_somebody_else(acme: Provider, visitor: Visitor, another_visitor: MakeVisitor) -> None:
    attacker = another_visitor(address="192.0.2.7")
    answer = urlencode(acme.says_yes(leaves(attacker)))
    visitor.opens("/login")
    assert visitor.opens(f"/login/with/acme/callback?{answer}").status == 400
    leaves(visitor)
    assert visitor.opens(f"/login/with/acme/callback?{answer}").status == 400
    assert is_outside(visitor)


@pytest.mark.parametrize("query", ["", "state=", "state=x", "code=y", "state=x&code=y", "state=%00&code=y", "state=%ff&error=z",
                                   f"state={'a' * 3_000}", "error=access_denied", "state=x&state=y"])
def test_an_answer_to_nothing_is_refused_kindly(acme: Provider, visitor: Visitor, query: str) -> None:
    assert visitor.opens(f"/login/with/acme/callback?{query}").status == 400
    assert visitor.sees("Log in to")


def test_no_word_of_a_source_or_its_answer_stands_on_the_page(acme: Provider, visitor: Visitor) -> None:
    state = parameters(leaves(visitor))["state"]
    said = {"error": "call_555", "error_description": "Call 555 now", "error_uri": "https://evil.example"}
    visitor.opens(f"/login/with/acme/callback?{urlencode(said | {'state': state})}")
    assert not [word for word in ("call_555", "Call 555", "evil.example") if word in visitor.page.text]


def test_of_two_tabs_with_one_answer_one_comes_in(app: Flask, acme: Provider, visitor: Visitor) -> None:
    answer = urlencode(acme.says_yes(leaves(visitor)))
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: visitor.sends("GET", f"/login/with/acme/callback?{answer}").status, range(6)))
    assert sorted(told) == [303, 400, 400, 400, 400, 400]
    assert len(rows(app, "SELECT id FROM sign_in")) == 1


def test_neither_state_nor_code_nor_secret_is_written_down(
    app: Flask, acme: Provider, visitor: Visitor, another_visitor: MakeVisitor,
) -> None:
    answer = acme.says_yes(leaves(visitor))
    visitor.opens(f"/login/with/acme/callback?{urlencode(answer)}")
    acme.claims = {"nonce": "another"}
    comes_by(another_visitor(), acme)
    written = repr([tuple(row) for name in ("audit_entry", "source_request", "sign_in", "identity_source")
                    for row in rows(app, f"SELECT * FROM {name}")])
    assert not [word for word in (answer["state"], answer["code"], SECRET) if word in written]


def test_a_hanging_source_does_not_hold_the_portal(
    app: Flask, provider: Provider, database_url: str, portals: Callable[..., Portal],
) -> None:
    provider.replies["/.well-known/openid-configuration"] = lambda _request: time.sleep(10)
    offers(app, "acme", issuer=provider.url)
    portal = portals(DATABASE_URL=database_url, WEB_CONCURRENCY="1", PORTAL_THREADS="4")

    def goes(number: int) -> tuple[int, int]:
        person = Visitor(OverNetwork(portal.url), address=f"192.0.2.{number}")
        return person.opens("/login/with/acme").status, retry_after(person)

    with ThreadPoolExecutor(16) as crowd:
        going = [crowd.submit(goes, number) for number in range(16)]
        until(lambda: provider.asked, what="the first who is sent to the source")
        slowest = 0.0
        for _ in range(10):
            begun = time.monotonic()
            assert Visitor(OverNetwork(portal.url)).opens("/login").status == 200
            slowest = max(slowest, time.monotonic() - begun)
        told = [each.result() for each in going]
    assert slowest < 1.5
    assert {status for status, _pause in told} == {503}
    assert all(pause > 0 for _status, pause in told)
    assert len(provider.asked) <= 2, "half of the threads at most, and then it rests"


def test_a_certified_provider_lets_its_person_in_and_a_second_time_without_asking(
    app: Flask, make_user: MakeUser, visitor: Visitor,
) -> None:
    client: dict[str, object] = {"client_id": CLIENT_ID, "client_secret": SECRET,
                                 "redirect_uris": [outside.CALLBACK.format(name="acme")]}
    certified = CertifiedProvider(client)
    certified.start()
    try:
        offers(app, "acme", issuer=certified.url)
        knows(app, make_user(username="li.na", phone=PHONE), subject="li.na")
        person = Person("li.na")
        for _ in range(2):
            answer = person.signs_in(leaves(visitor))
            assert leads_to(visitor.opens(f"/login/with/acme/callback?{urlencode(answer)}"), "/login/code")
            assert is_home(visitor.enters_code(PHONE), "li.na")
            visitor.submits("Log out")
        assert person.typed == 1
    finally:
        certified.end()
