"""Who signs in? Users with made-up identifiers, written straight into the database, and each used once."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, create_engine, insert, text

from bench.bare_tables import Rows
from bench.bare_tables import User as BareUser
from bench.hashing import Hash
from bench.services import Services
from portal.models.user import PhoneState, phone_columns
from portal.models.user import User as PortalUser

BATCH = 10_000
FIRST_PHONE = 447_100_000_000  # +447100 000000 to +447100 999999 are all mobile numbers
STRIDE = 7_919  # prime, so that consecutive people lie far apart in every index


@dataclass(frozen=True)
class Person:
    """The identifiers of the user with one number; `phone` in E.164."""

    number: int

    @property
    def username(self) -> str:
        """What is typed most often."""
        return f"user{self.number:07}"

    @property
    def email(self) -> str:
        """An address that nobody reads."""
        return f"{self.username}@example.com"

    @property
    def phone(self) -> str:
        """A mobile number that nobody answers."""
        return f"+{FIRST_PHONE + self.number}"


def once_each(count: int) -> Iterator[Person]:
    """Yield all of `count` people, each once, scattered over the whole table; then stop."""
    return (Person(turn * STRIDE % count) for turn in range(count))


def fill_portal(services: Services, *, count: int, hashed: Hash) -> None:
    """Give a migrated portal `count` users with a proven phone and one password."""
    stored, created = hashed.stored(), time.time()

    def row(person: Person) -> dict[str, Any]:
        names = {"username": person.username, "username_key": person.username}
        mail = {"email": person.email, "email_key": person.email}
        phone = phone_columns(person.phone, PhoneState.PROVEN)
        return {**names, **mail, **phone, "password_hash": stored, "created_at": created}

    _fill(services, PortalUser.__table__, count=count, row=row)


def fill_bare(services: Services, *, count: int, hashed: Hash) -> None:
    """Make the tables of the reference app and `count` users with one password."""
    stored = hashed.stored()
    engine = create_engine(services.database)
    Rows.metadata.create_all(engine)
    engine.dispose()

    def row(person: Person) -> dict[str, Any]:
        return {"username": person.username, "phone": person.phone, "password_hash": stored}

    _fill(services, BareUser.__table__, count=count, row=row)


def _fill(services: Services, table: Any, *, count: int, row: Callable[[Person], dict[str, Any]]) -> None:
    engine = create_engine(services.database)
    with engine.begin() as connection:
        for first in range(0, count, BATCH):
            batch = [row(Person(number)) for number in range(first, min(first + BATCH, count))]
            connection.execute(insert(table), batch)
    _settle(engine)
    engine.dispose()


def _settle(engine: Engine) -> None:
    """Do the housekeeping now that PostgreSQL would otherwise do in the middle of a measurement."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
