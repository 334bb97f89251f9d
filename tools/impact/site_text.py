"""What the source text around a frame says: its statement, what it calls, its docstring, what its file imports."""

import re
from typing import Final

from tools.source.outline import Outline
from tools.text.identifiers import IDENTIFIER, KEYWORDS, identifiers
from tools.text.redaction import redact_code

_STATEMENT_LINES: Final = 8
_IMPORT_LINES: Final = 400
_CALLED = re.compile(r"(?<![\w$])([A-Za-z_$][\w$]*)\s*\(")
_DOCSTRING = re.compile(r"[rRuUbB]{0,2}(\"{3}|'{3})")
_EVERYTHING = (
    r"\(\s*\*\w+\s*,\s*\*\*\w+\s*\)|\.apply\(\s*this\s*,\s*\w+\s*\)|\.call\(\s*this\s*,\s*\.\.\.\w+\s*\)"
    r"|\(\s*\.\.\.\$?\w+\s*\)|\(\s*\*\w+,\s*&\w+\s*\)"
)
_PASSES_ON = re.compile(rf"^\s*+(?:return\s|yield\s|\$?\w++\s*+=)?\s*+(?:await\s++)?\S+?(?:{_EVERYTHING})\s*+;?\s*+$")
_IMPORT = re.compile(
    r"^\s*+(?:from\s|import\b|export\s.*\bfrom\b|use\s|using\s|require|include|#include|\}\s*from\b)|\brequire\(|\bimport\("
)

_CHECKS: Final = re.compile(r"\s*+require\s*+\(")
_CHECKING: Final = (".kt", ".kts", ".scala", ".sc", ".sol")
"""Files of languages in which `require(rate > 0)` is a check and loads nothing."""


def is_check(line: str, path: str) -> bool:
    """Whether the `require` that the line begins with checks a condition."""
    return path.endswith(_CHECKING) and _CHECKS.match(line) is not None


def statement_at(outline: Outline, line: int, end: int) -> str:
    """The statement that begins on `line`: up to where its brackets close, at most 8 lines, not past `end`."""
    rows: list[str] = []
    depth = 0
    for row in outline.lines[line - 1 : min(line - 1 + _STATEMENT_LINES, max(end, line))]:
        rows.append(row)
        depth += sum(row.count(c) for c in "([{") - sum(row.count(c) for c in ")]}")
        if depth <= 0:
            break
    return "\n".join(rows)


def calls_in(text: str) -> frozenset[str]:
    """The names that `text` calls."""
    return frozenset(name for name in _CALLED.findall(text) if len(name) > 2 and name not in KEYWORDS)


def passes_everything_on(statement: str) -> bool:
    """Whether a statement only passes all arguments of its function on to another: `return work(*args, **kwargs)`."""
    return bool(_PASSES_ON.search(statement))


def words_of_callees(statement: str, outline: Outline, start: int) -> frozenset[str]:
    """Identifiers of the bodies, in the same file, of the functions a statement calls; `start` is its own function."""
    bodies = [
        redact_code(outline.text(found.start + 1, min(found.end, found.start + 60)))
        for name in sorted(calls_in(statement))
        for found in outline.named(name)[:2]
        if found.kind == "function" and found.start != start
    ]
    return frozenset(word for body in bodies[:6] for word in identifiers(body)) - frozenset(identifiers(statement))


def docstring_of(outline: Outline, start: int, end: int) -> tuple[int, int]:
    """First and last line of the documentation string of the function at `start`..`end`; (0, -1) when it has none."""
    for number in range(start + 1, min(start + 30, end) + 1):
        row = outline.lines[number - 1].strip()
        opening = _DOCSTRING.match(row)
        if opening:
            mark = opening[1]
            if row.count(mark) > 1:
                return number, number
            return number, next((n for n in range(number + 1, end + 1) if mark in outline.lines[n - 1]), end)
        if row.endswith(":") and not row.startswith((")", "def ", "async ")):
            break
    return 0, -1


def names_imported(outline: Outline) -> frozenset[str]:
    """Every name on the lines that import, and inside the brackets they open: modules, files, classes, functions."""
    found: set[str] = set()
    inside = False
    for row in outline.lines[:_IMPORT_LINES]:
        if inside or (_IMPORT.search(row) and not is_check(row, outline.path)):
            found.update(IDENTIFIER.findall(row))
            inside = (inside or row.count("(") + row.count("{") > 0) and not re.search(r"[)}]", row)
    return frozenset(found)
