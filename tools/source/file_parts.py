"""Parts of a file as deployed: lines by their numbers, and its head with directives, imports and constants."""

from typing import Final

from incidents.errors import ToolError
from tools.source.blamed import blamed_lines, legend
from tools.source.deployed import Deployed
from tools.source.listing import MAX_LINES, Passage, bounded, numbered, printable
from tools.source.syntax import Symbol
from tools.text.comments import is_comment_line

_DEFAULT_LINES: Final = 60
_HEAD_LINES: Final = 400


def file_lines(deployed: Deployed, path: str, first_line: int, last_line: int) -> str:
    """Lines `first_line`..`last_line` of any text file, with the commits of the window that last touched them."""
    path = deployed.lookup.file(path)
    lines = deployed.lookup.text(path).removesuffix("\n").split("\n")
    first, last = span(first_line, last_line, len(lines))
    if first > len(lines):
        raise ToolError(f"{printable(path)} has {len(lines)} lines at the deployed revision")
    blamed = blamed_lines(deployed, path, range(first, last + 1))
    head, commits = f"{printable(path)}, lines {first}-{last} of {len(lines)}", legend(deployed, blamed.values())
    marks = {line: deployed.mark(sha) for line, sha in blamed.items()}
    passage = Passage(lines, first, last, deployed.lookup.focus(path), path=path)
    room = deployed.room - sum(len(row) + 1 for row in (head, *commits))
    return "\n".join([head, numbered(passage, marks or None, room), *commits])


def file_head(deployed: Deployed, path: str) -> str:
    """What a file says before its first function or class, without comments, and the constants defined further down."""
    path = deployed.lookup.file(path)
    lines = deployed.lookup.text(path).split("\n")
    outline = deployed.index.outline(path)
    first = min((symbol.start for symbol in outline if symbol.kind != "constant"), default=len(lines) + 1)
    head = [line for line in range(1, min(first, _HEAD_LINES + 1)) if _says_something(lines[line - 1], path)]
    later = [symbol for symbol in outline if symbol.kind == "constant" and symbol.start >= first and not symbol.scope]
    numbers = [*head, *(line for symbol in later for line in _lines_of(symbol, len(lines)))]
    rows = [f"{line:>6} | {printable(lines[line - 1])}" for line in dict.fromkeys(numbers)]
    advice = "ask for lines of the file by their numbers"
    title = f"head of {printable(path)}: directives, imports and constants"
    return bounded([title, *(rows or ["(none)"])], advice, deployed.room)


def span(first_line: int, last_line: int, lines: int) -> tuple[int, int]:
    """The lines that are meant: without an end, or with one before the start, those that follow."""
    first = max(1, first_line)
    last = last_line if last_line >= first else first + _DEFAULT_LINES - 1
    return first, min(last, first + MAX_LINES - 1, lines)


def _says_something(line: str, path: str) -> bool:
    return bool(line.strip()) and not is_comment_line(line, path)


def _lines_of(symbol: Symbol, lines: int) -> range:
    return range(symbol.start, min(symbol.end, lines, symbol.start + 9) + 1)
