"""Alerts, incidents, verdicts, steps and deploys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Create the five tables."""
    _alerts_and_incidents()
    _verdicts_and_steps()
    _deploys()


def downgrade() -> None:
    """Drop the five tables; their data is lost."""
    for table in ("deploys", "steps", "verdicts", "incidents", "alerts"):
        op.drop_table(table)


def _alerts_and_incidents() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(50), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("alert", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("alert_id", sa.Integer, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service", sa.String(200), nullable=False),
        sa.Column("environment", sa.String(100), nullable=False),
        sa.Column("repository", sa.String(300), nullable=False),
        sa.Column("base", sa.String(200), nullable=False),
        sa.Column("deployed", sa.String(200), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.String(40)),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("failure", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_incidents_alert_id_alerts"),
    )
    op.create_index("ix_incidents_alert_id", "incidents", ["alert_id"])
    op.create_index("ix_incidents_opened_at", "incidents", ["opened_at"])
    op.create_index("ix_incidents_service_opened_at", "incidents", ["service", "opened_at"])
    op.create_index("ix_incidents_status_opened_at", "incidents", ["status", "opened_at"])


def _verdicts_and_steps() -> None:
    op.create_table(
        "verdicts",
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("culprit", sa.String(64)),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("verdict", sa.JSON, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "version", name="pk_verdicts"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_verdicts_incident_id_incidents"),
    )
    op.create_table(
        "steps",
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("step", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "attempt", "position", name="pk_steps"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_steps_incident_id_incidents"),
    )


def _deploys() -> None:
    op.create_table(
        "deploys",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("repository", sa.String(300), nullable=False),
        sa.Column("environment", sa.String(100), nullable=False),
        sa.Column("service", sa.String(200), nullable=False),
        sa.Column("revision", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(200)),
        sa.Column("url", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_deploys"),
    )
    once = ["repository", "environment", "service", "at", "revision"]
    op.create_index("uq_deploys_once", "deploys", once, unique=True)
