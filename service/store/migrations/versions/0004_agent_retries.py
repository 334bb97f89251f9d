"""How often an incident's agents could not be asked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One column more; nobody has come back yet."""
    op.add_column("incidents", sa.Column("agent_retries", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop it; who waits for the model begins to count anew."""
    op.drop_column("incidents", "agent_retries")
