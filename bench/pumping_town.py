"""Who pumps, and who only signs in? A portal in this process, under a clock of its own, and the people before it."""

import logging
import os
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from unittest.mock import patch

import phonenumbers
from flask import Flask
from flask.testing import FlaskClient
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from sqlalchemy import insert, select

import config
from bench.hashing import CHEAP, PASSWORD
from bench.servers import SECRET, migrate
from bench.services import Store, services
from portal import clock, create_app
from portal.database import reading, writing
from portal.extensions import db
from portal.messages.writing import COLUMNS, code_of, letter
from portal.models import Message, User
from portal.models.user import PhoneState, phone_columns

NOON = 1_800_014_400.0
"""When it all begins: 12:00 UTC of some day."""
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_TRIED = 9_999
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


@dataclass
class Town:
    """The portal with all limits as shipped, and the instant that it takes for now."""

    app: Flask
    now: float = NOON

    def person(self, name: str, address: str) -> "Person":
        """Somebody with a browser of their own."""
        return Person(self, name, address, self.app.test_client())

    def adds(self, people: list[tuple[str, str | None]]) -> None:
        """Give the portal these users: their names, and the numbers that they have proven, if they have one."""
        stored = CHEAP.stored()
        every = [{"username": name, "username_key": name, "password_hash": stored, "created_at": NOON,
                  **phone_columns(phone, PhoneState.PROVEN if phone else None)} for name, phone in people]
        with self.app.app_context(), writing() as connection:
            connection.execute(insert(User), every)

    def texts(self) -> list[str]:
        """The numbers to which a text was asked for and not refused, one for each."""
        with self.app.app_context(), reading() as connection:
            return list(connection.execute(select(Message.phone)).scalars())

    def code(self, phone: str) -> str:
        """The code of the newest text to that number; nothing where there is none."""
        newest = select(*COLUMNS).where(Message.phone == phone).order_by(Message.id.desc()).limit(1)
        with self.app.app_context():
            with reading() as connection:
                row = connection.execute(newest).first()
            return str(code_of(letter(row)) or "") if row else ""


@dataclass
class Person:
    """Somebody before the portal, as a browser without script; `led` says where the last form led, if it was taken."""

    town: Town
    name: str
    address: str
    client: FlaskClient
    token: str = ""
    led: str = ""
    numbers: list[str] = field(default_factory=list)

    def opens(self, path: str) -> Any:
        """Open a page and keep the token of its forms."""
        return self._sends("GET", path, None)

    def posts(self, path: str, **values: str) -> Any:
        """Send a form with the token of the page that is open."""
        return self._sends("POST", path, {"csrf_token": self.token, **values})

    def logs_in(self) -> None:
        """Give name and password, and follow where that leads."""
        self.opens("/login")
        self.posts("/login", identifier=self.name, password=PASSWORD)
        self.opens(self.led or "/login")

    def _sends(self, method: str, path: str, values: dict[str, str] | None) -> Any:
        answer = self.client.open(path, method=method, data=values, environ_overrides={"REMOTE_ADDR": self.address})
        if found := _TOKEN.search(answer.get_data(as_text=True)):
            self.token = found[1]
        if method == "POST":
            self.led = answer.headers.get("Location", "")
        return answer


@contextmanager
def town_of(store: Store) -> Iterator[Town]:
    """A fresh portal with its own storage."""
    with services(store) as kept:
        fixed = {"PORTAL_ENV": "development", "PORTAL_SECRET": SECRET, "PORTAL_GATEWAY": "inbox", "PORTAL_SENDER": "off",
                 **CHEAP.settings(), **kept.settings()}
        migrate(fixed)
        with patch.dict(os.environ, fixed, clear=True):
            town = Town(create_app(config.load()))
        with patch.object(clock, "source", lambda: town.now), _quiet():
            yield town
            with town.app.app_context():
                db.engine.dispose()


@contextmanager
def _quiet() -> Iterator[None]:
    """The alarms that an attack rings are no news here."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def numbers(prefixes: int, each: int, chance: random.Random) -> list[list[str]]:
    """So many mobile numbers under each of so many calling codes."""
    return list(islice((found for code in _codes(chance) if len(found := _of(code, each)) == each), prefixes))


def _codes(chance: random.Random) -> list[int]:
    codes = sorted(code for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() if regions != ("001",))
    return chance.sample(codes, len(codes))


def _of(code: int, most: int) -> list[str]:
    region = phonenumbers.region_code_for_country_code(code)
    example = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    if example is None:
        return []
    begins = phonenumbers.format_number(example, PhoneNumberFormat.E164)[:-4]
    return list(islice((number for at in range(_TRIED) if _is_mobile(number := f"{begins}{at:04}")), most))


def _is_mobile(number: str) -> bool:
    parsed = phonenumbers.parse(number)
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in _MOBILE
