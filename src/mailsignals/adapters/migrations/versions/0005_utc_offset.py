"""A message keeps the zone that its Date was written in: "tomorrow" is counted from its writer's day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; it stays empty for what was stored before."""
    op.add_column("messages", sa.Column("utc_offset", sa.Integer))
