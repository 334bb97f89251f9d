"""The evidence side by side: source around the failing lines, and the hunks of the named commit, as marked lines."""

from collections.abc import Iterable, Sequence
from pathlib import Path
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
        lines = (text or "").splitlines()
        if path and line and line <= len(lines):
            shown.append(_around(path, lines, line))
    return tuple(shown)


def _around(path: str, lines: Sequence[str], failing: int) -> Panel:
    first = max(failing - _AROUND, 1)
    numbered = enumerate(_coloured(path, lines[first - 1 : failing + _AROUND]), first)
    return Panel(f"{path}:{failing}", tuple(Line(at, ">" if at == failing else "", html) for at, html in numbered))


def _hunks(repository: Repository, evidence: Evidence, culprit: str) -> tuple[Panel, ...]:
    wanted = {each.repo_path: each.line or 0 for each in reversed(evidence.trace.frames) if each.repo_path}
    diff = commit_diff(repository, culprit, wanted=tuple(wanted))
    found = [(file, hunk) for file in diff.files for hunk in file.hunks]
    found.sort(key=lambda each: _distance(each[0], each[1], wanted))
    return tuple(_hunk(file, hunk) for file, hunk in found[:_HUNKS])


def _distance(file: FileChange, hunk: Hunk, wanted: dict[str, int]) -> tuple[bool, int]:
    return file.path not in wanted, abs(hunk.new_start - wanted.get(file.path, hunk.new_start))


def _hunk(file: FileChange, hunk: Hunk) -> Panel:
    removed = zip(hunk.removed_at, _coloured(file.path, hunk.removed[:_LINES_OF_A_HUNK]), strict=False)
    added = zip(hunk.added_at, _coloured(file.path, hunk.added[:_LINES_OF_A_HUNK]), strict=False)
    lines = [*(Line(at, "-", html) for at, html in removed), *(Line(at, "+", html) for at, html in added)]
    where = f"{file.path}:{hunk.new_start}" + (f"  {hunk.header.strip()}" if hunk.header.strip() else "")
    return Panel(where, tuple(lines))


def _coloured(path: str, lines: Iterable[str]) -> list[str]:
    """Each line as HTML with Pygments' classes; a line that a highlighter would split stays one."""
    clean = [sanitize.block(line, 1, _WIDTH)[0] if line.strip() else "" for line in lines]
    html = highlight("\n".join(clean), _lexer(path), HtmlFormatter(nowrap=True)).split("\n")
    if html and not html[-1]:
        html.pop()
    return html if len(html) == len(clean) else [str(escape(line)) for line in clean]


def _lexer(path: str) -> Lexer:
    try:
        return get_lexer_for_filename(path, stripnl=False, ensurenl=True)
    except ClassNotFound:
        return TextLexer(stripnl=False)
