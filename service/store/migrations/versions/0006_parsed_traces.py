"""The stack trace that was read from an alert's text when it came in."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """One column more; the text of alerts from before it is read when their incident is investigated."""
    op.add_column("alerts", sa.Column("trace", sa.JSON))


def downgrade() -> None:
    """Drop it; it can be read again."""
    op.drop_column("alerts", "trace")
