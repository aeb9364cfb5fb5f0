"""The console: roles, a user list that can be searched, trials, seals of the audit log, tallies."""

import unicodedata
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REVERSED = " || ".join(f"substr(phone, {place}, 1)" for place in range(16, 0, -1))
CHECKS = {
    # table, name: values before, values from now on
    ("user", "role"): (("administrator",), ("administrator", "helpdesk", "auditor")),
    ("link", "linkpurpose"): (("first_administrator",), ("first_administrator", "set_password")),
    ("sign_in", "state"): (
        ("awaiting_phone", "awaiting_code", "complete", "ended"),
        ("awaiting_phone", "awaiting_code", "awaiting_password", "complete", "ended"),
    ),
}
COLUMN = {"linkpurpose": "purpose"}
PARTIAL = {
    # table: name, columns, condition on SQLite, on PostgreSQL
    "user": [
        ("suspended", ["id"], "suspended IS 1", "suspended IS true"),
        ("wrong_codes", ["wrong_codes", "id"], "wrong_codes > 0", "wrong_codes > 0"),
        ("no_username", ["id"], "username_key IS NULL", "username_key IS NULL"),
        ("no_email", ["id"], "email_key IS NULL", "email_key IS NULL"),
    ],
    "application": [("customises", ["name_key"], "customises IS 1", "customises IS true")],
    "audit_entry": [
        ("actor_id", ["actor_id", "id"], "actor_id IS NOT NULL", "actor_id IS NOT NULL"),
        ("application_id", ["application_id", "id"], "application_id IS NOT NULL", "application_id IS NOT NULL"),
        ("outcome", ["outcome", "id"], "outcome <> 'ok'", "outcome <> 'ok'"),
    ],
    "message": [
        ("not_sent", ["state", "id"], "state IN ('failed', 'unknown', 'expired')", "state IN ('failed', 'unknown', 'expired')"),
        ("application_id", ["application_id", "id"], "application_id IS NOT NULL", "application_id IS NOT NULL"),
    ],
    "sign_in": [
        ("application_id", ["application_id", "id"], "application_id IS NOT NULL", "application_id IS NOT NULL"),
        ("trial_id", ["trial_id", "id"], "trial_id IS NOT NULL", "trial_id IS NOT NULL"),
    ],
}
WHOLE = {
    "user": [
        ("name_key", ["name_key", "id"]), ("phone_reversed", ["phone_reversed"]), ("phone_state", ["phone_state", "id"]),
        ("last_sign_in_at", ["last_sign_in_at", "id"]),
    ],
    "audit_entry": [("at", ["at"]), ("event", ["event", "id"])],
    "message": [("user_id", ["user_id", "id"]), ("phone", ["phone", "id"]), ("created_at", ["created_at"])],
    "link": [("user_id", ["user_id"])],
    "audit_seal": [("up_to", ["up_to"])],
    "trial": [("application_id", ["application_id"])],
}
EXACT = {"user": {"username_key": 128, "email_key": 254, "phone": 16}, "message": {"phone": 16}}
"""Columns that PostgreSQL compares byte by byte from now on, so that a prefix is a range of their index."""


def upgrade() -> None:
    create_tables()
    with op.batch_alter_table("application", table_kwargs={"sqlite_autoincrement": True}, recreate=rebuilt()) as application:
        application.add_column(sa.Column("name_key", key(160), nullable=True))
        application.add_column(sa.Column("home_address", sa.String(500), nullable=True))
        application.add_column(sa.Column("logo", sa.LargeBinary(), nullable=True))
        application.add_column(sa.Column("colour", sa.String(7), nullable=True))
        application.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        application.drop_constraint("uq_application_name", type_="unique")
    fill_names("application")
    with op.batch_alter_table("application", table_kwargs={"sqlite_autoincrement": True}) as application:
        application.alter_column("name_key", existing_type=key(160), nullable=False)
        application.create_unique_constraint("uq_application_name_key", ["name_key"])
    with op.batch_alter_table("audit_entry") as entry:
        entry.add_column(sa.Column("actor_id", BIG, nullable=True))
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("application_id", BIG, nullable=True))
    with op.batch_alter_table("link") as link:
        link.add_column(sa.Column("user_id", BIG, nullable=True))
        link.create_foreign_key("fk_link_user_id", "user", ["user_id"], ["id"], ondelete="CASCADE")
        now_allows(link, "link", "linkpurpose")
        link.create_check_constraint(op.f("ck_link_user"), "(purpose = 'set_password') = (user_id IS NOT NULL)")
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.add_column(sa.Column("trial_id", BIG, nullable=True))
        sign_in.add_column(sa.Column("held", sa.JSON(), nullable=True))
        sign_in.create_foreign_key("fk_sign_in_trial_id", "trial", ["trial_id"], ["id"], ondelete="CASCADE")
        now_allows(sign_in, "sign_in", "state")
    with op.batch_alter_table("user", table_kwargs={"sqlite_autoincrement": True}, recreate=rebuilt()) as user:
        user.add_column(sa.Column("name_key", key(254), nullable=True))
        user.add_column(sa.Column("phone_reversed", key(16), nullable=True))
        user.add_column(sa.Column("password_must_change", sa.Boolean(), server_default=sa.false(), nullable=False))
        user.add_column(sa.Column("last_sign_in_at", sa.Double(), nullable=True))
        now_allows(user, "user", "role")
    fill_names("user")
    compare_bytes("C")
    op.execute(f'UPDATE "user" SET phone_reversed = {REVERSED} WHERE phone IS NOT NULL')
    with op.batch_alter_table("user", table_kwargs={"sqlite_autoincrement": True}, recreate=rebuilt()) as user:
        user.create_check_constraint(op.f("ck_user_phone_reversed"), f"coalesce(phone_reversed, '') = coalesce({REVERSED}, '')")
    op.execute('UPDATE "user" SET last_sign_in_at = (SELECT max(completed_at) FROM sign_in WHERE user_id = "user".id)')
    create_indexes()


def downgrade() -> None:
    op.execute("UPDATE sign_in SET state = 'ended', ended_at = seen_at, ended_because = 'cancelled' WHERE state = 'awaiting_password'")
    op.execute("DELETE FROM sign_in WHERE trial_id IS NOT NULL")
    op.execute("DELETE FROM link WHERE purpose = 'set_password'")
    op.execute("UPDATE \"user\" SET role = NULL WHERE role <> 'administrator'")
    drop_indexes()
    compare_bytes("default")
    with op.batch_alter_table("user", recreate=rebuilt()) as user:
        user.drop_constraint(op.f("ck_user_phone_reversed"), type_="check")
        user.drop_column("phone_reversed")
        user.drop_column("last_sign_in_at")
        user.drop_column("password_must_change")
        user.drop_column("name_key")
        now_allows(user, "user", "role", before=True)
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.drop_constraint("fk_sign_in_trial_id", type_="foreignkey")
        sign_in.drop_column("held")
        sign_in.drop_column("trial_id")
        now_allows(sign_in, "sign_in", "state", before=True)
    with op.batch_alter_table("link") as link:
        link.drop_constraint(op.f("ck_link_user"), type_="check")
        link.drop_constraint("fk_link_user_id", type_="foreignkey")
        link.drop_column("user_id")
        now_allows(link, "link", "linkpurpose", before=True)
    with op.batch_alter_table("message") as message:
        message.drop_column("application_id")
    with op.batch_alter_table("audit_entry") as entry:
        entry.drop_column("actor_id")
    with op.batch_alter_table("application", recreate=rebuilt()) as application:
        application.drop_constraint("uq_application_name_key", type_="unique")
        for column in ("version", "colour", "logo", "home_address", "name_key"):
            application.drop_column(column)
        application.create_unique_constraint("uq_application_name", ["name"])
    for table in ("trial", "tally", "audit_seal"):
        op.drop_table(table)


def sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def rebuilt() -> str:
    """SQLite cannot add what these tables get to a table that exists."""
    return "always" if sqlite() else "never"


def key(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def now_allows(batch: object, table: str, name: str, *, before: bool = False) -> None:
    """Replace the CHECK of a choice by one with the values of the new version, or of the one before."""
    values = ", ".join(f"'{value}'" for value in CHECKS[table, name][0 if before else 1])
    batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
    batch.create_check_constraint(op.f(f"ck_{table}_{name}"), f"{COLUMN.get(name, name)} IN ({values})")


def compare_bytes(collation: str) -> None:
    if sqlite():
        return
    for table, columns in EXACT.items():
        for column, length in columns.items():
            op.execute(f'ALTER TABLE "{table}" ALTER COLUMN {column} TYPE varchar({length}) COLLATE "{collation}"')


def create_tables() -> None:
    op.create_table(
        "audit_seal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sealed_at", sa.Double(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("ranges", sa.JSON(), nullable=False),
        sa.Column("up_to", BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key_name", sa.String(length=16), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("archived_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
    )
    op.create_table(
        "tally",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "what", name=op.f("pk_tally")),
    )
    op.create_table(
        "trial",
        sa.Column("id", BIG, nullable=False),
        sa.Column("application_id", BIG, nullable=False),
        sa.Column("started_by", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("ends_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_trial_application_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
    )


def indexes() -> Iterator[tuple[str, str, list[str], dict[str, object]]]:
    for table, of_table in WHOLE.items():
        yield from ((f"ix_{table}_{name}", table, columns, {}) for name, columns in of_table)
    for table, of_table in PARTIAL.items():
        for name, columns, on_sqlite, on_postgresql in of_table:
            where = {"sqlite_where": sa.text(on_sqlite), "postgresql_where": sa.text(on_postgresql)}
            yield f"ix_{table}_{name}", table, columns, where


def create_indexes() -> None:
    for name, table, columns, where in indexes():
        op.create_index(name, table, columns, **where)


def drop_indexes() -> None:
    for name, table, _columns, _where in indexes():
        op.drop_index(name, table_name=table)


def fill_names(table: str) -> None:
    """The form in which names are searched: no case, no invisible characters, one spelling."""
    named = sa.table(table, sa.column("id"), sa.column("name"), sa.column("name_key"))
    connection = op.get_bind()
    taken: set[str] = set()
    for row in connection.execute(sa.select(named.c.id, named.c.name).where(named.c.name.is_not(None)).order_by(named.c.id)).all():
        folded = fold(row.name)
        if table == "application":
            folded = folded if folded not in taken else f"{folded[:140]} {row.id}"
            taken.add(folded)
        connection.execute(named.update().where(named.c.id == row.id).values(name_key=folded))


def fold(name: str) -> str:
    kept = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return kept.strip().casefold()[:254]
