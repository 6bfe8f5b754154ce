"""The first shape: signatures, drafts, subscribers, message numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes every table."""
    _signature()
    _draft()
    _subscriber()
    _message()
    _figures()


def _signature() -> None:
    op.create_table(
        "signature",
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("tag", sa.LargeBinary(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("name", sa.LargeBinary),
        sa.Column("country", sa.String(2)),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("consent_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signature"),
        sa.UniqueConstraint("number", name="uq_signature_number"),
        sa.UniqueConstraint("tag", name="uq_signature_tag"),
        sa.CheckConstraint("kind IN ('shown', 'private', 'nameless')", name="ck_signature_kind"),
        sa.CheckConstraint("(kind = 'nameless') = (name IS NULL)", name="ck_signature_name"),
        sqlite_with_rowid=False,
    )
    shown = sa.text("kind = 'shown'")
    op.create_index("ix_signature_shown", "signature", ["number"], sqlite_where=shown, postgresql_where=shown)


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("tag", sa.LargeBinary(32), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("update_id", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tag", name="pk_draft"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_draft_expires", "draft", ["expires"])


def _subscriber() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("tag", sa.LargeBinary(32), nullable=False),
        sa.Column("chat", sa.LargeBinary, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("level", sa.String(9), nullable=False),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("newest_broadcast", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("tag", name="uq_subscriber_tag"),
        sa.CheckConstraint("level IN ('all', 'important')", name="ck_subscriber_level"),
        sqlite_with_rowid=False,
    )


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("tag", sa.LargeBinary(32), nullable=False),
        sa.Column("hour", sa.Integer, nullable=False),
        sa.Column("marked", sa.SmallInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tag", "hour", "marked", name="pk_message"),
        sa.CheckConstraint("marked IN (0, 1)", name="ck_message_marked"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_message_hour", "message", ["hour"])


def _figures() -> None:
    op.create_table(
        "counter",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("next_number", sa.Integer, nullable=False),
        sa.Column("valid", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_counter"),
        sa.CheckConstraint("id = 1", name="ck_counter_one_row"),
        sa.CheckConstraint("valid >= 0", name="ck_counter_valid"),
    )
    op.create_table(
        "pending_erasure",
        sa.Column("kind", sa.String(7), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_pending_erasure"),
        sa.CheckConstraint("kind IN ('asked', 'expired')", name="ck_pending_erasure_kind"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
