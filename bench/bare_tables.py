"""Which rows does the reference app keep, and how does it open its database?"""

import sqlite3

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, ForeignKey, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

WRITE = {"write": True}  # execution options of a unit of work that will write


class Rows(DeclarativeBase):
    """What the reference app stores."""


class User(Rows):
    """A person; `phone` in E.164."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]


class SignIn(Rows):
    """One attempt, found by the SHA-256 of the browser's token; `expires` in seconds of the epoch."""

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    complete: Mapped[bool]
    expires: Mapped[float]


class Code(Rows):
    """A single-use code, of which only a hash is kept; `expires` in seconds of the epoch."""

    __tablename__ = "code"
    id: Mapped[int] = mapped_column(primary_key=True)
    sign_in_id: Mapped[int] = mapped_column(ForeignKey("sign_in.id"), index=True)
    digest: Mapped[str]
    used: Mapped[bool]
    expires: Mapped[float]


class Message(Rows):
    """A text that another process would send."""

    __tablename__ = "message"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]


def open_database(db: SQLAlchemy) -> None:
    """Set on SQLite what the portal sets: WAL, synchronous=normal, writers that begin as such."""
    if db.engine.dialect.name == "sqlite":
        event.listen(db.engine, "connect", _tune)
        event.listen(db.engine, "begin", _begin)


def _tune(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=wal", "synchronous=normal", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
