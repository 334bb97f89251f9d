"""Search for a pattern in every text file of the deployed revision, with bounded work."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import pygit2

from incidents.errors import IncompleteRepository, ToolError
from tools.git.repository import decoded, is_binary
from tools.git.trees import UNREADABLE, listing, mode_kind
from tools.source.blobs import SourceFile, blob_store
from tools.source.deployed import Deployed
from tools.source.enclosing import enclosing
from tools.source.file_kinds import HARMLESS, kind_of
from tools.source.listing import printable
from tools.source.outline_cache import outline_at
from tools.source.search_listing import Hit, hit_rows
from tools.text.pattern import LinePattern

_FILE_BYTES: Final = 1_000_000
_ALL_BYTES: Final = 200_000_000
_SECONDS: Final = 10.0
_LINES_PER_FILE: Final = 12
_MOST_LINES: Final = 2_000
_OTHER_FILES: Final = 12
_TAIL: Final = 400  # characters for the files whose lines are not shown


@dataclass
class Matches:
    """The lines that match, by file in the order of interest, and how much was searched."""

    found: dict[str, list[int]] = field(default_factory=dict)
    searched: int = 0
    files: int = 0
    unread: int = 0

    @property
    def lines(self) -> int:
        """How many lines match."""
        return sum(map(len, self.found.values()))

    def extent(self) -> str:
        """How much was searched, in words."""
        if self.searched >= self.files:
            return f"{self.files} files"
        left = self.files - self.searched - self.unread
        reasons = [f"{self.unread} binary, too large or absent"] if self.unread else []
        reasons += [f"{left} not reached"] if left else []
        return f"{self.searched} of {self.files} files ({', '.join(reasons)})"


def search_code(deployed: Deployed, pattern: str, path: str = "") -> str:
    """The lines of the deployed revision that match, each with its function; `path` narrows to a file or folder."""
    sought = LinePattern(pattern)
    matches = matching(deployed, sought, path)
    title = f"{printable(pattern)}{sought.note}"
    if not matches.found:
        sought = sought.ignoring_case()
        matches = matching(deployed, sought, path)
        title += " (in upper or lower case)"
    where = f" below {printable(path)}" if path else ""
    if not matches.found:
        return f"{title}: no line matches in {matches.extent()}{where} at the deployed revision"
    head = f"{title}: {matches.lines} lines in {len(matches.found)} files; searched {matches.extent()}{where}"
    return "\n".join([head, *_rows(deployed, sought, matches.found, deployed.room - len(head))])


def matching(deployed: Deployed, pattern: LinePattern, path: str = "") -> Matches:
    """Search the files at or below `path`, those of the trace first and tests and documents last."""
    files, unread = _files(deployed, path)
    if path and not files:
        raise ToolError(f"{printable(path)} is no file or folder at the deployed revision; leave `path` empty")
    matches = Matches(files=len(files) + unread, unread=unread)
    size, end = 0, time.monotonic() + _SECONDS
    for file in files:
        if size > _ALL_BYTES or matches.lines >= _MOST_LINES or time.monotonic() > end:
            break
        data = _data(deployed, file)
        if data is None:
            matches.unread += 1
            continue
        size += len(data)
        matches.searched += 1
        if pattern.stands_in(data):
            matches.found[file.path] = list(pattern.lines(data))
    return matches


def _files(deployed: Deployed, path: str) -> tuple[list[SourceFile], int]:
    """Every file at or below `path`, those of the trace first, then code, then tests and documents; and how many folders
    cannot be read."""
    repository = deployed.repository
    tree = repository.tree_of(repository.raw_commit(deployed.revision))
    folder = path.strip("/")
    listed = listing(repository.odb, tree)
    entries = ((decoded(name), mode, raw) for name, mode, raw in listed.files)
    found = [
        SourceFile(name, pygit2.Oid(raw=raw))
        for name, mode, raw in entries
        if mode_kind(mode) == "file" and (not folder or name == folder or name.startswith(f"{folder}/"))
    ]
    traced = {frame: order for order, (frame, _) in reversed(list(enumerate(deployed.frames)))}
    last = len(traced)
    found.sort(key=lambda file: (traced.get(file.path, last), kind_of(file.path) in HARMLESS, file.path))
    return found, len(listed.unread)


def _data(deployed: Deployed, file: SourceFile) -> bytes | None:
    """The bytes of a file; None when it is binary, too large or absent from this clone."""
    try:
        if deployed.repository.odb.read_header(file.blob)[1] > _FILE_BYTES:
            return None
        data = blob_store(deployed.repository).bytes_of(deployed.repository, file.blob)
    except UNREADABLE:
        return None
    return None if is_binary(data) else data


def _rows(deployed: Deployed, pattern: LinePattern, found: dict[str, list[int]], room: int) -> Iterator[str]:
    """The files with their lines as far as there is room, then the other files with their number of lines."""
    rest = list(found)
    room -= _TAIL if len(found) > 1 else 0
    for path, lines in found.items():
        rows = list(_lines(deployed, pattern, path, lines))
        room -= sum(len(row) + 1 for row in rows)
        if room < 0 and rest != list(found):
            break
        yield from rows
        rest.remove(path)
    if rest:
        yield f"… also {_counted(rest, found)}; narrow by path"


def _lines(deployed: Deployed, pattern: LinePattern, path: str, numbers: Sequence[int]) -> Iterator[str]:
    try:
        outline = outline_at(deployed.repository, deployed.revision, path)
    except IncompleteRepository:
        outline = None
    if outline is None:
        yield f" {printable(path)}"
        return
    nearest = sorted(numbers, key=lambda line: deployed.distance(path, line))[:_LINES_PER_FILE]
    hits = (Hit(path, enclosing(outline, line), " ", line, outline.lines[line - 1]) for line in sorted(nearest))
    yield from hit_rows(hits, pattern)
    if len(numbers) > len(nearest):
        yield f"       … {len(numbers) - len(nearest)} more lines in this file"


def _counted(paths: Sequence[str], found: dict[str, list[int]]) -> str:
    named: list[str] = []
    for path in paths[:_OTHER_FILES]:
        each = f"{printable(path)} ({len(found[path])})"
        if named and sum(map(len, named)) + len(each) > _TAIL - 60:
            break
        named.append(each)
    more = f" and {len(paths) - len(named)} more files" if len(paths) > len(named) else ""
    return ", ".join(named) + more
