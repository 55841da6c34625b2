"""An invoice keeps each payment that imports have shown: a later one does not wipe out when the first came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; of what was stored before, the last payment alone is known."""
    op.add_column("invoices", sa.Column("payments", sa.JSON, nullable=False, server_default="[]"))
