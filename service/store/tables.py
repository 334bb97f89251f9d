"""The incident store's tables. Every change needs a migration in `migrations/versions` (checked by a test)."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Double,
    ForeignKey,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from service.store.table import Table


class AlertRow(Table):
    """A received alert, as we parsed it, after redaction.

    `key` is the sender's own name for what fires, `effect` is what the alert did to its incident, `body_hash` names its
    body. `trace` was parsed from the alert's text; NULL when that is empty, and in rows older than the column.
    `incident_id` is None when the alert belongs to no incident (a test, the end of something unknown); it is not a
    foreign key, because incidents refer to this table.
    """

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_source_key", "source", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(50))
    state: Mapped[str] = mapped_column(String(20), default="firing")
    key: Mapped[str] = mapped_column(String(200), default="")
    incident_id: Mapped[str | None] = mapped_column(String(40), index=True)
    effect: Mapped[str] = mapped_column(String(20), default="")
    body_hash: Mapped[str | None] = mapped_column(String(64))
    alert: Mapped[dict[str, Any]]
    trace: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class BodyRow(Table):
    """A received body, after redaction, stored once: `hash` is its SHA-256, `uses` counts the alerts that use it."""

    __tablename__ = "bodies"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    uses: Mapped[int]


class DeliveryRow(Table):
    """An id under which an alert was delivered: sent twice, it counts once. It outlives the alert's own row."""

    __tablename__ = "deliveries"

    source: Mapped[str] = mapped_column(String(50), primary_key=True)
    delivery: Mapped[str] = mapped_column(String(200), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    incident_id: Mapped[str | None] = mapped_column(String(40))


class IncidentRow(Table):
    """An incident.

    Work: `attempts` counts the starts of its investigation and rejects results of earlier ones; `tries` counts those of
    this `round`, which are limited; a claim is valid until `lease_until`. `agents_due` says that there is a verdict
    from the evidence and that the agents' verdict will follow, `agent_retries` how often in this round they could not
    be asked because the model was unavailable. Capacity is shared by `source` and `service`. `errors` are those that
    alerts claim; for `rate` each claim is bounded. `error` is the first line of what the first alert says. Identity: see
    service/intake/fingerprint.py. It lives until `closed_at`; no two living ones have the same identity.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_status_opened_at", "status", "opened_at"),
        Index("ix_incidents_service_opened_at", "service", "opened_at"),
        Index("ix_incidents_opened_at", "opened_at"),
        Index("ix_incidents_group_id", "group_id"),
        Index("ix_incidents_bare", "bare"),
        Index("ix_incidents_started_at", "started_at"),
        Index(
            "uq_incidents_living",
            "identity",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), index=True)
    opened_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(50), default="")
    service: Mapped[str] = mapped_column(String(200))
    environment: Mapped[str] = mapped_column(String(100))
    repository: Mapped[str] = mapped_column(String(300))
    base: Mapped[str] = mapped_column(String(200))
    deployed: Mapped[str] = mapped_column(String(200))
    error: Mapped[str] = mapped_column(String(300), default="", server_default="")
    status: Mapped[str] = mapped_column(String(20))
    identity: Mapped[str] = mapped_column(String(40))
    bare: Mapped[str] = mapped_column(String(40))
    wording: Mapped[str] = mapped_column(String(40))
    group_id: Mapped[str] = mapped_column(String(40))
    alerts: Mapped[int] = mapped_column(BigInteger, default=1)
    errors: Mapped[int] = mapped_column(BigInteger, default=1)
    rate: Mapped[float] = mapped_column(Double, default=0.0)
    tier: Mapped[int] = mapped_column(default=3)
    log_lookup: Mapped[bool] = mapped_column(default=False)
    last_seen_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    agents_due: Mapped[bool] = mapped_column(default=False)
    agent_retries: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)


class VerdictRow(Table):
    """One version of an incident's verdict, with its evidence and report. The last version is valid.

    `snapshot` is what was read for it (`graph.snapshot.Snapshot`); NULL in rows older than the column.
    """

    __tablename__ = "verdicts"
    # What lists and counts read, beside the verdict itself: that is hundreds of kilobytes, which SQLite would walk through.
    __table_args__ = (
        Index("ix_verdicts_answers", "incident_id", "version", "outcome", "culprit", "word", "probability"),
    )

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]
    seconds: Mapped[float] = mapped_column(Double)
    outcome: Mapped[str] = mapped_column(String(20))
    culprit: Mapped[str | None] = mapped_column(String(64))
    word: Mapped[str] = mapped_column(String(10), default="", server_default="")
    probability: Mapped[float | None] = mapped_column(Double)
    evidence: Mapped[dict[str, Any]]
    verdict: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]]
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class StepRow(Table):
    """One step of the reasoning trace of one attempt, in order."""

    __tablename__ = "steps"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    step: Mapped[dict[str, Any]]


class RefusedRow(Table):
    """A body of a source that no adapter understood, redacted. `hash` is that of its text, `times` how often it came."""

    __tablename__ = "refused"

    source: Mapped[str] = mapped_column(String(50), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(BigInteger)
    field: Mapped[str] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class DeployRow(Table):
    """A revision that went live. `service` is empty when the deploy covered every service of the repository."""

    __tablename__ = "deploys"
    __table_args__ = (Index("uq_deploys_once", "repository", "environment", "service", "at", "revision", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    repository: Mapped[str] = mapped_column(String(300))
    environment: Mapped[str] = mapped_column(String(100))
    service: Mapped[str] = mapped_column(String(200), default="")
    revision: Mapped[str] = mapped_column(String(200))
    old_revision: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
    actor: Mapped[str | None] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(Text)


class AuditRow(Table):
    """An action on an incident: by whom and when. It outlives the incident: there is no foreign key."""

    __tablename__ = "audits"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    incident_id: Mapped[str] = mapped_column(String(40), index=True)
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]]


class FeedbackRow(Table):
    """A person's feedback on one version of a verdict. The last one labels the incident."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    at: Mapped[datetime]
    version: Mapped[int]
    actor: Mapped[str] = mapped_column(String(100))
    label: Mapped[str] = mapped_column(String(20))
    commit: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)


class SpentRow(Table):
    """Something that was to be used once (service/store/spent.py); it is forgotten after `until`."""

    __tablename__ = "spent"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class NotificationRow(Table):
    """The message about one incident in one channel, and what it has to show next.

    `wanted` counts the changes that it has to show, `sent` is the last of them that the channel shows; `state` belongs
    to `wanted`. `lead`: it is the first of its group in this channel, and counts those without a row. `messages` are
    the channel's ids of its parts. `begun_at`: sending has begun and its result is unknown. `token` names the row in
    buttons. `changed_at` decides the order; nothing is sent before `due_at` and `muted_until`.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        Index(
            "ix_notifications_pending",
            "channel",
            "changed_at",
            sqlite_where=text("sent < wanted"),
            postgresql_where=text("sent < wanted"),
        ),
        Index("ix_notifications_group_id", "group_id"),
        Index("uq_notifications_token", "token", unique=True),
    )

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(60), primary_key=True)
    group_id: Mapped[str] = mapped_column(String(40))
    lead: Mapped[bool]
    token: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    wanted: Mapped[int] = mapped_column(default=1)
    sent: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    muted_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    given_up: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None] = mapped_column(Text)
    messages: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime | None]
