"""Sessions that were ended, and an index with all that lists and counts read of a verdict."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_ANSWERS = ["incident_id", "version", "outcome", "culprit", "word", "probability"]


def upgrade() -> None:
    """No session was ended so far: a cookie lived until its time was over."""
    op.create_table(
        "spent",
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_spent"),
    )
    op.create_index("ix_spent_until", "spent", ["until"])
    op.create_index("ix_verdicts_answers", "verdicts", _ANSWERS)


def downgrade() -> None:
    """Sessions that were ended live again until their time is over."""
    op.drop_index("ix_verdicts_answers", "verdicts")
    op.drop_table("spent")
