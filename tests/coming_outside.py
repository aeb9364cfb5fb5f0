"""Who comes from an outside source? A provider, and somebody who is linked there."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.comings import knows, offers
from tests.people import PHONE, MakeUser
from tests.provider import Provider


@pytest.fixture
def acme(app: Flask, provider: Provider) -> Provider:
    """A source in use that is set to a provider which tells the truth."""
    offers(app, "acme", issuer=provider.url)
    return provider


@pytest.fixture
def li_na(app: Flask, acme: Provider, make_user: MakeUser) -> int:
    user_id = make_user(username="li.na", phone=PHONE)
    knows(app, user_id)
    return user_id
