"""Source as text for a reader with little room: numbered, bounded, without control characters."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tools.text.comments import is_comment_line
from tools.text.redaction import redact

MAX_LINES: Final = 200
MAX_CHARACTERS: Final = 8_000
LINE_CHARACTERS: Final = 240
SHA_CHARACTERS: Final = 10
_NUMBER: Final = 10  # characters beside a line: its number, and what separates it
_GAP: Final = 30  # characters of a note that lines are left out
_NOTES: Final = 80  # characters for all such notes of a passage
_HEAD_LINES: Final = 12  # of something too long, so many lines from the top are always shown
_BEFORE_MATCH: Final = 80
_READ: Final = 2_000  # characters of a long line before and after the place that is shown
_QUOTES: Final = re.compile(r"\s*[rRuU]?(\"\"\"|''')")


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines `start`..`end` of a file, 1-based.

    `focus` are lines a trace names and are pointed at. If not all fits, they and the `telling` lines are shown with
    what is near them. `path` tells what a comment looks like.
    """

    lines: Sequence[str]
    start: int
    end: int
    focus: Collection[int] = ()
    telling: Collection[int] = ()
    path: str = ""


def numbered(passage: Passage, marks: Mapping[int, str] | None = None, room: int = MAX_CHARACTERS) -> str:
    """A passage with line numbers; with `marks`, what is marked stands beside each line (blank where nothing is)."""
    rows: list[str] = []
    previous = passage.start - 1
    wide = max(map(len, marks.values()), default=0) if marks else 0
    for line in _chosen(passage, room, _NUMBER + (wide + 1 if marks else 0)):
        mark = f" {marks.get(line, ''):<{wide}}" if marks else ""
        row = f"{line:>6}{mark} {'>' if line in passage.focus else '|'} {printable(passage.lines[line - 1])}".rstrip()
        room -= len(row) + 1
        if room < 0:
            break
        if line != previous + 1:
            rows.append(_gap(previous + 1, line - 1))
        rows.append(row)
        previous = line
    if previous < passage.end:
        rows.append(f"{_gap(previous + 1, passage.end)}; ask for these lines by their numbers")
    return "\n".join(rows)


def _gap(first: int, last: int) -> str:
    return f"       … lines {first}-{last} left out" if first != last else f"       … line {first} left out"


def _chosen(passage: Passage, room: int, beside: int) -> list[int]:
    """Which lines are shown: all that fit, else all but comments, else the head and what is nearest to the focus.

    `beside`: characters that stand beside the text of a line.
    """
    every = list(range(passage.start, passage.end + 1))
    if _fits(passage, every, room, beside):
        return every
    wanted = {line for line in (*passage.focus, *passage.telling) if passage.start <= line <= passage.end}
    comments = _comments(passage) - wanted
    code = [line for line in every if line not in comments]
    if _fits(passage, code, room, beside) or not wanted:
        return code[:MAX_LINES]
    head = _within(passage, code[:_HEAD_LINES], room // 3, beside)
    left = room - sum(_width(passage, line, beside) for line in head)
    near = sorted((line for line in code if line not in head), key=lambda line: min(abs(line - one) for one in wanted))
    return sorted({*head, *_within(passage, near[:MAX_LINES], left, beside)})


def _within(passage: Passage, lines: Sequence[int], room: int, beside: int) -> list[int]:
    """The first of the lines that there is room for, and for the notes of what lies between them."""
    found: list[int] = []
    room -= _NOTES
    for line in lines:
        room -= _width(passage, line, beside)
        if room < 0:
            break
        found.append(line)
    return found


def _fits(passage: Passage, lines: Sequence[int], room: int, beside: int) -> bool:
    return len(lines) <= MAX_LINES and sum(_width(passage, line, beside) for line in lines) <= room


def _width(passage: Passage, line: int, beside: int) -> int:
    text = passage.lines[line - 1]
    return min(len(text.rstrip()) + 3 * text.count("\t"), LINE_CHARACTERS) + beside


def _comments(passage: Passage) -> set[int]:
    """The lines of comments and docstrings after the first line: the first to go when there is little room."""
    found: set[int] = set()
    closing = ""
    for line in range(passage.start + 1, passage.end + 1):
        text = passage.lines[line - 1]
        opening = _QUOTES.match(text) if not closing else None
        if closing or opening or is_comment_line(text, passage.path):
            found.add(line)
        if opening and opening[1] not in text[opening.end() :]:
            closing = opening[1]
        elif closing and closing in text:
            closing = ""
    return {line for run in _runs(found) if _is_worth(passage, run) for line in run}


def _runs(lines: set[int]) -> list[list[int]]:
    """The lines in groups that follow one another."""
    groups: list[list[int]] = []
    for line in sorted(lines):
        if groups and line == groups[-1][-1] + 1:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _is_worth(passage: Passage, run: Sequence[int]) -> bool:
    """Whether leaving lines out saves more than the note about it takes."""
    return sum(_width(passage, line, _NUMBER) for line in run) > 2 * _GAP


def printable(text: str, at: int = 0) -> str:
    """One line, cut around the character `at`, without control characters (the text is a stranger's)."""
    if len(text) > LINE_CHARACTERS:  # what a secret is can no longer be seen when half of it is cut off
        start = max(0, at - _READ)
        text, at = redact(text[start : at + _READ]), at - start
    first = max(0, min(at, len(text)) - _BEFORE_MATCH) if len(text) > LINE_CHARACTERS else 0
    shown = text[first : first + LINE_CHARACTERS]
    shown = f"{'… ' if first else ''}{shown}{' …' if first + LINE_CHARACTERS < len(text) else ''}"
    return "".join(
        character if character.isprintable() else "    " if character == "\t" else "�"
        for character in shown.rstrip("\r\n")
    )


def bounded(rows: Iterable[str], advice: str = "ask for one file by its path", room: int = MAX_CHARACTERS) -> str:
    """As many rows as there is room for, and a note when some are left out."""
    shown: list[str] = []
    for row in rows:
        room -= len(row) + 1
        if len(shown) >= MAX_LINES or room < 0:
            shown.append(f"… cut, the rest is left out; {advice}")
            break
        shown.append(row)
    return "\n".join(shown)
