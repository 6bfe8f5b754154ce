"""News: compositions, broadcasts, their deliveries and reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes four tables; nothing that is there changes."""
    _composition()
    _broadcast()
    _delivery()
    _report()


def _composition() -> None:
    op.create_table(
        "composition",
        sa.Column("tag", sa.LargeBinary(32), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("update_id", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tag", name="pk_composition"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_composition_expires", "composition", ["expires"])


def _broadcast() -> None:
    op.create_table(
        "broadcast",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        *(
            sa.Column(figure, sa.Integer, nullable=False)
            for figure in ("recipients", "reached", "blocked", "deactivated", "failed", "in_doubt")
        ),
        sa.PrimaryKeyConstraint("number", name="pk_broadcast"),
        sa.CheckConstraint("state IN ('sending', 'stopped', 'sent')", name="ck_broadcast_state"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("broadcast", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("tag", sa.LargeBinary(32), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("broadcast", "tag", name="pk_delivery"),
        sa.CheckConstraint("state IN ('claimed', 'settled', 'in_doubt')", name="ck_delivery_state"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_delivery_tag", "delivery", ["tag"])


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("tag", sa.LargeBinary(32), nullable=False),
        sa.Column("broadcast", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tag", "broadcast", name="pk_report"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_report_broadcast", "report", ["broadcast"])
