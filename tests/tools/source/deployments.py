"""A small real repository as the code tools see it."""

from collections.abc import Sequence
from pathlib import Path

from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.source.deployed import Deployed
from tools.source.index import SourceIndex
from tools.source.lookup import Frames


def deployment(
    folder: Path, changes: Sequence[Change], *, frames: Frames = (), before: int = 1, room: int = 8_000
) -> Deployed:
    """The commits as one deploy; the first `before` of them were there already."""
    built = build(folder, changes)
    repository = Repository.open(built.path)
    window = repository.window(built.shas[before - 1], built.shas[-1])
    return Deployed(SourceIndex(repository, built.shas[-1]), repository, window, frames, room)
