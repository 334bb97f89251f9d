"""What was read for a verdict, and the runs that judge stored incidents again."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Older verdicts have no snapshot and cannot be judged again."""
    op.add_column("verdicts", sa.Column("snapshot", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "rescorings",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("configuration", sa.JSON, nullable=False),
        sa.Column("selection", sa.JSON, nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("result", sa.JSON(none_as_null=True)),
        sa.Column("claimed_by", sa.String(40)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name", name="pk_rescorings"),
    )
    op.create_table(
        "rescored",
        sa.Column("rescoring", sa.String(100), nullable=False),
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("seconds", sa.Double),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("culprit", sa.String(64)),
        sa.Column("verdict", sa.JSON(none_as_null=True)),
        sa.Column("report", sa.JSON(none_as_null=True)),
        sa.Column("steps", sa.JSON(none_as_null=True)),
        sa.Column("versions", sa.JSON(none_as_null=True)),
        sa.Column("failure", sa.Text),
        sa.PrimaryKeyConstraint("rescoring", "incident_id", name="pk_rescored"),
        sa.ForeignKeyConstraint(["rescoring"], ["rescorings.name"], name="fk_rescored_rescoring_rescorings"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_rescored_incident_id_incidents"),
    )
    op.create_index("ix_rescored_incident_id", "rescored", ["incident_id"])


def downgrade() -> None:
    """The stored verdicts stay."""
    op.drop_table("rescored")
    op.drop_table("rescorings")
    op.drop_column("verdicts", "snapshot")
