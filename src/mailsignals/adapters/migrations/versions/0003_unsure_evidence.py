"""Evidence tells whether it is sure; what older models had found was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("evidence", sa.Column("is_sure", sa.Boolean, nullable=False, server_default=sa.true()))
