"""Functions that a commit changed and that use what the error names.

`Cannot read property 'rate' of undefined`: of a bare message, the functions that read `.rate` are the nearest thing to a
failing line. A commit that changed such a function elsewhere than on that line can have changed what is read from.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tools.commits.analysis import ReadCommit
from tools.commits.diff_facts import is_comment
from tools.git.diff import FileChange
from tools.git.repository import Repository
from tools.impact.clues import Clue
from tools.source.file_kinds import Kind, kind_of
from tools.source.outline import Definition, Outline
from tools.source.outline_cache import outline_at
from tools.source.rarity import rarity_in_files

_FILES: Final = 12  # of one commit
_CLUES: Final = 6
_WEAKEST: Final = 0.2  # what stands in so many files places nothing
_LONGEST: Final = 300  # lines of a function: in a longer one anything is used


@dataclass(frozen=True, slots=True)
class UseNearby:
    """A function that a commit changed (`name`, `path`:`line`) and that uses `clue` on a line that it left alone."""

    clue: Clue
    name: str
    path: str
    line: int
    rarity: float

    @property
    def strength(self) -> float:
        """How much it says by itself, 0..1: as much as what is named is rare in the files."""
        return self.clue.weight * self.rarity


def uses_nearby(
    repository: Repository, deployed: str, clues: Sequence[Clue], read: Sequence[ReadCommit]
) -> list[UseNearby | None]:
    """For each commit the rarest such use; None where there is none."""
    telling = [clue for clue in clues if clue.tells]
    rare = rarity_in_files(repository, deployed, {clue.needle for clue in telling})
    strong = [clue for clue in telling if clue.weight * rare[clue.needle] >= _WEAKEST]
    ordered = sorted(strong, key=lambda clue: (-clue.weight * rare[clue.needle], clue.text))[:_CLUES]
    return [_first(repository, ordered, rare, each) for each in read]


def _first(repository: Repository, clues: Sequence[Clue], rare: dict[str, float], read: ReadCommit) -> UseNearby | None:
    changes = [each for each in read.diff.files if kind_of(each.path) is Kind.CODE and each.new_path and each.hunks]
    sha = read.diff.sha
    texts = [repository.text(sha, each.path) or "" for each in changes[:_FILES]] if clues else []
    for clue in clues:
        for change in [each for each, text in zip(changes, texts, strict=False) if clue.needle in text]:
            outline = outline_at(repository, sha, change.path)
            if outline and (found := _using(outline, clue, change)):
                return UseNearby(clue, found.name, outline.path, found.start, rare[clue.needle])
    return None


def _using(outline: Outline, clue: Clue, change: FileChange) -> Definition | None:
    """The first function that the commit changed and that uses the clue on a line which the commit did not add."""
    pattern, added = re.compile(clue.pattern), {number for hunk in change.hunks for number in hunk.added_at}
    for function in dict.fromkeys(_changed(outline, change)):
        rows = range(function.start, min(function.end, function.start + _LONGEST) + 1)
        rest = (outline.lines[n - 1] for n in rows if n not in added)
        if any(
            clue.needle in row and pattern.search(row[:2_000]) and not is_comment(row, outline.path) for row in rest
        ):
            return function
    return None


def _changed(outline: Outline, change: FileChange) -> Iterator[Definition]:
    """The functions in which the commit changed code."""
    for hunk in change.hunks:
        code = (at for row, at in zip(hunk.added, hunk.added_at, strict=True) if not is_comment(row, outline.path))
        lines = list(code) or (
            [hunk.new_start] if any(not is_comment(row, outline.path) for row in hunk.removed) else []
        )
        for line in lines:
            if 0 < line <= len(outline.lines) and (function := outline.function(line)):
                yield function
