"""What the pages list and count: an incident's error in a line, and how sure a verdict was."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Incidents and verdicts that are already there have neither."""
    op.add_column("incidents", sa.Column("error", sa.String(300), nullable=False, server_default=""))
    op.add_column("verdicts", sa.Column("word", sa.String(10), nullable=False, server_default=""))
    op.add_column("verdicts", sa.Column("probability", sa.Double()))


def downgrade() -> None:
    """Both are repeated elsewhere."""
    op.drop_column("verdicts", "probability")
    op.drop_column("verdicts", "word")
    op.drop_column("incidents", "error")
