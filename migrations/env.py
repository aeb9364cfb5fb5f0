"""How do schema changes reach the database? In one transaction, by one process at a time, on either database."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

import portal.models  # noqa: F401  so that the metadata is whole
from portal.extensions import db as database

LOCK = 0x706F7274616C
"""Key of the advisory lock, "portal" in ASCII: two hosts that upgrade at once do it one after the other."""


def ours(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """False for tables that a library keeps in our database: the queue makes and changes its own."""
    return not (kind == "table" and (name or "").startswith("huey_"))


def configure(**target: Any) -> None:
    """Tell Alembic what to compare with what."""
    context.configure(
        target_metadata=database.metadata, include_object=ours, compare_type=True, render_as_batch=True,
        transactional_ddl=True, **target,
    )


def print_statements() -> None:
    """`flask db upgrade --sql`: write the statements instead of running them."""
    configure(dialect_name=database.engine.dialect.name, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def migrate() -> None:
    """Run what is asked for, on a connection of the application's own engine."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            migrate_sqlite(connection)
        else:
            migrate_locked(connection, f"select pg_advisory_xact_lock({LOCK})")


def migrate_sqlite(connection: Connection) -> None:
    """Foreign keys are off meanwhile: a batch change drops and rebuilds a table, and ON DELETE would take its children along.

    The pragma does nothing inside a transaction, so it goes to the driver's connection before there is one.
    """
    driver: Any = connection.connection.dbapi_connection
    driver.execute("pragma foreign_keys=off")
    try:
        migrate_locked(connection.execution_options(write=True), "select 1")
    finally:
        driver.execute("pragma foreign_keys=on")


def migrate_locked(connection: Connection, lock: str) -> None:
    """All pending steps in one transaction: either the whole upgrade is done or nothing is."""
    with connection.begin():
        connection.execute(text(lock))
        configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            refuse_orphans(connection)


def refuse_orphans(connection: Connection) -> None:
    """Raise, and so undo everything, if a step left a row that points nowhere."""
    if orphans := connection.execute(text("pragma foreign_key_check")).fetchall():
        raise RuntimeError(f"rows without the row they refer to: {orphans[:5]}")


if context.is_offline_mode():
    print_statements()
else:
    migrate()
