"""What the policy for automatic reverts decided about each verdict."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """One row for each version of a verdict that the policy looked at."""
    op.create_table(
        "decisions",
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("repository", sa.String(300), nullable=False),
        sa.Column("commit", sa.String(64)),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("revert_id", sa.String(40)),
        sa.Column("objection_until", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(40)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("decision", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "version", name="pk_decisions"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_decisions_incident_id_incidents"),
    )
    op.create_index("ix_decisions_state_due_at", "decisions", ["state", "due_at"])
    op.create_index("ix_decisions_action_at", "decisions", ["action", "at"])


def downgrade() -> None:
    """What was decided stays in the audit records."""
    op.drop_table("decisions")
