"""The stack trace that was parsed from an alert's text when the alert arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add one column; older alerts are parsed when their incident is investigated."""
    op.add_column("alerts", sa.Column("trace", sa.JSON))


def downgrade() -> None:
    """Drop the column; the traces can be parsed again."""
    op.drop_column("alerts", "trace")
