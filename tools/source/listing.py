"""Source and diffs as text for a reader with little room: numbered, bounded, without control characters."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tools.git.diff import CommitDiff, FileChange, Hunk
from tools.source.file_kinds import HARMLESS, kind_of

MAX_LINES: Final = 200
MAX_CHARACTERS: Final = 8_000
LINE_CHARACTERS: Final = 240
SHA_CHARACTERS: Final = 10
_HEAD_LINES: Final = 12  # of something too long, so many lines from the top are always shown
_MAX_REACH: Final = 60
_FILES: Final = 40


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines `start`..`end` of a file, 1-based.

    `focus` are lines a trace names and are pointed at. If not all fits, they and the `telling` lines are shown with
    what is near them.
    """

    lines: Sequence[str]
    start: int
    end: int
    focus: Collection[int] = ()
    telling: Collection[int] = ()


def numbered(passage: Passage, marks: Mapping[int, str] | None = None) -> str:
    """A passage with line numbers; with `marks`, what is marked stands beside each line (blank where nothing is)."""
    rows: list[str] = []
    room = MAX_CHARACTERS
    previous = passage.start - 1
    for line in _chosen(passage):
        mark = f" {marks.get(line, ''):<{SHA_CHARACTERS}}" if marks is not None else ""
        row = f"{line:>6}{mark} {'>' if line in passage.focus else '|'} {printable(passage.lines[line - 1])}".rstrip()
        room -= len(row) + 1
        if room < 0:
            break
        if line != previous + 1:
            rows.append(f"       … lines {previous + 1}-{line - 1} left out")
        rows.append(row)
        previous = line
    if previous < passage.end:
        rows.append(f"       … cut: lines {previous + 1}-{passage.end} left out; ask for a smaller part by its name")
    return "\n".join(rows)


def _chosen(passage: Passage) -> list[int]:
    """Which lines are shown: all that fit, else the head and then those around the focus."""
    every = range(passage.start, passage.end + 1)
    size = sum(min(len(passage.lines[line - 1]), LINE_CHARACTERS) + 20 for line in every[:MAX_LINES])
    if len(every) <= MAX_LINES and size <= MAX_CHARACTERS:
        return list(every)
    wanted = {line for line in (*passage.focus, *passage.telling) if line in every}
    if not wanted:
        return list(every[:MAX_LINES])
    room = min(MAX_LINES, MAX_LINES * MAX_CHARACTERS // max(size, 1))
    reach = max(1, min(room // (3 * len(wanted)), _MAX_REACH))
    around = {line for near in wanted for line in range(near - reach, near + reach + 1) if line in every}
    return sorted(around | set(every[:_HEAD_LINES]))


def printable(text: str) -> str:
    """One line, cut and without control characters (the text is a stranger's)."""
    shown = text if len(text) <= LINE_CHARACTERS else text[:LINE_CHARACTERS] + " …"
    return "".join(
        character if character.isprintable() else "    " if character == "\t" else "�"
        for character in shown.rstrip("\r\n")
    )


def unified(diff: CommitDiff, path: str | None = None) -> str:
    """A commit as unified diff without context lines: first every file's name, then hunks, code before tests."""
    files = sorted(diff.files, key=lambda file: (kind_of(file.path) in HARMLESS, file.path))
    shown = [file for file in files if path is None or path in (file.old_path, file.new_path)]
    rows = [f"{len(diff.files)} files changed:", *map(_summary, files[:_FILES])] if path is None else []
    if path is None and len(files) > _FILES:
        rows.append(f"… and {len(files) - _FILES} more files; ask for one by its path")
    return bounded([*rows, *(row for file in shown for row in _file_rows(file))])


def bounded(rows: Iterable[str], advice: str = "ask for one file by its path") -> str:
    """As many rows as there is room for, and a note when some are left out."""
    kept: list[str] = []
    room = MAX_CHARACTERS
    for row in rows:
        room -= len(row) + 1
        if len(kept) >= MAX_LINES or room < 0:
            kept.append(f"… cut, the rest is left out; {advice}")
            break
        kept.append(row)
    return "\n".join(kept)


def _summary(file: FileChange) -> str:
    if file.old_path is None:
        what = "new"
    elif file.new_path is None:
        what = "deleted"
    else:
        what = "changed" if file.old_path == file.new_path else f"renamed from {printable(file.old_path)}"
    counts = "binary" if file.binary else f"+{file.added_lines} -{file.removed_lines}"
    return f"  {printable(file.path)} ({what}, {counts})"


def _file_rows(file: FileChange) -> Iterable[str]:
    yield f"--- {printable(file.old_path) if file.old_path else '/dev/null'}"
    yield f"+++ {printable(file.new_path) if file.new_path else '/dev/null'}"
    if file.binary:
        yield "(binary)"
    for hunk in file.hunks:
        yield from _hunk_rows(hunk)
    if file.truncated:
        yield "… this file's diff is longer than what was read"


def _hunk_rows(hunk: Hunk) -> Iterable[str]:
    header = f" {printable(hunk.header)}" if hunk.header else ""
    yield f"@@ -{hunk.old_start},{hunk.old_lines} +{hunk.new_start},{hunk.new_lines} @@{header}"
    yield from (f"-{printable(line)}" for line in hunk.removed)
    yield from (f"+{printable(line)}" for line in hunk.added)
