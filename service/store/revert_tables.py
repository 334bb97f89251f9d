"""The tables of reverts and of the policy's decisions. Every change needs a migration (checked by a test)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.table import Table


class RevertStepRow(Table):
    """A stage that the revert of a commit reached; the last one is where it stands."""

    __tablename__ = "revert_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    commit: Mapped[str] = mapped_column(String(64))
    stage: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(100))
    url: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]


class RevertRow(Table):
    """A revert that is planned or executed: see incidents/revert_record.py; `record` is everything without a column.

    `commits` is a hash of what is reverted. A replica that executes it has claimed it until `lease_until`; `attempts` is
    a fence: results of an earlier claim are rejected.
    """

    __tablename__ = "reverts"
    __table_args__ = (
        Index("uq_reverts_once", "repository", "commits", "head", unique=True),
        Index("ix_reverts_state_changed_at", "state", "changed_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    repository: Mapped[str] = mapped_column(String(300))
    commits: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    planned_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    record: Mapped[dict[str, Any]]


class ConfirmationRow(Table):
    """Trials of the owner's command about an incident: `suspected` was to be confirmed, `proven` is what they showed."""

    __tablename__ = "confirmations"
    __table_args__ = (Index("ix_confirmations_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    suspected: Mapped[str | None] = mapped_column(String(64))
    proven: Mapped[str | None] = mapped_column(String(64))
    confirmed: Mapped[bool | None]
    found: Mapped[dict[str, Any]]


class DecisionRow(Table):
    """What the policy decided about one version of a verdict, and how far that is carried out.

    `state`: `declined` and `recorded` are final; `confirming` (the owner's command is to be run, then it is decided anew);
    `due` (the revert is to be planned), `asked` (a person decides),
    `window` (people can object until `objection_until`), `objecting`, then `executed`, `objected` or `stopped`. Work on
    it begins at `due_at`, by one replica until `lease_until`. `shown_at`: when its countdown was last sent.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_state_due_at", "state", "due_at"),
        Index("ix_decisions_action_at", "action", "at"),
    )

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    repository: Mapped[str] = mapped_column(String(300))
    commit: Mapped[str | None] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(10))
    action: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    revert_id: Mapped[str | None] = mapped_column(String(40))
    objection_until: Mapped[datetime | None]
    due_at: Mapped[datetime]
    shown_at: Mapped[datetime]
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[dict[str, Any]]
