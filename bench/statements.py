"""How many SQL statements and write transactions do the web requests of one sign-in make?"""

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from bench.blocks import read_codes, warm
from bench.driver import Answer, Connection, Visitor, first_factor, second_factor
from bench.hashing import CHEAP, PASSWORD
from bench.people import Person, fill_portal, once_each
from bench.plan import Plan
from bench.servers import Site, migrate, portal, portal_settings
from bench.services import Store, services
from bench.table import Line
from bench.verdicts import at_most, exact

STATEMENTS, STATEMENTS_AIM, WRITES = 12, 9, 2  # the budgets
USERS = 1_000
WARM_UP = 16  # people
SIGN_INS = 4
PAUSE = 1.1  # seconds; settings are cached for one, so each sign-in reads what it may have to read
STEPS = ("GET login", "POST password", "GET code page", "POST code", "GET home")


def lines(_plan: Plan) -> Iterator[Line]:
    """Count on both kinds of storage."""
    for store in Store:
        yield from _lines(store, _sign_ins(store))


def _sign_ins(store: Store) -> list[list[Answer]]:
    """Return the answers of several complete sign-ins, each five, with the counts in their headers."""
    with services(store) as storage:
        settings = portal_settings(storage, CHEAP)
        migrate(settings)
        fill_portal(storage, count=USERS, hashed=CHEAP)
        with portal(storage, settings, application="bench.counted:app") as site:
            people = once_each(USERS)
            warm(site, list(islice(people, WARM_UP)))
            return [_sign_in(site, person) for person in islice(people, SIGN_INS)]


def _sign_in(site: Site, person: Person) -> list[Answer]:
    time.sleep(PAUSE)
    with Connection(site.port) as connection:
        visitor = Visitor(connection)
        first = first_factor(visitor, identifier=person.username, password=PASSWORD)
        connection.rest()
        return [*first, *second_factor(visitor, read_codes(site, [person])[person.phone])]


def _lines(store: Store, sign_ins: Sequence[Sequence[Answer]]) -> Iterator[Line]:
    for header, name, budget in (
        ("X-Bench-Statements", "SQL statements", STATEMENTS),
        ("X-Bench-Writes", "write transactions", WRITES),
    ):
        counts = [[int(answer.headers[header]) for answer in answers] for answers in sign_ins]
        measured = exact([sum(steps) for steps in counts])
        detail = ", ".join(f"{step} {max(seen)}" for step, seen in zip(STEPS, zip(*counts, strict=True), strict=True))
        aim = f" (the aim is {STATEMENTS_AIM})" if budget == STATEMENTS else ""
        yield Line(f"{name} of a sign-in, {store.value}: at most {budget}", measured, "", at_most(budget, measured), detail + aim)
