"""Messages about incidents that are to be sent, one for each channel."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """A table of their own. Incidents that are already there get no message before they change."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "notifications",
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("group_id", sa.String(40), nullable=False),
        sa.Column("lead", sa.Boolean, nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("wanted", sa.Integer, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("muted_until", moment),
        sa.Column("claimed_by", sa.String(40)),
        sa.Column("lease_until", moment),
        sa.Column("begun_at", moment),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("given_up", sa.Boolean, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("messages", sa.JSON, nullable=False),
        sa.Column("sent_at", moment),
        sa.PrimaryKeyConstraint("incident_id", "channel", name="pk_notifications"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_notifications_incident_id_incidents"),
    )
    pending = sa.text("sent < wanted")
    op.create_index(
        "ix_notifications_pending",
        "notifications",
        ["channel", "changed_at"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    op.create_index("ix_notifications_group_id", "notifications", ["group_id"])
    op.create_index("uq_notifications_token", "notifications", ["token"], unique=True)


def downgrade() -> None:
    """What was sent is forgotten: later messages would be new ones."""
    op.drop_table("notifications")
