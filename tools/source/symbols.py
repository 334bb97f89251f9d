"""What one file defines and what a stretch of its lines uses. Text no grammar reads yields nothing, never an error.

Files are parsed once and kept (see `parsed`); asking for a few lines costs only those lines. Syntax errors are
tolerated as tree-sitter tolerates them; files over 1 MB and text that does not parse in 2 s yield nothing.
"""

from collections.abc import Iterable

from tools.source.definitions import innermost
from tools.source.parsed import ParseCache, Parsed, parse
from tools.source.syntax import Call, Import, Name, Parameter, Return, Symbol

__all__ = [
    "Call",
    "Import",
    "Name",
    "Parameter",
    "ParseCache",
    "Parsed",
    "Return",
    "Symbol",
    "calls",
    "enclosing",
    "imports",
    "names_used",
    "outline",
    "parse",
    "returns",
]


def outline(path: str, text: str) -> tuple[Symbol, ...]:
    """Every definition of a file in the order of the text, outer ones before what they hold."""
    parsed = parse(path, text)
    return parsed.outline if parsed else ()


def enclosing(symbols: Iterable[Symbol], line: int) -> Symbol | None:
    """The innermost function or method that spans `line` (1-based), or None."""
    return innermost(symbols, line)


def calls(path: str, text: str, start: int, end: int) -> tuple[Call, ...]:
    """The calls named on lines `start`..`end`, in the order of the text."""
    parsed = parse(path, text)
    return parsed.calls(start, end) if parsed else ()


def names_used(path: str, text: str, start: int, end: int) -> tuple[Name, ...]:
    """Identifiers, attributes, constants and keys on lines `start`..`end`, in the order of the text."""
    parsed = parse(path, text)
    return parsed.names(start, end) if parsed else ()


def returns(path: str, text: str, start: int, end: int) -> tuple[Return, ...]:
    """The return statements that start on lines `start`..`end`."""
    parsed = parse(path, text)
    return parsed.returns(start, end) if parsed else ()


def imports(path: str, text: str) -> tuple[Import, ...]:
    """Every import of a file."""
    parsed = parse(path, text)
    return parsed.imports if parsed else ()
