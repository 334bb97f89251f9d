"""Facts that pass every rule, to be changed one at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.decision import Facts, History
from incidents.policy import Conditions

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
CULPRIT = "c" * 40


def facts(**changes: Any) -> Facts:  # noqa: ANN401 (any field of the facts)
    """What nothing speaks against."""
    fields: dict[str, Any] = {
        "at": NOON,
        "incident": "INC-aaaaaaaaaa",
        "version": 1,
        "repository": "shop",
        "service": "checkout",
        "environment": "production",
        "outcome": "culprit",
        "commit": CULPRIT,
        "probability": 0.97,
        "calibrated": True,
        "git_commit": CULPRIT,
        "git_probability": 0.95,
        "evidence": "failing_line",
        "guessed_window": False,
        "unread": 0,
        "incomplete_clone": False,
        "own_report": True,
        "seen_before": False,
        "disputed": False,
        "objected": False,
        "log_errors": 40,
        "over": False,
        "live_since": NOON - timedelta(minutes=20),
        "authors": ("Ana", "ana@example.org"),
        "opted_out": False,
        "head": "d" * 40,
        "clean": True,
        "files": ("src/Cart.php",),
        "lines": 12,
        "dependants": 0,
        "migrations": 0,
        "history": History(),
    }
    return Facts.model_validate(fields | changes)


def conditions(**changes: Any) -> Conditions:  # noqa: ANN401 (any condition)
    """The defaults, with the mode `auto`."""
    return Conditions.model_validate({"mode": "auto", **changes})
