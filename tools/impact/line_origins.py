"""Which commit, at any distance before the window, wrote a failing line that no commit read so far wrote.

`tools.impact.prior_commits` reads the last 200 commits. Without this, a line older than that would have no author,
and an innocent commit of the window would have no rival. Only the files of the innermost frames are followed, and only
until their lines are found: at most 2,000 commits, of which trees are compared and few files read.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from incidents.errors import IncompleteRepository, UnknownRevision
from incidents.evidence import Commit
from tools.git.blame import lines_before
from tools.git.commit_objects import CommitObject
from tools.git.file_history import step_between
from tools.git.first_parents import FirstParents
from tools.git.repository import Repository
from tools.impact.failure_site import FailureSite
from tools.text.cache import Cache

MOST_COMMITS: Final = 2_000
_FRAMES: Final = 4
_FILES: Final = 2


class Origin(NamedTuple):
    """A line of the deployed revision (1-based), and its text."""

    path: str
    line: int
    text: str


_Origins = Mapping[str, tuple[Origin, ...]]
_cache: Final = Cache[tuple[str, str, frozenset[tuple[str, int]]], _Origins](200)


def line_origins(repository: Repository, site: FailureSite, window: Sequence[Commit], deployed: str) -> _Origins:
    """By commit sha: the lines of the innermost frames that it wrote, for lines that are older than `window` (oldest
    first). Empty at the edge of a shallow clone and where the bound is reached."""
    wanted: dict[str, set[int]] = {}
    for frame in site.frames[:_FRAMES] if site.located else ():
        if frame.exact and (frame.path in wanted or len(wanted) < _FILES):
            wanted.setdefault(frame.path, set()).add(frame.line)
    if not window or not wanted or not window[0].parents or window[-1].sha != repository.resolve(deployed):
        return {}
    lines = frozenset((path, line) for path, rows in wanted.items() for line in rows)
    key = window[0].parents[0], window[-1].sha, lines
    return _cache.get_or(key, lambda: _search(repository, site, window, deployed, wanted))


def _search(
    repository: Repository, site: FailureSite, window: Sequence[Commit], deployed: str, wanted: Mapping[str, set[int]]
) -> _Origins:
    found: dict[str, list[Origin]] = {}
    try:
        before = FirstParents(repository, window[0].parents[0])
    except (IncompleteRepository, UnknownRevision):
        return {}  # the window begins at the edge of a shallow clone
    for path, lines in wanted.items():
        try:
            name, now = lines_before(repository, window, deployed, path, lines)
            for sha, line in _writers(repository, before, name, now) if now else ():
                text = site.outlines[path].text(line, line)
                found.setdefault(sha, []).append(Origin(path, line, text))
        except (IncompleteRepository, UnknownRevision):
            continue  # a shallow clone: its edge was reached
    return {sha: tuple(rows) for sha, rows in found.items()}


def _writers(repository: Repository, line: FirstParents, path: str, now: dict[int, int]) -> Iterator[tuple[str, int]]:
    """(commit, deployed line) for each line of `now`: deployed line -> its number in `path` at the newest commit."""
    for commit, parent in _changing(repository, line, path):
        step = step_between(repository, parent, commit, path, path)
        if step is None:
            return
        before: dict[int, int] = {}
        for number, position in now.items():
            if step.wrote(position):
                yield str(commit.id), number
            else:
                before[number] = step.before(position)
        now = before
        if not now:
            return


def _changing(repository: Repository, line: FirstParents, path: str) -> Iterator[tuple[CommitObject, CommitObject]]:
    """(commit, first parent) of the newest commits that changed the file, newest first."""
    names = path.encode().split(b"/")
    commit = line.at(0)
    here = repository.entry_at(commit, names) if commit is not None else None
    for back in range(MOST_COMMITS):
        parent = line.at(back + 1)
        if commit is None or parent is None:
            return  # who imported the whole repository wrote none of it
        there = repository.entry_at(parent, names)
        if here != there:
            yield commit, parent
        if there is None:
            return
        commit, here = parent, there
