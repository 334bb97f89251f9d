"""Bodies that no adapter understood."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """A table of their own: they belong to no alert."""
    op.create_table(
        "refused",
        sa.Column("source", sa.String(50), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("field", sa.String(200), nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", "hash", name="pk_refused"),
    )


def downgrade() -> None:
    """What was refused is lost."""
    op.drop_table("refused")
