"""The evidence side by side: source around the failing lines, and the hunks of the named commit, as marked lines."""

import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from markupsafe import escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

from incidents.errors import InputError
from incidents.evidence import Evidence
from service.render import sanitize
from tools.git.diff import FileChange, Hunk, commit_diff
from tools.git.repository import Repository

_FRAMES = 4
_AROUND = 6
_HUNKS = 6
_LINES_OF_A_HUNK = 40
_WIDTH = 300
_COLOUR_SECONDS = 0.5
"""For one panel: some of Pygments' expressions never end on lines that were made for that."""


class Line(NamedTuple):
    """One line: its number, `mark` ("+", "-", ">" for the failing one, or ""), and its text as highlighted HTML."""

    number: int
    mark: str
    html: str


class Panel(NamedTuple):
    """Lines of one file under a title."""

    title: str
    lines: tuple[Line, ...]


class Panels(NamedTuple):
    """What is shown side by side; `problem` says why there is less."""

    frames: tuple[Panel, ...] = ()
    hunks: tuple[Panel, ...] = ()
    problem: str = ""


def panels(path: Path, evidence: Evidence, culprit: str | None) -> Panels:
    """Read both from the repository at `path`. What cannot be read is said, not raised."""
    try:
        repository = Repository.open(path)
        return Panels(_frames(repository, evidence), _hunks(repository, evidence, culprit) if culprit else ())
    except InputError as error:
        return Panels(problem=sanitize.line(f"The source is not shown: {error}", 300))


def _frames(repository: Repository, evidence: Evidence) -> tuple[Panel, ...]:
    places = dict.fromkeys(
        (each.repo_path, each.line) for each in evidence.trace.frames if each.repo_path and each.line
    )
    shown: list[Panel] = []
    for path, line in list(places)[:_FRAMES]:
        text = repository.text(evidence.deployed, path or "")
        # Not splitlines(): a form feed or U+2028 ends a line there, and no line of git, compilers and traces.
        lines = (text or "").removesuffix("\n").split("\n")
        if path and line and line <= len(lines):
            shown.append(_around(path, lines, line))
    return tuple(shown)


def _around(path: str, lines: Sequence[str], failing: int) -> Panel:
    first = max(failing - _AROUND, 1)
    numbered = enumerate(_coloured(path, lines[first - 1 : failing + _AROUND]), first)
    return Panel(f"{path}:{failing}", tuple(Line(at, ">" if at == failing else "", html) for at, html in numbered))


def _hunks(repository: Repository, evidence: Evidence, culprit: str) -> tuple[Panel, ...]:
    """The hunks of the files of the trace first, those nearest to a failing line before the others."""
    wanted = _lines_of(evidence)
    diff = commit_diff(repository, culprit, wanted=tuple(wanted))
    found = [(file, hunk, _nearest(hunk, wanted.get(file.path, ()))) for file in diff.files for hunk in file.hunks]
    found.sort(key=lambda each: (each[0].path not in wanted, _distance(each[1], each[2])))
    return tuple(_hunk(*each) for each in found[:_HUNKS])


def _lines_of(evidence: Evidence) -> dict[str, tuple[int, ...]]:
    """Return path -> the failing lines in it, innermost first."""
    lines: dict[str, tuple[int, ...]] = {}
    for frame in evidence.trace.frames:
        if frame.repo_path and frame.line:
            lines[frame.repo_path] = (*lines.get(frame.repo_path, ()), frame.line)
    return lines


def _nearest(hunk: Hunk, failing: Sequence[int]) -> int:
    """The line of the hunk to show it around: a failing line inside it, else the failing line nearest to it."""
    last = hunk.new_start + len(hunk.added)
    inside = next((line for line in failing if hunk.new_start <= line <= last), None)
    return inside or min(failing, key=lambda line: abs(line - hunk.new_start), default=hunk.new_start)


def _distance(hunk: Hunk, line: int) -> int:
    return max(hunk.new_start - line, line - hunk.new_start - len(hunk.added), 0)


def _hunk(file: FileChange, hunk: Hunk, around: int) -> Panel:
    added = _cut(hunk.added_at, hunk.added, around)
    removed = _cut(hunk.removed_at, hunk.removed, around + hunk.old_start - hunk.new_start)
    lines = [
        Line(number, mark, html)
        for mark, side in (("-", removed), ("+", added))
        for number, html in zip((at for at, _ in side), _coloured(file.path, [text for _, text in side]), strict=True)
    ]
    left_out = len(hunk.added) + len(hunk.removed) - len(lines)
    cut = f"  ({left_out} more lines)" if left_out else ""
    header = f"  {hunk.header.strip()}" if hunk.header.strip() else ""
    return Panel(f"{file.path}:{hunk.new_start}{header}{cut}", tuple(lines))


def _cut(numbers: Sequence[int], lines: Sequence[str], around: int) -> list[tuple[int, str]]:
    """At most so many lines, with the line `around` in their middle when it is one of them."""
    both = list(zip(numbers, lines, strict=True))
    place = next((place for place, number in enumerate(numbers) if number >= around), 0)
    first = min(max(place - _LINES_OF_A_HUNK // 2, 0), max(len(both) - _LINES_OF_A_HUNK, 0))
    return both[first : first + _LINES_OF_A_HUNK]


def _coloured(path: str, lines: Iterable[str]) -> list[str]:
    """Each line as HTML with Pygments' classes; a line that a highlighter would split stays one."""
    clean = [_one_line(line) for line in lines]
    try:
        lexer = _lexer(path)
        with _at_most(_COLOUR_SECONDS):
            html = highlight("\n".join(clean), lexer, HtmlFormatter(nowrap=True)).split("\n")
    except _TooSlow:
        html = []
    if html and not html[-1]:
        html.pop()
    return html if len(html) == len(clean) else [str(escape(line)) for line in clean]


def _one_line(line: str) -> str:
    """The whole line, bounded: what stands behind a form feed or U+2028 is not hidden from the reader."""
    return sanitize.block(" ".join(line.expandtabs(4).splitlines()), 1, _WIDTH)[0] if line.strip() else ""


class _TooSlow(BaseException):
    """Colouring takes too long. No Exception: Pygments makes a ValueError of any that comes while it compiles."""


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise _TooSlow after so many seconds. Works in the main thread of a process only, as signals do."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    # Again and again: an exception is lost when it comes inside a callback of the garbage collector.
    others = signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *others)


def _lexer(path: str) -> Lexer:
    try:
        return get_lexer_for_filename(path, stripnl=False, ensurenl=True)
    except ClassNotFound:
        return TextLexer(stripnl=False)
