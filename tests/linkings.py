"""Who is there to be linked with an account of an outside source, and how do they come?"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portal import clock
from tests.comings import comes_by, offers
from tests.people import PHONE, MakeUser, comes_in, leads_to
from tests.provider import Provider
from tests.visitor import Visitor

HERE = "/account/sources"


@pytest.fixture
def acme(app: Flask, provider: Provider) -> Provider:
    offers(app, "acme", issuer=provider.url)
    return provider


@pytest.fixture
def li_na(acme: Provider, make_user: MakeUser) -> int:
    return make_user(username="li.na", phone=PHONE)


@pytest.fixture
def inside(li_na: int, visitor: Visitor) -> Visitor:
    return comes_in(visitor, "li.na", PHONE)


def catches_up(provider: Provider, **claims: Any) -> None:
    """Let the provider's clock show what the portal's does."""
    now = clock.now()
    provider.claims = {"iat": now, "auth_time": now, "exp": now + 300} | claims


def arrives(visitor: Visitor, provider: Provider) -> Visitor:
    assert leads_to(comes_by(visitor, provider), "/login/arrived")
    return visitor
