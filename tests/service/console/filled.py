"""A store with many incidents that are done: rows as investigations leave them, without the investigations."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from service.store.store import Store
from service.store.tables import AlertRow, FeedbackRow, IncidentRow, VerdictRow

OUTCOMES = ("culprit", "unsure", "none", "not_enough")
CULPRIT, OTHER = "c" * 40, "d" * 40


def id_of(number: int) -> str:
    """The id of the `number`-th incident, counted from the oldest, which is 0."""
    return f"INC-{number:010}"


async def fill(store: Store, count: int) -> None:
    """Add so many incidents of 40 services, one every two minutes until now; every tenth is judged."""
    async with store.database.engine.begin() as connection:
        for begin in range(0, count, 5_000):
            numbers = range(begin, min(begin + 5_000, count))
            for table, rows in _rows(numbers, count):
                await connection.execute(insert(table), rows)


def _rows(numbers: range, count: int) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    now = datetime.now(UTC)
    alert = {"service": "s", "message": "m", "stack_trace": "#0 a.php(1): f()", "repository": "shop"}
    at = {number: now - timedelta(minutes=2 * (count - number)) for number in numbers}
    yield AlertRow, [{"id": n + 1, "received_at": at[n], "source": "redtide", "alert": alert} for n in numbers]
    yield IncidentRow, [_incident(n, at[n]) for n in numbers]
    yield VerdictRow, [_verdict(n, at[n]) for n in numbers]
    fields = {"version": 1, "actor": "ada", "label": "right", "note": ""}
    yield FeedbackRow, [fields | {"incident_id": id_of(n), "at": at[n]} for n in numbers if n % 10 == 0]


def _incident(n: int, at: datetime) -> dict[str, Any]:
    return {
        "id": id_of(n), "alert_id": n + 1, "opened_at": at, "last_seen_at": at, "closed_at": at,
        "service": f"service{n % 40}", "environment": ("production", "staging")[n % 2], "repository": "shop",
        "base": "a", "deployed": "b", "status": "done", "identity": f"{n}", "bare": "b", "wording": "w",
        "group_id": id_of(n - n % 5), "error": f"error of kind {n % 300} in a place",
    }  # fmt: skip


def _verdict(n: int, at: datetime) -> dict[str, Any]:
    outcome = OUTCOMES[n % 4]
    culprit = CULPRIT if outcome == "culprit" else None
    confidence = {"probability": 0.8, "word": "high"}
    suspects = [
        {"commit": {"sha": sha, "subject": "Change the total", "author": "Ada", "committed_at": at.isoformat()}, "probability": p}
        for sha, p in ((CULPRIT, 0.8), (OTHER, 0.1))
    ]  # fmt: skip
    report = {"service": "s", "environment": "production", "headline": f"headline {n}", "mode": "evidence"}
    verdict = {"outcome": outcome, "culprit": culprit, "confidence": confidence, "suspects": suspects}
    return {
        "incident_id": id_of(n), "version": 1, "at": at, "seconds": 1.5, "outcome": outcome, "culprit": culprit,
        "word": "high", "probability": 0.8,
        "evidence": {"trace": {}, "base": "a" * 40, "deployed": "b" * 40, "none_probability": 0.1, "suspects": suspects},
        "verdict": verdict,
        "report": report | {"incident": id_of(n), "outcome": outcome, "verdict_line": "v", "confidence": confidence},
    }  # fmt: skip
