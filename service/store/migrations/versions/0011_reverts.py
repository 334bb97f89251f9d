"""Reverts that are planned and executed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """One row for each (repository, commits, head)."""
    op.create_table(
        "reverts",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("repository", sa.String(300), nullable=False),
        sa.Column("commits", sa.String(64), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.String(40)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("record", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reverts"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_reverts_incident_id_incidents"),
    )
    op.create_index("uq_reverts_once", "reverts", ["repository", "commits", "head"], unique=True)
    op.create_index("ix_reverts_incident_id", "reverts", ["incident_id"])
    op.create_index("ix_reverts_state_changed_at", "reverts", ["state", "changed_at"])


def downgrade() -> None:
    """Pushed branches and pull requests stay at the forge."""
    op.drop_table("reverts")
