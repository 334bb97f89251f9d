"""How far the revert of an incident's commit is."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """One row for each stage that a revert reaches."""
    op.create_table(
        "revert_steps",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("commit", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revert_steps"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_revert_steps_incident_id_incidents"),
    )
    op.create_index("ix_revert_steps_incident_id", "revert_steps", ["incident_id"])


def downgrade() -> None:
    """Messages that show a revert stay as they are."""
    op.drop_table("revert_steps")
