"""A commit's diff with everything that follows from it alone, worked out once and kept for the next incident.

A commit's id says all there is to know of it, so what was read for one error of a deploy serves the hundred others.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Final

from incidents.errors import IncompleteRepository
from tools.commits.diff_facts import (
    RETURN,
    assigned,
    changed_lines,
    definitions_changed,
    gives_nothing,
    is_cosmetic,
    raised,
    settings_changed,
)
from tools.commits.line_novelty import Novelty
from tools.git.changed_files import changed_files
from tools.git.diff import CommitDiff, DiffLimits, FileChange, commit_diff
from tools.git.repository import Repository
from tools.source.file_kinds import HARMLESS, kind_of
from tools.text.cache import Kept
from tools.text.identifiers import IDENTIFIER, parts

_LIMITS: Final = DiffLimits(files=150, lines=16_000, lines_per_file=6_000, line_length=600)
_KEPT_LINES: Final = 150_000  # 400 commits of a large repository are 36,000 to 49,000


class ReadCommit:
    """One commit's diff. What several incidents, or several files of one, ask of it is worked out at the first call."""

    def __init__(self, diff: CommitDiff) -> None:
        self.diff = diff
        rows = list(changed_lines(diff))
        self.added = tuple(row for row, added in rows if added)
        self.removed = tuple(row for row, added in rows if not added)

    @cached_property
    def by_new_path(self) -> Mapping[str, FileChange]:
        """The file changes by the path they leave behind."""
        return {change.new_path: change for change in self.diff.files if change.new_path is not None}

    @cached_property
    def novelty(self) -> Novelty:
        """Judges which of the commit's lines say something new."""
        return Novelty(self.diff)

    @cached_property
    def added_words(self) -> Counter[str]:
        """How often each identifier stands on the added lines."""
        return Counter(IDENTIFIER.findall("\n".join(self.added)))

    @cached_property
    def removed_words(self) -> Counter[str]:
        """How often each identifier stands on the removed lines."""
        return Counter(IDENTIFIER.findall("\n".join(self.removed)))

    @cached_property
    def added_parts(self) -> Counter[str]:
        """How often each part of an identifier stands on the added lines."""
        return _parts(self.added_words)

    @cached_property
    def removed_parts(self) -> Counter[str]:
        """How often each part of an identifier stands on the removed lines."""
        return _parts(self.removed_words)

    @cached_property
    def set_now(self) -> frozenset[str]:
        """Names that an added line sets."""
        return assigned(self.added)

    @cached_property
    def set_before(self) -> frozenset[str]:
        """Names that a removed line set."""
        return assigned(self.removed)

    @cached_property
    def definitions(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Names of functions and classes that were (added, removed, changed in their first line)."""
        return definitions_changed(self.diff)

    @cached_property
    def raised(self) -> tuple[frozenset[str], frozenset[str]]:
        """(exception names, words) of the added lines that raise something."""
        return raised(self.added)

    @cached_property
    def settings(self) -> frozenset[str]:
        """The identifiers on the changed lines of configuration files."""
        return settings_changed(self.diff)

    @cached_property
    def returns(self) -> int:
        """Changed lines that return something."""
        return sum(1 for row in self.added + self.removed if RETURN.match(row))

    @cached_property
    def nothings(self) -> int:
        """Changed lines that speak of null."""
        return sum(1 for row in self.added + self.removed if gives_nothing(row))

    @cached_property
    def cosmetic(self) -> bool:
        """Whether the code says the same before and after."""
        return is_cosmetic(self.diff)


_kept: Final = Kept[tuple[str, bool, frozenset[str]], ReadCommit](
    _KEPT_LINES, lambda read: 10 + len(read.added) + len(read.removed)
)


def read_commit(
    repository: Repository,
    sha: str,
    wanted: Sequence[str],
    *,
    alone: bool = False,
    nearness: Callable[[str], int] = lambda _: 0,
) -> ReadCommit:
    """The commit `sha` against its first parent, without the lines of files that production does not run.

    `wanted` are paths that matter whatever they are: they are read in any case; `alone`, no other file's lines are.
    Of a commit too large to be read in full, the files of highest `nearness` are.
    """
    try:
        files = changed_files(repository, repository.raw_commit(sha))
        matter = frozenset(file.path for file in files).intersection(wanted)
        key = sha, alone, matter if alone else frozenset(path for path in matter if kind_of(path) in HARMLESS)
        return _kept.get(key) or _read(repository, key, matter, nearness)
    except IncompleteRepository:  # folders that were never fetched: the commit is judged by its message alone
        return ReadCommit(CommitDiff(sha, (), 0, truncated=True))


def _read(
    repository: Repository,
    key: tuple[str, bool, frozenset[str]],
    wanted: Collection[str],
    nearness: Callable[[str], int],
) -> ReadCommit:
    sha, alone, read_anyway = key
    diff = commit_diff(
        repository,
        sha,
        limits=_LIMITS,
        wanted=wanted,
        skip=lambda path: path not in read_anyway and (alone or kind_of(path) in HARMLESS),
        nearness=nearness,
    )
    read = ReadCommit(diff)
    return read if diff.truncated else _kept.put(key, read)  # what is in a cut one depends on the trace


def _parts(words: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for word, number in words.items():
        for piece in parts(word):
            found[piece] += number
    return found
