"""Gateways and receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "gateway",
                "prefix",
                "ceiling",
                "queue",
                "hooks",
                name="alarmkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("raised_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("told_at", sa.Double(), nullable=True),
        sa.Column("told_end_at", sa.Double(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.create_index("ix_alarm_raised_at", ["raised_at"], unique=False)
        batch_op.create_index(
            "ix_alarm_ringing",
            ["kind", "subject"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "closed_prefix",
        sa.Column(
            "prefix",
            sa.String(length=8).with_variant(sa.String(length=8, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.Double(), nullable=False),
        sa.Column("closed_until", sa.Double(), nullable=False),
        sa.Column("closings", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_closed_prefix")),
    )
    op.create_table(
        "gateway",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "vonage",
                "vonage-sms",
                "vonage-voice",
                "http",
                "mail",
                "inbox",
                name="gatewaykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "name",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("per_second", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=16), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("secret_key", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(secret IS NULL) = (secret_key IS NULL)", name=op.f("ck_gateway_secret_with_key")
        ),
        sa.CheckConstraint("per_second > 0", name=op.f("ck_gateway_per_second")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway")),
        sa.UniqueConstraint("name", name=op.f("uq_gateway_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "message_setting",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_message_setting")),
    )
    op.create_table(
        "opt_out",
        sa.Column(
            "phone",
            sa.String(length=16).with_variant(sa.String(length=16, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("gateway", sa.String(length=32), nullable=True),
        sa.Column("stopped_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_opt_out")),
    )
    op.create_table(
        "route",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "prefix",
            sa.String(length=8).with_variant(sa.String(length=8, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sa.UniqueConstraint("prefix", name=op.f("uq_route_prefix")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "wording",
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("body", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "language", name=op.f("pk_wording")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("channel", sa.String(length=32), server_default="text", nullable=False)
        )
        batch_op.create_check_constraint(op.f("ck_message_channel"), "channel IN ('text', 'voice')")
        batch_op.add_column(sa.Column("via", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("sender", sa.String(length=16), nullable=True))
        batch_op.add_column(
            sa.Column("price", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("currency", sa.String(length=3), nullable=True))
        batch_op.add_column(sa.Column("receipt_at", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("delivered_at", sa.Double(), nullable=True))
        batch_op.create_index(
            "ix_message_reference",
            ["reference"],
            unique=False,
            sqlite_where=sa.text("reference IS NOT NULL"),
            postgresql_where=sa.text("reference IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_reference",
            sqlite_where=sa.text("reference IS NOT NULL"),
            postgresql_where=sa.text("reference IS NOT NULL"),
        )
        batch_op.drop_constraint(op.f("ck_message_channel"), type_="check")
        batch_op.drop_column("delivered_at")
        batch_op.drop_column("receipt_at")
        batch_op.drop_column("currency")
        batch_op.drop_column("price")
        batch_op.drop_column("sender")
        batch_op.drop_column("via")
        batch_op.drop_column("channel")

    op.drop_table("wording")
    op.drop_table("route")
    op.drop_table("opt_out")
    op.drop_table("message_setting")
    op.drop_table("gateway")
    op.drop_table("closed_prefix")
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_alarm_ringing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_alarm_raised_at")

    op.drop_table("alarm")
