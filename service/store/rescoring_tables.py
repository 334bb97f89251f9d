"""The tables of rescorings. Every change needs a migration (checked by a test)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.table import Table


class RescoringRow(Table):
    """One run that judges stored incidents again. `configuration` and `selection` say how and which.

    `result` is the comparison with the stored verdicts, when it is done (`service.rescoring.comparison`); `problem` is why
    it was stopped. The replica or command that works on it is `claimed_by` until `lease_until`.
    """

    __tablename__ = "rescorings"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    created_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    configuration: Mapped[dict[str, Any]]
    selection: Mapped[dict[str, Any]]
    stopped: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]


class RescoredRow(Table):
    """One incident of a rescoring, beside the stored verdict `version`. `finished_at` is NULL until it is judged."""

    __tablename__ = "rescored"
    __table_args__ = (Index("ix_rescored_incident_id", "incident_id"),)

    rescoring: Mapped[str] = mapped_column(ForeignKey("rescorings.name"), primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    version: Mapped[int]
    finished_at: Mapped[datetime | None]
    seconds: Mapped[float | None] = mapped_column(Double)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    culprit: Mapped[str | None] = mapped_column(String(64))
    verdict: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    steps: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    versions: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    failure: Mapped[str | None] = mapped_column(Text)
