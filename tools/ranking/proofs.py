"""Which commits of a window cannot have caused the failure, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from incidents.evidence import Commit

_CLOCKS_DIFFER = timedelta(minutes=10)


def proofs_of(window: Sequence[Commit], innocent: Mapping[str, str], first_seen: datetime | None) -> dict[str, str]:
    """sha -> why that commit cannot be the cause. `innocent` are proofs that are known already."""
    return {each.sha: proof for each in window if (proof := _proof(each, innocent, first_seen))}


def _proof(commit: Commit, innocent: Mapping[str, str], first_seen: datetime | None) -> str | None:
    """Why a commit cannot have caused the failure; None when it can."""
    return innocent.get(commit.sha) or _too_late(commit, first_seen)


def _too_late(commit: Commit, first_seen: datetime | None) -> str | None:
    if first_seen is None or first_seen.tzinfo is None or commit.committed_at <= first_seen + _CLOCKS_DIFFER:
        return None
    return "made after the error was first seen"
