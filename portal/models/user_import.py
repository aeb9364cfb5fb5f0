"""A file of users on its way into the user pool: what was sent, how each row is taken, and how far the work has come."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big, choice, key

WORKING = text("state IN ('checking', 'applying')")
"""The condition of the partial index. Whoever looks for work says it word for word, or SQLite reads the whole table."""


class ImportState(StrEnum):
    """Where an import stands. `asking`: nobody can tell its encoding from the file alone."""

    ASKING = "asking"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    DISCARDED = "discarded"


class Verdict(StrEnum):
    """What a row of the file would do."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    FAULTY = "faulty"


class UserImport(Base):
    """One file. Its parts and rows go when it is over; the counts stay.

    `read`, `matched` and `applied`: up to which row each stage has come, written together with what the stage did.
    `columns`: which field each column of the file holds, or none. `holder`, `beat_at`: which process works on it, and when it
    last said so. `actor…`, `address`, `agent`: who decided last, and from where. `fault`: why nothing was written.
    """

    __tablename__ = "user_import"
    __table_args__ = (
        CheckConstraint("read <= rows AND matched <= read AND applied <= rows", name="progress"),
        CheckConstraint("(encoding IS NULL) = (separator IS NULL)", name="form"),
        CheckConstraint("encoding IS NOT NULL OR state IN ('asking', 'discarded')", name="asking"),
        Index("ix_user_import_working", "id", sqlite_where=WORKING, postgresql_where=WORKING),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    state: Mapped[ImportState] = mapped_column(choice(ImportState))
    file_name: Mapped[str] = mapped_column(String(200))
    encoding: Mapped[str | None] = mapped_column(String(16))
    separator: Mapped[str | None] = mapped_column(String(1))
    columns: Mapped[list[str | None]] = mapped_column(JSON)
    left_out: Mapped[list[str]] = mapped_column(JSON)
    size: Mapped[int]
    rows: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    matched: Mapped[int] = mapped_column(default=0)
    applied: Mapped[int] = mapped_column(default=0)
    valid_only: Mapped[bool] = mapped_column(default=False)
    creates: Mapped[int] = mapped_column(default=0)
    updates: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None] = mapped_column(String(64))
    beat_at: Mapped[Instant | None]
    actor: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(big)
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(256))
    created_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class ImportPart(Base):
    """A piece of the file as it was sent, in a place that every machine can read."""

    __tablename__ = "user_import_part"

    import_id: Mapped[int] = mapped_column(big, ForeignKey("user_import.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """One row of the file, as it would be written.

    A field is None where the file says nothing of it: then what is there stays. `line`: where the row begins in the file.
    `user_id` and `version`: the user that it names, as found; an import never overwrites what changed since. `changed` and
    `number_changed`: the details of its audit entries, where there is something to tell.
    """

    __tablename__ = "user_import_row"
    __table_args__ = (
        CheckConstraint("(verdict = 'faulty') = (faults <> '')", name="faults"),
        CheckConstraint("verdict <> 'update' OR user_id IS NOT NULL", name="user"),
    )

    import_id: Mapped[int] = mapped_column(big, ForeignKey("user_import.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    faults: Mapped[str] = mapped_column(Text, default="")
    username: Mapped[str | None] = mapped_column(String(64))
    username_key: Mapped[str | None] = mapped_column(key(128))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(key(254))
    phone: Mapped[str | None] = mapped_column(key(16))
    phone_reversed: Mapped[str | None] = mapped_column(key(16))
    name: Mapped[str | None] = mapped_column(String(200))
    name_key: Mapped[str | None] = mapped_column(key(254))
    suspended: Mapped[bool | None]
    user_id: Mapped[int | None] = mapped_column(big)
    version: Mapped[int | None]
    changed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    number_changed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    suspension_changed: Mapped[bool | None]
