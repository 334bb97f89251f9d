"""The revision that a deploy replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add one column; it stays empty for older deploys."""
    with op.batch_alter_table("deploys") as deploys:
        deploys.add_column(sa.Column("old_revision", sa.String(200)))


def downgrade() -> None:
    """Drop the column; its data is lost."""
    with op.batch_alter_table("deploys") as deploys:
        deploys.drop_column("old_revision")
