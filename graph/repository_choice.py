"""For services built from several repositories: which one is investigated, and the notes about the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from incidents.trace import StackTrace
from tools.deploys.window import DeployWindow, clock
from tools.git.repository import Repository
from tools.traces import PathIndex, map_to_repository


@dataclass(frozen=True, slots=True)
class RepositoryWindow:
    """A repository with its blame window."""

    name: str
    repository: Repository
    window: DeployWindow


def chosen(candidates: Sequence[RepositoryWindow], trace: StackTrace) -> RepositoryWindow:
    """Return the repository that contains most frames of the trace.

    The first one (the alert's own) wins when no other contains more.
    """
    if len(candidates) == 1:
        return candidates[0]

    def frames(candidate: RepositoryWindow) -> int:
        repository, deployed = candidate.repository, candidate.window.deployed
        index = PathIndex(repository.paths(deployed), read=partial(repository.text, deployed))
        return sum(frame.in_app for frame in map_to_repository(trace, index).frames)

    return max(candidates, key=frames)  # max returns the first of equals


def left_alone(
    candidates: Sequence[RepositoryWindow], taken: RepositoryWindow, began: datetime, lookback: timedelta
) -> tuple[str, ...]:
    """Return notes for the report: the chosen repository, and what was deployed in the others before the error."""
    notes = []
    if taken != candidates[0]:
        notes.append(f"The trace runs through {taken.name}: that repository was looked into.")
    for other in candidates:
        recent = [
            each for each in other.window.rollouts if each.innocent is None and began - lookback <= each.at <= began
        ]
        if other != taken and recent:
            last = recent[-1]
            notes.append(
                f"{other.name} was deployed before the errors too ({last.revision[:12]} at {clock(last.at)}): "
                "its commits were not looked into."
            )
    return tuple(notes)
