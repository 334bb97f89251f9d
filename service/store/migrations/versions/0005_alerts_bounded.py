"""Bodies are stored once, delivery ids outlive their alerts; an alert has its effect, an incident its source."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
_AT_ONCE = 200


def upgrade() -> None:
    """Move bodies and deliveries out of the alerts. Existing rows are deleted only with their incident."""
    op.create_table(
        "bodies",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_bodies"),
    )
    op.create_table(
        "deliveries",
        sa.Column("source", sa.String(50), nullable=False),
        sa.Column("delivery", sa.String(200), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incident_id", sa.String(40)),
        sa.PrimaryKeyConstraint("source", "delivery", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"])
    op.add_column("alerts", sa.Column("effect", sa.String(20), nullable=False, server_default=""))
    op.add_column("alerts", sa.Column("body_hash", sa.String(64)))
    _move_bodies()
    op.execute(
        "INSERT INTO deliveries SELECT source, delivery, received_at, incident_id FROM alerts WHERE delivery IS NOT NULL"
    )
    op.drop_index("uq_alerts_delivery", "alerts")
    op.drop_column("alerts", "delivery")
    op.drop_column("alerts", "body")
    _sources_of_incidents()


def downgrade() -> None:
    """Move the bodies back into the alerts; the delivery ids are lost."""
    op.drop_index("ix_incidents_started_at", "incidents")
    op.drop_column("incidents", "source")
    op.add_column("alerts", sa.Column("body", sa.Text, nullable=False, server_default=""))
    op.add_column("alerts", sa.Column("delivery", sa.String(200)))
    op.execute(
        "UPDATE alerts SET body = (SELECT text FROM bodies WHERE hash = body_hash) WHERE body_hash IN (SELECT hash FROM bodies)"
    )
    op.create_index("uq_alerts_delivery", "alerts", ["source", "delivery"], unique=True)
    op.drop_column("alerts", "body_hash")
    op.drop_column("alerts", "effect")
    op.drop_table("deliveries")
    op.drop_table("bodies")


def _sources_of_incidents() -> None:
    op.add_column("incidents", sa.Column("source", sa.String(50), nullable=False, server_default=""))
    op.execute("UPDATE incidents SET source = (SELECT source FROM alerts WHERE alerts.id = incidents.alert_id)")
    op.create_index("ix_incidents_started_at", "incidents", ["started_at"])


def _move_bodies() -> None:
    """Move a few bodies at a time: there may be gigabytes of them."""
    connection, last = op.get_bind(), 0
    page = sa.text("SELECT id, body FROM alerts WHERE id > :last AND body <> '' ORDER BY id LIMIT :most")
    while rows := connection.execute(page, {"last": last, "most": _AT_ONCE}).all():
        for row in rows:
            _move_body(connection, row.id, row.body)
        last = rows[-1].id


def _move_body(connection: sa.Connection, alert: int, body: str) -> None:
    name = hashlib.sha256(body.encode()).hexdigest()
    added = "INSERT INTO bodies VALUES (:name, :body, 1) ON CONFLICT (hash) DO UPDATE SET uses = bodies.uses + 1"
    connection.execute(sa.text(added), {"name": name, "body": body})
    connection.execute(sa.text("UPDATE alerts SET body_hash = :name WHERE id = :id"), {"name": name, "id": alert})
