"""Identity, counts, leases and priority of incidents; sources of alerts; audit records and feedback."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_INDEXES = (
    ("ix_alerts_source_key", "alerts", ["source", "key"]),
    ("ix_alerts_incident_id", "alerts", ["incident_id"]),
    ("ix_incidents_group_id", "incidents", ["group_id"]),
    ("ix_incidents_bare", "incidents", ["bare"]),
)


def upgrade() -> None:
    """Add the columns and two tables; each existing incident becomes an error of its own."""
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    op.execute("UPDATE incidents SET identity = id, bare = id, wording = id, group_id = id, last_seen_at = opened_at")
    # Investigations that started before leases existed have no owner: their lease is over.
    op.execute("UPDATE incidents SET lease_until = opened_at, tries = attempts WHERE status = 'investigating'")
    op.execute(
        "UPDATE alerts SET incident_id = (SELECT incidents.id FROM incidents WHERE incidents.alert_id = alerts.id)"
    )
    for name, table, indexed in _INDEXES:
        op.create_index(name, table, indexed)
    op.create_index("uq_alerts_delivery", "alerts", ["source", "delivery"], unique=True)
    living = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_incidents_living", "incidents", ["identity"], unique=True, sqlite_where=living, postgresql_where=living
    )
    _audits_and_feedback()


def downgrade() -> None:
    """Remove them; audit records and feedback are lost."""
    op.drop_table("feedback")
    op.drop_table("audits")
    op.drop_index("uq_incidents_living", "incidents")
    op.drop_index("uq_alerts_delivery", "alerts")
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
    for table, columns in _columns().items():
        for column in columns:
            op.drop_column(table, column.name)


def _columns() -> dict[str, list[sa.Column[Any]]]:
    return {
        "alerts": [
            sa.Column("state", sa.String(20), nullable=False, server_default="firing"),
            sa.Column("key", sa.String(200), nullable=False, server_default=""),
            sa.Column("delivery", sa.String(200)),
            sa.Column("incident_id", sa.String(40)),
        ],
        "incidents": [*_identity_columns(), *_work_columns()],
        "verdicts": [sa.Column("round", sa.Integer, nullable=False, server_default="1")],
    }


def _identity_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("identity", sa.String(40), nullable=False, server_default=""),
        sa.Column("bare", sa.String(40), nullable=False, server_default=""),
        sa.Column("wording", sa.String(40), nullable=False, server_default=""),
        sa.Column("group_id", sa.String(40), nullable=False, server_default=""),
        sa.Column("alerts", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("errors", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("rate", sa.Double, nullable=False, server_default="0"),
        sa.Column("tier", sa.Integer, nullable=False, server_default="3"),
        sa.Column("log_lookup", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False, server_default="2000-01-01 00:00:00"),
        sa.Column("resolved_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
    ]


def _work_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("round", sa.Integer, nullable=False, server_default="1"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("agents_due", sa.Boolean, nullable=False, server_default=sa.false()),
    ]


def _audits_and_feedback() -> None:
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audits"),
    )
    op.create_index("ix_audits_incident_id", "audits", ["incident_id"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("label", sa.String(20), nullable=False),
        sa.Column("commit", sa.String(64)),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_feedback_incident_id_incidents"),
    )
    op.create_index("ix_feedback_incident_id", "feedback", ["incident_id"])
