"""Histories with one commit that breaks `./check`, and the window around them."""

from pathlib import Path

from tests.repositories import Built, Change, build
from tools.trials.bisection import Window

CHECK = 'test "$(cat state)" != broken'


def broken_at(tmp_path: Path, position: int, commits: int, *, name: str = "repository") -> Built:
    """A base and `commits` commits; from the one at `position` (1-based) on, the file `state` says "broken"."""
    changes: list[Change] = [{"files": {"state": "fine\n", "n": "0\n"}}]
    for number in range(1, commits + 1):
        state = {"state": "broken\n"} if number == position else {}
        changes.append({"files": {"n": f"{number}\n", **state}})
    return build(tmp_path, changes, name=name)


def window_of(built: Built) -> Window:
    """All commits after the first."""
    return Window(built.shas[0], built.shas[1:])
