"""How does a portal get a town's worth of rows, in minutes, and an administrator who is signed in?"""

import hashlib
import time
from collections.abc import Mapping

from sqlalchemy import Connection, create_engine, insert, text

from bench import console_rows
from bench.console_rows import BOSS, Town
from bench.console_sql import NOW, POSTGRESQL, SQLITE, Columns, Dialect
from bench.services import Services, Store
from portal.audit import tallies
from portal.models import Application, AuditEntry, AuditSeal, Message, SignIn, State, Switch, Tally, User
from portal.models.columns import Base, table

FULL = {
    Store.SQLITE: Town(users=200_000, applications=5_000, sign_ins=400_000, messages=200_000, entries=1_000_000),
    Store.POSTGRESQL: Town(users=1_000_000, applications=5_000, sign_ins=2_000_000, messages=1_000_000, entries=10_000_000),
}
QUICK = {
    Store.SQLITE: Town(users=40_000, applications=5_000, sign_ins=40_000, messages=40_000, entries=100_000),
    Store.POSTGRESQL: Town(users=100_000, applications=5_000, sign_ins=100_000, messages=100_000, entries=500_000),
}
TOKEN = "of-the-administrator-who-asks"
_DAY = 86_400


def fill(services: Services, town: Town) -> None:
    """Give a migrated portal all rows of the town, and its indexes the state that they have after years."""
    engine = create_engine(services.database)
    postgresql = engine.dialect.name == "postgresql"
    with engine.begin() as connection:
        if postgresql:
            connection.execute(text("SET session_replication_role = replica"))  # rows that fit need no look at their parents
        for model, columns in _tables(town, POSTGRESQL if postgresql else SQLITE).items():
            _fill(connection, model, columns, POSTGRESQL if postgresql else SQLITE)
        _fill_by_hand(connection)
    if postgresql:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _tables(town: Town, dialect: Dialect) -> Mapping[type[Base], tuple[int, Columns]]:
    """How many rows of what; parents first."""
    return {
        User: (town.users, console_rows.users(town)),
        Application: (town.applications, console_rows.applications(town, dialect)),
        SignIn: (town.sign_ins, console_rows.sign_ins(town, dialect)),
        Message: (town.messages, console_rows.messages(town, dialect)),
        AuditEntry: (town.entries, console_rows.entries(town, dialect)),
        AuditSeal: (town.entries // 1000 - 1, console_rows.seals(town, dialect)),
    }


def _fill(connection: Connection, model: type[Base], rows: tuple[int, Columns], dialect: Dialect) -> None:
    """An index made of rows that are there takes a fraction of the time."""
    count, columns = rows
    for index in table(model).indexes:
        index.drop(connection)
    source = dialect.numbers.format(count=count, columns=", ".join(columns.values())).replace(NOW, repr(time.time()))
    statement = f'INSERT INTO "{table(model).name}" ({", ".join(columns)}) {source}'
    connection.execution_options(no_parameters=True).exec_driver_sql(statement)
    for index in table(model).indexes:
        index.create(connection)


def _fill_by_hand(connection: Connection) -> None:
    """What has few rows: what happened in each hour of a month, the switches, and the administrator's own login."""
    hour, now = int(time.time() // tallies.HOUR), time.time()
    told = [{"hour": hour - ago, "what": what, "count": 100} for ago in range(30 * 24) for what in tallies.TOLD]
    connection.execute(insert(Tally), told)
    scopes = ("portal", *map(str, range(100, 5_001, 100)))
    connection.execute(insert(Switch), [{"scope": scope, "name": "sms", "value": "on", "changed_at": now} for scope in scopes])
    connection.execute(insert(SignIn).values(_sign_in(now)))


def _sign_in(now: float) -> dict[str, object]:
    lived = {"created_at": now, "seen_at": now, "completed_at": now, "expires_at": now + _DAY, "must_end_at": now + _DAY}
    known = {"state": State.COMPLETE, "source": "password", "methods": {"pwd": now, "sms": now}, "reason": "rules"}
    came = {"address": "192.0.2.1", "agent": "bench", "locale": "en"}
    return {"token_hash": hashlib.sha256(TOKEN.encode()).digest(), "user_id": BOSS, **lived, **known, **came}
