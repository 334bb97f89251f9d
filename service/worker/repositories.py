"""Services built from several repositories: which one the trace runs through, and what the others had deployed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tools.deploys.window import DeployWindow, clock
from tools.git.repository import Repository
from tools.traces import PathIndex, map_to_repository, parse


@dataclass(frozen=True, slots=True)
class RepositoryWindow:
    """A repository with the window an incident may blame in it."""

    name: str
    repository: Repository
    window: DeployWindow


def chosen(grounds: list[RepositoryWindow], trace: str) -> RepositoryWindow:
    """The one that most frames of the trace lie in; the first (the alert's own) when they tell nothing."""
    if len(grounds) == 1:
        return grounds[0]
    read = parse(trace)

    def frames(ground: RepositoryWindow) -> int:
        index = PathIndex(ground.repository.paths(ground.window.deployed))
        return sum(frame.in_app for frame in map_to_repository(read, index).frames)

    return max(grounds, key=frames)  # the first of equals


def left_alone(
    grounds: list[RepositoryWindow], taken: RepositoryWindow, began: datetime, lookback: timedelta
) -> tuple[str, ...]:
    """What a person should know of the repositories that were not investigated."""
    notes = [f"The trace runs through {taken.name}: that repository was looked into."] if taken != grounds[0] else []
    for ground in grounds:
        recent = [
            each for each in ground.window.rollouts if each.innocent is None and began - lookback <= each.at <= began
        ]
        if ground != taken and recent:
            last = recent[-1]
            notes.append(
                f"{ground.name} was deployed before the errors too ({last.revision[:12]} at {clock(last.at)}): "
                "its commits were not looked into."
            )
    return tuple(notes)
