"""What ledgers stand on: cues of every message, invoices, and what a person asked not to be told for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "readings",
        sa.Column("message_id", sa.Text, sa.ForeignKey("messages.message_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("reader", sa.Text, primary_key=True),
        sa.Column("cues", sa.JSON, nullable=False),
    )
    op.create_table(
        "invoices",
        sa.Column("client", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("issued", sa.Date, nullable=False),
        sa.Column("due", sa.Date),
        sa.Column("amount", sa.Float, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("paid_at", sa.Date),
        sa.Column("paid_amount", sa.Float, nullable=False),
    )
    op.create_table(
        "hushes",
        sa.Column("client", sa.Text, primary_key=True),
        sa.Column("tag", sa.Text, primary_key=True),
        sa.Column("said_at", sa.DateTime, nullable=False),
        sa.Column("until", sa.DateTime),
        sa.Column("score", sa.Float, nullable=False),
    )
