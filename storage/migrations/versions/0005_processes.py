"""Several processes share one budget of messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes one table; nothing that is there changes."""
    op.create_table(
        "process",
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("share", sa.Integer, nullable=False),
        sa.Column("answers", sa.Integer, nullable=False),
        sa.Column("broadcasts", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_process"),
        sa.CheckConstraint("share >= 0", name="ck_process_share"),
    )
