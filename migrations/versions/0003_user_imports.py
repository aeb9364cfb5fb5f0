"""Importing users: the file, its rows, and how far each import has come."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asking",
                "checking",
                "checked",
                "applying",
                "done",
                "failed",
                "given_up",
                "discarded",
                name="importstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("encoding", sa.String(length=16), nullable=True),
        sa.Column("separator", sa.String(length=1), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.Column("valid_only", sa.Boolean(), nullable=False),
        sa.Column("creates", sa.Integer(), nullable=False),
        sa.Column("updates", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("beat_at", sa.Double(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=256), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "encoding IS NOT NULL OR state IN ('asking', 'discarded')", name=op.f("ck_user_import_asking")
        ),
        sa.CheckConstraint("(encoding IS NULL) = (separator IS NULL)", name=op.f("ck_user_import_form")),
        sa.CheckConstraint(
            "read <= rows AND matched <= read AND applied <= rows", name=op.f("ck_user_import_progress")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_import")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("user_import", schema=None) as batch_op:
        batch_op.create_index(
            "ix_user_import_working",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('checking', 'applying')"),
            postgresql_where=sa.text("state IN ('checking', 'applying')"),
        )

    op.create_table(
        "user_import_part",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["user_import.id"], name=op.f("fk_user_import_part_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_user_import_part")),
    )
    op.create_table(
        "user_import_row",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "create",
                "update",
                "unchanged",
                "faulty",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=True),
        sa.Column(
            "username_key",
            sa.String(length=128).with_variant(sa.String(length=128, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column(
            "email_key",
            sa.String(length=254).with_variant(sa.String(length=254, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "phone",
            sa.String(length=16).with_variant(sa.String(length=16, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "phone_reversed",
            sa.String(length=16).with_variant(sa.String(length=16, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column(
            "name_key",
            sa.String(length=254).with_variant(sa.String(length=254, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("suspended", sa.Boolean(), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("changed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("number_changed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("suspension_changed", sa.Boolean(), nullable=True),
        sa.CheckConstraint("(verdict = 'faulty') = (faults <> '')", name=op.f("ck_user_import_row_faults")),
        sa.CheckConstraint(
            "verdict <> 'update' OR user_id IS NOT NULL", name=op.f("ck_user_import_row_user")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["user_import.id"], name=op.f("fk_user_import_row_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_user_import_row")),
    )


def downgrade() -> None:
    op.drop_table("user_import_row")
    op.drop_table("user_import_part")
    with op.batch_alter_table("user_import", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_user_import_working",
            sqlite_where=sa.text("state IN ('checking', 'applying')"),
            postgresql_where=sa.text("state IN ('checking', 'applying')"),
        )

    op.drop_table("user_import")
