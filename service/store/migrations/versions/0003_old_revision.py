"""What a deploy replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One column more; deploys told before it are left without."""
    with op.batch_alter_table("deploys") as deploys:
        deploys.add_column(sa.Column("old_revision", sa.String(200)))


def downgrade() -> None:
    """Drop it; what it holds is lost."""
    with op.batch_alter_table("deploys") as deploys:
        deploys.drop_column("old_revision")
