"""Where a line of a commit stands in the deployed file: later commits of the window move it, or take it away again."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import pygit2

from incidents.errors import IncompleteRepository
from tools.git.diff import compare_blobs
from tools.git.repository import Repository
from tools.text.cache import Cache

_FILES: Final = 256

Renumber = Callable[[int], int | None]
"""A line of the commit's file -> its number as deployed; None when it is no longer there."""


class _Stretch(NamedTuple):
    """Lines from `start` on, up to the next stretch, that stand `moved` lines further down now; None: they are gone."""

    start: int
    moved: int | None


_compared: Final = Cache[tuple[pygit2.Oid, pygit2.Oid], tuple[_Stretch, ...]](_FILES)


def as_written(line: int) -> int:
    """The number itself."""
    return line


@dataclass(frozen=True, slots=True)
class LineNumbers:
    """Renumbers lines of commits as they stand at the deployed revision."""

    repository: Repository
    deployed: str

    def of(self, sha: str, path: str | None) -> Renumber:
        """Return the renumbering of a file of a commit; numbers stay as they are where the file cannot be compared."""
        stretches = self._stretches(sha, path) if path and sha != self.deployed else ()
        if not stretches:
            return as_written
        starts = [each.start for each in stretches]

        def now(line: int) -> int | None:
            moved = stretches[bisect_right(starts, line) - 1].moved
            return None if moved is None else line + moved

        return now

    def _stretches(self, sha: str, path: str) -> Sequence[_Stretch]:
        try:
            with self.repository.reading(f"the history of {path}"):
                ids = [self.repository.blob_id(self.repository.raw_commit(each), path) for each in (sha, self.deployed)]
                return self._between(*ids)
        except IncompleteRepository:
            return ()

    def _between(self, old: pygit2.Oid | None, new: pygit2.Oid | None) -> Sequence[_Stretch]:
        if old is None or new is None or old == new:
            return ()
        return _compared.get_or((old, new), lambda: self._compare(old, new))

    def _compare(self, old: pygit2.Oid, new: pygit2.Oid) -> tuple[_Stretch, ...]:
        blobs = [self.repository.blob(each) for each in (old, new)]
        if any(blob is None for blob in blobs):
            return ()
        found = [_Stretch(0, 0)]
        moved = 0
        for hunk in compare_blobs(*blobs).hunks:
            start = hunk.old_start + (hunk.old_lines == 0)  # of a hunk without old lines it is the line before
            found += [_Stretch(start, None)] if hunk.old_lines else []
            moved += hunk.new_lines - hunk.old_lines
            found.append(_Stretch(start + hunk.old_lines, moved))
        return tuple(found)
