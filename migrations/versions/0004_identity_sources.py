"""Identity sources."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    source = op.create_table(
        "identity_source",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "password",
                "scan",
                "oidc",
                "oauth",
                "ldap",
                name="sourcekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "name",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("secret_key", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind <> 'password' OR enabled", name=op.f("ck_identity_source_password_enabled")),
        sa.CheckConstraint(
            "(secret IS NULL) = (secret_key IS NULL)", name=op.f("ck_identity_source_secret_with_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_source")),
        sa.UniqueConstraint("name", name=op.f("uq_identity_source_name")),
    )
    with op.batch_alter_table("identity_source", schema=None) as batch_op:
        batch_op.create_index(
            "ix_identity_source_preferred",
            ["preferred"],
            unique=True,
            sqlite_where=sa.text("preferred IS 1"),
            postgresql_where=sa.text("preferred IS true"),
        )

    _begin_with_password_and_scan(source)
    op.create_table(
        "identity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "issuer",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "subject",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("called", sa.String(length=254), nullable=False),
        sa.Column("linked_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["identity_source.id"], name=op.f("fk_identity_source_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_identity_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("source_id", "issuer", "subject", name="uq_identity_subject"),
    )
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_user_id"), ["user_id"], unique=False)

    op.create_table(
        "scan_code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("typed_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "shown",
                "confirmed",
                "refused",
                "wrong number",
                "used",
                name="scanstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("trial_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=256), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_sign_in_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answered_at", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "state <> 'confirmed' OR (user_id IS NOT NULL AND by_sign_in_id IS NOT NULL)",
            name=op.f("ck_scan_code_confirmation"),
        ),
        sa.CheckConstraint("number BETWEEN 10 AND 99", name=op.f("ck_scan_code_number")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_scan_code_application_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["by_sign_in_id"], ["sign_in.id"], name=op.f("fk_scan_code_by_sign_in_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["trial.id"], name=op.f("fk_scan_code_trial_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_scan_code_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_code")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_scan_code_token_hash")),
        sa.UniqueConstraint("typed_hash", name=op.f("uq_scan_code_typed_hash")),
    )
    with op.batch_alter_table("scan_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_code_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scan_code_by_sign_in_id"), ["by_sign_in_id"], unique=False)
        batch_op.create_index("ix_scan_code_expires_at", ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_scan_code_trial_id"), ["trial_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scan_code_user_id"), ["user_id"], unique=False)

    op.create_table(
        "source_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "log in",
                "link",
                "confirm",
                "try",
                name="requestpurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "arrived",
                "used",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("nonce", sa.String(length=64), nullable=True),
        sa.Column("verifier", sa.String(length=128), nullable=True),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("trial_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sign_in_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("next_address", sa.Text(), nullable=True),
        sa.Column(
            "issuer",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "subject",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("claims", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "state <> 'arrived' OR (issuer IS NOT NULL AND subject IS NOT NULL)",
            name=op.f("ck_source_request_arrival"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_source_request_application_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_in.id"], name=op.f("fk_source_request_sign_in_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["identity_source.id"],
            name=op.f("fk_source_request_source_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["trial.id"], name=op.f("fk_source_request_trial_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_source_request_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_request")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_source_request_state_hash")),
    )
    with op.batch_alter_table("source_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_source_request_application_id"), ["application_id"], unique=False
        )
        batch_op.create_index("ix_source_request_expires_at", ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_source_request_sign_in_id"), ["sign_in_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_source_request_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_source_request_trial_id"), ["trial_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_source_request_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hidden_sources", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_column("hidden_sources")

    with op.batch_alter_table("source_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_request_user_id"))
        batch_op.drop_index(batch_op.f("ix_source_request_trial_id"))
        batch_op.drop_index(batch_op.f("ix_source_request_source_id"))
        batch_op.drop_index(batch_op.f("ix_source_request_sign_in_id"))
        batch_op.drop_index("ix_source_request_expires_at")
        batch_op.drop_index(batch_op.f("ix_source_request_application_id"))

    op.drop_table("source_request")
    with op.batch_alter_table("scan_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scan_code_user_id"))
        batch_op.drop_index(batch_op.f("ix_scan_code_trial_id"))
        batch_op.drop_index("ix_scan_code_expires_at")
        batch_op.drop_index(batch_op.f("ix_scan_code_by_sign_in_id"))
        batch_op.drop_index(batch_op.f("ix_scan_code_application_id"))

    op.drop_table("scan_code")
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_user_id"))

    op.drop_table("identity")
    with op.batch_alter_table("identity_source", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_identity_source_preferred",
            sqlite_where=sa.text("preferred IS 1"),
            postgresql_where=sa.text("preferred IS true"),
        )

    op.drop_table("identity_source")


def _begin_with_password_and_scan(source: sa.Table) -> None:
    """Both exist in every installation; what is on by itself is what the login page has shown or would show."""
    same = {"enabled": True, "preferred": False, "settings": {}, "created_at": time.time(), "version": 1}
    op.bulk_insert(
        source,
        [
            {"id": 1, "kind": "password", "name": "password", "title": "Password", "position": 1, **same},
            {"id": 2, "kind": "scan", "name": "scan", "title": "Scan code", "position": 2, **same},
        ],
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('identity_source', 'id'), 2)")
