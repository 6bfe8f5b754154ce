"""Broadcasts are planned, approved, paused, edited and deleted; the messages that arrived are kept for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEPT = "number, version, content, began, ended, recipients, reached, blocked, deactivated, failed, in_doubt, state"


def upgrade() -> None:
    """Lays out the broadcasts anew, each as news to everyone that has begun; adds a column and two indexes."""
    op.rename_table("broadcast", "old_broadcast")
    _broadcast()
    op.execute(
        f"INSERT INTO broadcast ({KEPT}, kind, turn, languages, important, pauses, idle, withdrawn, doubt_left, "  # noqa: S608
        f"missing, failures) SELECT {KEPT}, 'news', number, '', false, 0, 0, false, false, 0, '{{}}' FROM old_broadcast"
    )
    op.drop_table("old_broadcast")
    op.add_column("delivery", sa.Column("message", sa.LargeBinary))
    unsettled = sa.text("state <> 'settled'")
    op.create_index(
        "ix_delivery_unsettled",
        "delivery",
        ["broadcast", "state"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )
    op.create_index("ix_subscriber_audience", "subscriber", ["language", "level"])


def _broadcast() -> None:
    """Its keys and constraints have names that the old table still bears on PostgreSQL: those are dropped first."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_broadcast", "old_broadcast")
        op.drop_constraint("ck_broadcast_state", "old_broadcast")
    op.create_table(
        "broadcast",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(6), nullable=False),
        sa.Column("subject", sa.Integer),
        sa.Column("turn", sa.Integer),
        sa.Column("version", sa.BigInteger),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("languages", sa.String(32), nullable=False),
        sa.Column("important", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        *(sa.Column(time, sa.BigInteger) for time in ("at", "began", "ended", "paused")),
        sa.Column("pauses", sa.Integer, nullable=False),
        sa.Column("idle", sa.Integer, nullable=False),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("doubt_left", sa.Boolean, nullable=False),
        *(
            sa.Column(figure, sa.Integer, nullable=False)
            for figure in ("recipients", "reached", "blocked", "deactivated", "failed", "in_doubt", "missing")
        ),
        sa.Column("failures", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_broadcast"),
        sa.CheckConstraint("kind IN ('news', 'edit', 'delete', 'resend')", name="ck_broadcast_kind"),
        sa.CheckConstraint("(kind = 'news') = (subject IS NULL)", name="ck_broadcast_subject"),
        sa.CheckConstraint(
            "state IN ('proposed', 'rejected', 'recalled', 'scheduled', 'missed', 'sending', 'paused', 'stopped', "
            "'sent')",
            name="ck_broadcast_state",
        ),
    )
