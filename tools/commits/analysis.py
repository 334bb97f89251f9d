"""A commit's diff with everything that follows from it alone, computed once and cached for the next incident.

A commit never changes, so what was read for one error of a deploy serves all other errors of that deploy.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from incidents.errors import IncompleteRepository
from tools.commits.diff_facts import (
    assigned,
    changed_lines,
    definitions_changed,
    settings_changed,
)
from tools.commits.error_texts import ErrorText, error_texts
from tools.commits.formatting import is_cosmetic
from tools.commits.line_novelty import Novelty
from tools.commits.parents import parents_removed
from tools.commits.switches import Switch, switches_turned
from tools.git.changed_files import changed_files
from tools.git.diff import CommitDiff, DiffLimits, FileChange, commit_diff
from tools.git.repository import Repository
from tools.source.feeding import feeds
from tools.source.file_kinds import HARMLESS, Kind, is_lock, kind_of
from tools.text.cache import Cache
from tools.text.identifiers import IDENTIFIER, parts
from tools.text.redaction import masked_lines
from tools.text.rule import without_placeholders

_LIMITS: Final = DiffLimits(files=150, lines=16_000, lines_per_file=6_000, line_length=600)
_MESSAGE_CHARACTERS: Final = 20_000
_LINE: Final = 80  # characters of a message that count as a line in the cache
_CACHED_LINES: Final = 150_000  # 400 commits of a large repository are 36,000 to 49,000


class ReadCommit:
    """One commit's diff and message. The properties are computed at the first call and shared by all incidents."""

    def __init__(self, diff: CommitDiff, message: str = "", *, cosmetic: bool = False) -> None:
        self.diff = diff
        self.cosmetic = cosmetic  # the code is the same before and after, but for comments and formatting
        self.message = without_placeholders(message[:_MESSAGE_CHARACTERS])
        self.masked = masked_lines([row for row, _ in changed_lines(diff)])
        # Nobody wrote the lines of a lock file: which packages moved is read from it, words are not.
        rows = list(changed_lines(replace(diff, files=tuple(each for each in diff.files if not is_lock(each.path)))))
        self.added = tuple(self.clean(row) for row, added in rows if added)
        self.removed = tuple(self.clean(row) for row, added in rows if not added)
        self._narrowed: dict[tuple[str, frozenset[str]], ReadCommit] = {}

    def clean(self, line: str) -> str:
        """A line of the diff without its secrets: what words are taken from, and what may be quoted.

        `diff` has it as it is: masked, a line whose password was changed would say the same before and after.
        """
        return self.masked.get(line, line)

    def fed_to(self, languages: frozenset[str]) -> "ReadCommit":
        """The same commit with only the files that code failing in these languages can call or read."""
        return self._only(("fed", languages), lambda path: feeds(path, languages))

    def beside(self, languages: frozenset[str]) -> "ReadCommit":
        """The same commit with only code of other languages, which can at most send data to the failing one."""
        return self._only(("beside", languages), lambda path: _is_foreign(path, languages))

    def _only(self, key: tuple[str, frozenset[str]], keep: Callable[[str], bool]) -> "ReadCommit":
        files = tuple(change for change in self.diff.files if keep(change.path))
        if len(files) == len(self.diff.files):
            return self
        if key not in self._narrowed:
            self._narrowed[key] = ReadCommit(replace(self.diff, files=files), self.message)
        return self._narrowed[key]

    @cached_property
    def text(self) -> str:
        """All changed lines, the added ones first: whether a commit holds a text at all is asked here."""
        return "\n".join(self.added + self.removed)

    @cached_property
    def by_new_path(self) -> Mapping[str, FileChange]:
        """The file changes by the path they leave behind."""
        return {change.new_path: change for change in self.diff.files if change.new_path is not None}

    @cached_property
    def novelty(self) -> Novelty:
        """Tells how new each of the commit's changed lines is."""
        return Novelty(self.diff)

    @cached_property
    def added_words(self) -> Counter[str]:
        """How often each identifier occurs on the added lines."""
        return Counter(IDENTIFIER.findall(without_placeholders("\n".join(self.added))))

    @cached_property
    def removed_words(self) -> Counter[str]:
        """How often each identifier occurs on the removed lines."""
        return Counter(IDENTIFIER.findall(without_placeholders("\n".join(self.removed))))

    @cached_property
    def added_parts(self) -> Counter[str]:
        """How often each part of an identifier occurs on the added lines."""
        return _parts(self.added_words)

    @cached_property
    def removed_parts(self) -> Counter[str]:
        """How often each part of an identifier occurs on the removed lines."""
        return _parts(self.removed_words)

    @cached_property
    def message_parts(self) -> frozenset[str]:
        """The parts, of three letters or more, of the identifiers in the message."""
        return frozenset(
            part for word in set(IDENTIFIER.findall(self.message)) for part in parts(word) if len(part) > 2
        )

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
    def cut_off(self) -> frozenset[tuple[str, ...]]:
        """The classes that lost a parent, mixin or trait, as the parts of their names."""
        return parents_removed(self.diff)

    @cached_property
    def settings(self) -> frozenset[str]:
        """The identifiers on the changed lines of configuration files."""
        return settings_changed(self.diff, self.clean)

    @cached_property
    def error_texts(self) -> tuple[ErrorText, ...]:
        """The sentences on the changed lines that an error can print."""
        return error_texts(self.diff, self.clean)

    @cached_property
    def switches(self) -> tuple[Switch, ...]:
        """The flags and shares that the commit turned."""
        return switches_turned(self.diff, self.clean)


_cache: Final = Cache[tuple[str, bool, frozenset[str]], ReadCommit](
    _CACHED_LINES, lambda read: 10 + len(read.added) + len(read.removed) + len(read.message) // _LINE
)


def read_commit(
    repository: Repository,
    sha: str,
    wanted: Sequence[str],
    *,
    alone: bool = False,
    nearness: Callable[[str], int] = lambda _: 0,
) -> ReadCommit:
    """The diff of the commit `sha` against its first parent, without the lines of files that production does not run.

    Files of `wanted` are read whatever their kind; with `alone` the lines of all other files are left out. Of
    a commit too large to be read in full, the files of highest `nearness` are read.
    """
    try:
        files = changed_files(repository, repository.raw_commit(sha))
        matter = frozenset(file.path for file in files).intersection(wanted)
        key = sha, alone, matter if alone else frozenset(path for path in matter if kind_of(path) in HARMLESS)
        return _cache.get(key) or _read(repository, key, matter, nearness)
    except IncompleteRepository:  # folders that were never fetched: only the message is left to judge by
        return ReadCommit(CommitDiff(sha, (), 0, truncated=True), repository.message(sha))


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
    read = ReadCommit(diff, repository.message(sha), cosmetic=is_cosmetic(repository, diff))
    return read if diff.truncated else _cache.put(key, read)  # the lines of a truncated diff depend on the trace


def _is_foreign(path: str, languages: frozenset[str]) -> bool:
    return not feeds(path, languages) and kind_of(path) in (Kind.CODE, Kind.OTHER)


def _parts(words: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for word, number in words.items():
        for piece in parts(word):
            found[piece] += number
    return found
