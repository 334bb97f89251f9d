"""Which lines still use what a revert takes away: a search of only the files that changed since the reverted commit.

A file that did not change since before the commit cannot use what the commit introduced.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

import pygit2

from tools.git.repository import Repository, decoded, is_binary
from tools.git.trees import UNREADABLE, TreeChange, tree_changes
from tools.revert.gone import Gone
from tools.source.file_kinds import Kind, kind_of
from tools.source.outline import opened
from tools.source.rarity import rarity_in_files
from tools.text.comments import is_comment_line

_READ: Final = (Kind.CODE, Kind.CONFIG, Kind.TEST)
_MOST_FILES: Final = 3_000
_MOST_BYTES: Final = 40_000_000
_FILE_BYTES: Final = 400_000
_LINES_PER_FILE: Final = 20
_LONGEST_ROW: Final = 1_000
_COMMON: Final = 0.7  # of rarity: in at most five of 300 sampled files
_LOADS: Final = re.compile(r"\b(?:import|require\w*|include\w*|from|use|load\w*|extends|render\w*|template|source)\b")


class UseLine(NamedTuple):
    """A line that uses something that is gone, numbered as in the reverted tree, from 1."""

    gone: Gone
    path: str
    line: int


class Uses(NamedTuple):
    """The lines that were found, code first; `unread` files were not searched."""

    lines: tuple[UseLine, ...]
    unread: int


def uses_left(repository: Repository, gone: Sequence[Gone], before: str | None, after: pygit2.Oid) -> Uses:
    """Search the tree `after` the revert for names that are gone. `before` is the commit before the reverted one.

    A name that was common before counts nowhere, and one that a file held before does not count in that file: there it
    means something else.
    """
    names = _rare(repository, gone, before)
    if not names:
        return Uses((), 0)
    search = _Search(repository, names)
    old = repository.tree_of(repository.raw_commit(before)) if before is not None else None
    changes = [change for change in tree_changes(repository.odb, old, after) if _is_read(change)]
    changes.sort(key=lambda change: (kind_of(decoded(change.path)) is not Kind.CODE, change.path))
    lines = [line for change in changes[:_MOST_FILES] for line in search.lines(change)]
    return Uses(tuple(lines), search.unread + max(0, len(changes) - _MOST_FILES))


def _rare(repository: Repository, gone: Sequence[Gone], before: str | None) -> Mapping[str, list[Gone]]:
    rarity = rarity_in_files(repository, before, {each.beside or each.name for each in gone}) if before else {}
    found: dict[str, list[Gone]] = {}
    for each in gone:
        if each.beside or rarity.get(each.name, 1) >= _COMMON:
            found.setdefault(each.beside or each.name, []).append(each)
    return found


def _is_read(change: TreeChange) -> bool:
    return change.new is not None and change.new.kind == "file" and kind_of(decoded(change.path)) in _READ


class _Search:
    """Search files for names, within a limit of bytes."""

    def __init__(self, repository: Repository, words: Mapping[str, Sequence[Gone]]) -> None:
        self.unread = 0
        self._odb, self._words, self._bytes = repository.odb, words, 0
        any_word = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![\w-])(?:{any_word})(?![\w-])")
        self._quick = re.compile(any_word.encode())

    def lines(self, change: TreeChange) -> Iterator[UseLine]:
        """The lines of one file that use one of the names."""
        data = self._data(change.new.id) if change.new is not None else b""
        if not self._quick.search(data):
            return
        path, text = decoded(change.path), data.decode(errors="replace")
        own = cache(lambda: self._own(change, path, text))  # most files hold a name as a part of another one
        found = 0
        for number, row, words in self._rows(text, path):
            uses = {gone.name: gone for word in words for gone in self._words[word] if _counts(gone, row, path, own)}
            yield from (UseLine(gone, path, number) for gone in uses.values())
            found += len(uses)
            if found >= _LINES_PER_FILE:
                return

    def _rows(self, text: str, path: str) -> Iterator[tuple[int, str, Sequence[str]]]:
        """Each line of code that holds one of the words, with its number. The text is searched as a whole: lines are many."""
        number, counted, end = 1, 0, -1
        for match in self._pattern.finditer(text):
            if match.start() <= end:
                continue  # on the same line
            start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.start())
            end = end if end >= 0 else len(text)
            number, counted = number + text.count("\n", counted, start), start
            row = text[start:end]
            if len(row) < _LONGEST_ROW and not is_comment_line(row, path):
                yield number, row, list(dict.fromkeys(self._pattern.findall(row)))

    def _own(self, change: TreeChange, path: str, text: str) -> set[str]:
        """The names that the file held before the reverted commit, or defines itself."""
        before = self._data(change.old.id).decode(errors="replace") if change.old is not None else ""
        return {*self._pattern.findall(before), *(name for name, *_ in opened(path, text.split("\n")))}

    def _data(self, oid: pygit2.Oid) -> bytes:
        try:
            size = self._odb.read_header(oid)[1]
            if size > _FILE_BYTES or self._bytes + size > _MOST_BYTES:
                self.unread += 1
                return b""
            self._bytes += size
            data = self._odb.read(oid)[1]
        except UNREADABLE:
            self.unread += 1
            return b""
        return b"" if is_binary(data) else data


def _counts(gone: Gone, row: str, path: str, own: Callable[[], set[str]]) -> bool:
    """Return whether a line that holds the word of what is gone uses it."""
    if gone.beside:
        return gone.name in row and re.search(rf"(?<![\w-]){re.escape(gone.name)}(?![\w-])", row) is not None
    if path == gone.path or gone.name in own():
        return False
    if gone.uses == "file":
        quoted = re.search(rf"[\"'<`][^\"'<>`]*(?<![\w-]){re.escape(gone.name)}(?:\.[\w.]+)?[\"'>`]", row)
        return quoted is not None or _LOADS.search(row) is not None
    return True
