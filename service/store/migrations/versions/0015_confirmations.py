"""What the owner's command showed about an incident."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Trials were only printed so far."""
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("suspected", sa.String(64)),
        sa.Column("proven", sa.String(64)),
        sa.Column("confirmed", sa.Boolean),
        sa.Column("found", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_confirmations"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_confirmations_incident_id_incidents"),
    )
    op.create_index("ix_confirmations_incident_id", "confirmations", ["incident_id"])
    op.create_index("ix_confirmations_at", "confirmations", ["at"])


def downgrade() -> None:
    """What was run stays in the audit records."""
    op.drop_table("confirmations")
