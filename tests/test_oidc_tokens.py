"""Which tokens of an OpenID Connect provider are believed, by which keys?"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from flask import Flask
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey

from portal.sources.faults import Fault
from tests import outside, people
from tests.outside import Trip, add_source
from tests.people import Later
from tests.provider import CLIENT_ID, Key, Provider, by_hand, by_mac, public, rsa_key

HOUR = 3_600
later = people.later
provider, nothing_rests, trip = outside.provider, outside.nothing_rests, outside.trip


@pytest.mark.parametrize(("claims", "fault"), [
    ({"nonce": "another"}, Fault.NONCE), ({"nonce": None}, Fault.NONCE), ({"nonce": "\ud800"}, Fault.NONCE),
    ({"iss": "https://accounts.example.com"}, Fault.ISSUER), ({"iss": None}, Fault.ISSUER),
    ({"aud": "another"}, Fault.AUDIENCE), ({"aud": None}, Fault.AUDIENCE), ({"aud": []}, Fault.AUDIENCE),
    ({"aud": [CLIENT_ID, "another"]}, Fault.AUDIENCE), ({"azp": "another"}, Fault.AUDIENCE),
    ({"aud": [CLIENT_ID, "another"], "azp": "another"}, Fault.AUDIENCE),
    ({"exp": time.time() - HOUR}, Fault.EXPIRED), ({"exp": None}, Fault.EXPIRED), ({"exp": "never"}, Fault.EXPIRED),
    ({"exp": True}, Fault.EXPIRED), ({"exp": float("nan")}, Fault.EXPIRED),
    ({"iat": time.time() + HOUR}, Fault.IN_FUTURE), ({"iat": None}, Fault.IN_FUTURE),
    ({"iat": 10**400}, Fault.IN_FUTURE), ({"nbf": time.time() + HOUR}, Fault.IN_FUTURE),
    ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, Fault.TOKEN_HASH), ({"at_hash": 1}, Fault.TOKEN_HASH),
    ({"sub": None}, Fault.NO_SUBJECT), ({"sub": ""}, Fault.NO_SUBJECT), ({"sub": 1}, Fault.NO_SUBJECT),
    ({"sub": "a" * 256}, Fault.NO_SUBJECT), ({"sub": "a\0b"}, Fault.NO_SUBJECT),
])
def test_a_signed_token_that_is_not_for_this_request_names_nobody(
    trip: Trip, provider: Provider, claims: dict[str, Any], fault: Fault,
) -> None:
    provider.claims = claims
    assert trip.fails(provider) is fault


def test_a_token_for_several_names_the_person_if_it_was_handed_to_us(trip: Trip, provider: Provider) -> None:
    provider.claims = {"aud": ["another", CLIENT_ID], "azp": CLIENT_ID}
    assert trip.whole(provider).subject == "248289761001"


def test_a_token_that_is_a_minute_off_still_counts(trip: Trip, provider: Provider) -> None:
    provider.claims = {"exp": time.time() - 50, "iat": time.time() + 50}
    assert trip.whole(provider).subject == "248289761001"


def test_an_unsigned_token_names_nobody(trip: Trip, provider: Provider) -> None:
    for spelling in ("none", "None", "NONE", "nOnE", "", None, ["RS256"]):
        provider.signs = lambda header, claims, alg=spelling: by_hand(header | {"alg": alg}, claims)  # type: ignore[misc]
        assert trip.fails(provider) is Fault.ALGORITHM, spelling


def test_a_public_key_is_no_secret_to_sign_with(trip: Trip, provider: Provider) -> None:
    pem = rsa_key("one").as_pem(private=False)
    for material in (pem, json.dumps(public(rsa_key("one"))).encode()):
        provider.signs = lambda header, claims, key=material: by_mac(header | {"alg": "HS256"}, claims, key)  # type: ignore[misc]
        assert trip.fails(provider) is Fault.ALGORITHM


def test_a_published_secret_key_signs_nothing(trip: Trip, provider: Provider) -> None:
    key = OctKey.generate_key(256, {"kid": "one"})
    provider.keys = [dict(key.as_dict(private=True))]
    assert trip.fails(provider) is Fault.KEY


@pytest.mark.parametrize("change", ["signature", "payload", "key", "cut"])
def test_a_token_with_a_wrong_signature_names_nobody(trip: Trip, provider: Provider, change: str) -> None:
    def signs(header: dict[str, Any], claims: dict[str, Any]) -> str:
        head, payload, signature = provider._sign(header, claims).split(".")
        other = by_hand(header, claims | {"sub": "admin"}).split(".")[1]
        forged = {"signature": (head, payload, signature[::-1]), "payload": (head, other, signature), "cut": (head, payload, "")}
        if change == "key":
            return jws.serialize_compact(header, json.dumps(claims), rsa_key("two"), algorithms=["RS256"])
        return ".".join(forged[change])

    provider.signs = signs
    assert trip.fails(provider) is Fault.SIGNATURE


@pytest.mark.parametrize("token", [
    "", "a.b.c", "a.b", "x" * 300_000, "eyJhbGciOiJSUzI1NiJ9..", by_hand({"alg": "RS256", "kid": "one"}, {}, b"x") + ".a.b",
    by_hand({"alg": "RS256", "kid": "one", "crit": ["exp"]}, {}, b"x"), "é.é.é", "[" * 5_000,
])
def test_what_is_no_token_names_nobody(trip: Trip, provider: Provider, token: str) -> None:
    provider.signs = lambda _header, _claims: token
    assert trip.fails(provider) in (Fault.UNREADABLE, Fault.SIGNATURE)
    assert not trip.steps.taken[-1].ok


@pytest.mark.parametrize("payload", ["[" * 7_000, '{"a":' * 1_500, "[]", "null", '{"sub": ' + "9" * 5_000 + "}"])
def test_a_signed_token_that_holds_no_claims_names_nobody(trip: Trip, provider: Provider, payload: str) -> None:
    provider.signs = lambda header, _claims: jws.serialize_compact(header, payload, rsa_key("one"), algorithms=["RS256"])
    assert trip.fails(provider) in (Fault.SIGNATURE, Fault.UNREADABLE)


@pytest.mark.parametrize(("algorithm", "key"), [
    ("ES256", ECKey.generate_key("P-256", {"kid": "ec"})), ("ES384", ECKey.generate_key("P-384", {"kid": "ec"})),
    ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "ed"})), ("PS256", rsa_key("one")), ("RS512", rsa_key("one")),
])
def test_other_signatures_with_key_pairs_count_too(trip: Trip, provider: Provider, algorithm: str, key: Key) -> None:
    provider.key, provider.algorithm = key, algorithm
    provider.keys = [{"kty": "from the future", "kid": "x"}, {"kty": "RSA", "kid": "y"}, public(key)]
    assert trip.whole(provider).subject == "248289761001"


def test_a_key_for_encryption_or_another_algorithm_signs_nothing(trip: Trip, provider: Provider) -> None:
    for about in ({"use": "enc"}, {"alg": "PS512"}, {"kty": "EC"}):
        provider.keys = [public(provider.key) | about]
        trip.app.extensions.pop("portal_provider_keys", None)
        assert trip.fails(provider) is Fault.KEY


def test_a_token_that_names_no_key_may_be_of_any_of_them(trip: Trip, provider: Provider) -> None:
    provider.header = {"kid": None}
    provider.keys = [public(rsa_key("two")), public(rsa_key("one"))]
    assert trip.whole(provider).subject == "248289761001"


def test_new_keys_are_fetched_when_one_is_named_that_is_not_known(trip: Trip, provider: Provider, later: Later) -> None:
    trip.whole(provider)
    provider.key = rsa_key("two")
    provider.keys = [public(provider.key)]
    provider.claims = {"iat": time.time(), "exp": time.time() + HOUR}
    later(30)
    assert trip.whole(provider).subject == "248289761001"
    assert provider.asked.count("/jwks") == 2
    provider.key = rsa_key("one")
    assert trip.fails(provider) is Fault.KEY
    assert trip.fails(provider) is Fault.KEY
    assert provider.asked.count("/jwks") == 2, "no more often than every ten seconds, whatever a provider signs with"


def test_keys_that_one_source_has_fetched_are_none_of_another_s(app: Flask, provider: Provider, trip: Trip) -> None:
    trip.whole(provider)
    Trip(app, add_source(app, "umbrella", issuer=provider.url)).whole(provider)
    trip.whole(provider)
    assert provider.asked.count("/jwks") == 2
