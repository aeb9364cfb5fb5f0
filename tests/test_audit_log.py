"""Can somebody in charge find what happened, and does it stand there in words, with no secret and no whole number?"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.audit import Event, What, record
from portal.database import writing
from portal.trace import Actor, Client
from tests import people
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, add_application, comes_in, events, rows
from tests.visitor import Visitor

later = people.later


@pytest.fixture
def boss(visitor: Visitor, make_user: MakeUser) -> Visitor:
    """An administrator who is signed in."""
    make_user(username="boss", phone=PHONE, administrator=True)
    return comes_in(visitor, "boss", PHONE)


def test_the_log_says_who_did_what(boss: Visitor) -> None:
    boss.opens("/admin/audit")
    assert boss.status == 200
    assert boss.sees("Logged in")
