"""How often an incident's agents could not be asked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add one column; it starts at 0."""
    op.add_column("incidents", sa.Column("agent_retries", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop the column; waiting incidents start to count again from 0."""
    op.drop_column("incidents", "agent_retries")
