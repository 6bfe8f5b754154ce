"""How many signed on each day: it stays when signatures are erased after the petition closed for good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes one table; nothing that is there changes."""
    op.create_table(
        "signature_day",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_signature_day"),
        sa.CheckConstraint("number > 0", name="ck_signature_day_number"),
    )
