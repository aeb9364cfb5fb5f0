"""Do the migrations lead to the schema that the models describe, on both databases, and lose nothing on the way?"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import Connection, create_engine, inspect, text

import portal.models  # noqa: F401  so that the metadata is whole
from portal import database
from portal.extensions import db
from tests.servers import ROOT, Postgres, flask

REBUILD = '''
"""Rebuild the parent of others."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{newest}", None, None


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("user", recreate="always" if sqlite else "never") as user:
        user.add_column(sa.Column("nickname", sa.String(length=10), nullable=True))
    {then}


def downgrade() -> None:
    with op.batch_alter_table("user") as user:
        user.drop_column("nickname")
'''
ORPHANS = 'op.execute("delete from user where id = 1")'
FILLED = ("user", "sign_in", "message")


@pytest.fixture(params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes databases without a table, of either kind."""
    if request.param == "sqlite":
        names = count(1)
        return lambda: f"sqlite:///{tmp_path}/{next(names)}.db"
    server: Postgres = request.getfixturevalue("postgres_server")
    return lambda: server.empty().replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def application(url: str) -> Iterator[Flask]:
    """An application with the portal's database and nothing else."""
    app = Flask("migrations")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
        yield app
        db.engine.dispose()


def scripts(folder: Path = ROOT / "migrations") -> Config:
    config = Config(folder / "alembic.ini")
    config.set_main_option("script_location", str(folder))
    return config


def schema(url: str) -> dict[str, Any]:
    """All that a database knows of its tables, in an order of its own."""
    engine = create_engine(url)
    seen = inspect(engine)
    tables = {name: described(seen, name) for name in seen.get_table_names() if name != "alembic_version"}
    engine.dispose()
    return tables


def described(seen: Any, table: str) -> dict[str, Any]:
    parts = {
        "columns": [each | {"type": repr(each["type"])} for each in seen.get_columns(table)],
        "checks": seen.get_check_constraints(table), "unique": seen.get_unique_constraints(table),
        "indexes": [plain(each) for each in seen.get_indexes(table)], "foreign keys": seen.get_foreign_keys(table),
    }
    in_order = {kind: sorted(each, key=lambda one: one["name"]) for kind, each in parts.items()}
    return in_order | {"key": seen.get_pk_constraint(table)}


def plain(index: dict[str, Any]) -> dict[str, Any]:
    return index | {"dialect_options": {name: str(value) for name, value in index.get("dialect_options", {}).items()}}


def test_migrations_make_what_the_models_describe(blank: Callable[[], str]) -> None:
    migrated, created = blank(), blank()
    with application(migrated):
        command.upgrade(scripts(), "head")
    with application(created):
        db.metadata.create_all(db.engine)
    assert schema(created)["user"]["checks"]
    assert "state" in str(schema(created)["message"]["indexes"])
    assert schema(migrated) == schema(created)


def test_nothing_is_left_for_a_further_migration(blank: Callable[[], str]) -> None:
    with application(blank()):
        command.upgrade(scripts(), "head")
        command.check(scripts())


def test_up_down_and_up_again(blank: Callable[[], str]) -> None:
    url = blank()
    with application(url):
        command.upgrade(scripts(), "head")
        first = schema(url)
        command.downgrade(scripts(), "base")
        assert schema(url) == {}
        command.upgrade(scripts(), "head")
        assert schema(url) == first


def test_tables_of_the_queue_are_left_alone(blank: Callable[[], str]) -> None:
    url = blank()
    with application(url):
        command.upgrade(scripts(), "head")
        with db.engine.begin() as connection:
            connection.execute(text("create table huey_task (id integer primary key)"))
        command.check(scripts())


def fill(connection: Connection) -> None:
    """One user with a sign-in and a message, whatever columns the tables have."""
    for table in (db.metadata.tables[name] for name in FILLED):
        needed = {column.name: value_for(column) for column in table.columns if not column.nullable or column.name == "phone"}
        connection.execute(table.insert().values(needed | EXTRA[table.name]))


EXTRA: dict[str, dict[str, Any]] = {
    "user": {"phone": "+4915112345678", "phone_reversed": "+4915112345678"[::-1], "phone_state": "proven"},
    "sign_in": {"state": "ended", "ended_at": 1.0},
    "message": {"purpose": "test", "user_id": 1},
}


def value_for(column: Any) -> Any:
    if hasattr(column.type, "enums"):
        return column.type.enums[0]
    return {int: 1, float: 1.0, bool: False, bytes: b"1", dict: {}}.get(column.type.python_type, "1")


def contents() -> dict[str, list[dict[str, Any]]]:
    """All rows of the filled tables, without the column that a rebuild adds."""
    with db.engine.connect() as connection:
        rows = {name: connection.execute(text(f'select * from "{name}" order by 1')).mappings() for name in FILLED}
        return {name: [{key: row[key] for key in row if key != "nickname"} for row in each] for name, each in rows.items()}


def newest() -> str:
    """The last migration of ours."""
    return max(path.name.partition("_")[0] for path in (ROOT / "migrations" / "versions").glob("*.py"))


def with_rebuild(tmp_path: Path, then: str = "") -> Config:
    """Our migrations and one more, which rebuilds the table that others refer to."""
    folder = Path(shutil.copytree(ROOT / "migrations", tmp_path / "with-rebuild", ignore=shutil.ignore_patterns("__pycache__")))
    (folder / "versions" / "9999_rebuild.py").write_text(REBUILD.format(then=then, newest=newest()).lstrip())
    return scripts(folder)


def test_rebuilding_a_table_loses_no_row(blank: Callable[[], str], tmp_path: Path) -> None:
    with application(blank()):
        command.upgrade(scripts(), "head")
        with db.engine.begin() as connection:
            fill(connection)
        before = contents()
        assert all(len(rows) == 1 for rows in before.values())
        further = with_rebuild(tmp_path)
        command.upgrade(further, "head")
        assert contents() == before
        command.downgrade(further, newest())
        assert contents() == before


def test_a_step_that_leaves_orphans_is_undone_whole(tmp_path: Path) -> None:
    with application(f"sqlite:///{tmp_path}/portal.db"):
        command.upgrade(scripts(), "head")
        with db.engine.begin() as connection:
            fill(connection)
        before = contents()
        with pytest.raises(RuntimeError, match="rows without the row they refer to"):
            command.upgrade(with_rebuild(tmp_path, ORPHANS), "head")
        assert contents() == before
        assert "nickname" not in {column["name"] for column in inspect(db.engine).get_columns("user")}


def test_foreign_keys_hold_again_after_a_migration(tmp_path: Path) -> None:
    with application(f"sqlite:///{tmp_path}/portal.db"):
        command.upgrade(scripts(), "head")
        with db.engine.connect() as connection:
            assert connection.execute(text("pragma foreign_keys")).scalar() == 1


def test_two_hosts_may_upgrade_at_once(blank: Callable[[], str]) -> None:
    url, ended = blank(), []
    environment = {"DATABASE_URL": url, "PORTAL_ENV": "development", "PORTAL_SECRET": "only-for-this-0123456789-abcdefghijklm"}
    upgrade = lambda: ended.append(flask("db", "upgrade", environment=environment))  # noqa: E731
    hosts = [threading.Thread(target=upgrade) for _ in range(3)]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()
    assert [done.returncode for done in ended] == [0, 0, 0], [done.stderr for done in ended]
    assert "user" in schema(url)
