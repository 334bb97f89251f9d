"""A trace inside a quoted text of any notation (`stderr=b'Traceback ...\\n'`, `message: "..."`): what stands in the quotes, unescaped."""

import re
from typing import Final

from tools.traces.unwrap.prefixes import shows_row

MAX_LEVELS: Final = 3

_LITERAL: Final = re.compile(
    r"(?<![\w\\])[bur]{0,2}(?:\"(?P<double>(?:[^\"\\]|\\.){0,200000})\"|'(?P<single>(?:[^'\\]|\\.){0,200000})')(?=[\s,;:)\]}]|$)"
)
_LISTED: Final = re.compile(r"\s*\[\s*[bur]{0,2}['\"]")
_LIST: Final = re.compile(r"\[\s?(?:\"(?:[^\"\\]|\\.){1,2000}\"(?:,\s?|(?=\s?\]))){2,500}\s?\]")
_ESCAPE: Final = re.compile(r"\\(?:([nrt\"'\\/`])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))")
_MEANING: Final = {"n": "\n", "r": "", "t": "\t"}


def quoted_trace(line: str) -> str | None:
    """The longest text in quotes that holds a trace with escaped line ends; None when there is none."""
    found: str | None = None
    for _ in range(MAX_LEVELS):
        inner = _inside(found or line)
        if inner is None:
            break
        found = inner
    return found if found is not None and _holds_a_trace(found) else None


def listed_rows(line: str) -> str | None:
    """A line that prints a trace as a list of texts (`:backtrace=>["a.rb:1:in `f'", ...]`): what is before it, then its rows."""
    for found in _LIST.finditer(line[:100_000]):
        rows = [unquoted(_content(each)) for each in _LITERAL.finditer(found[0])]
        if len(rows) > 1 and all(map(shows_row, rows)):
            return "\n".join([line[: found.start()], *rows])
    return None


def without_quotes(line: str) -> str | None:
    """The text of a line that is nothing but one text in quotes, with a comma behind it perhaps; None when it is not."""
    text = line.strip().rstrip(",")
    if text[-1:] not in ("'", '"'):
        return None
    whole = _LITERAL.fullmatch(text)
    return unquoted(_content(whole)) if whole else None


def unquoted(text: str) -> str:
    """Undo the escapes that JSON, Python, Go and shells agree on."""
    return _ESCAPE.sub(_meant, text) if "\\" in text else text


def _inside(line: str) -> str | None:
    if line.count("\\n") < 2 and not _LISTED.match(line):
        return None
    if _LISTED.match(line):
        parts = [unquoted(_content(each)) for each in _LITERAL.finditer(line)]
        joined = "".join(parts) if all(part.endswith("\n") for part in parts) else "\n".join(parts)
        return joined if len(parts) > 1 and _holds_a_trace(joined) else None
    texts = [_content(each) for each in _LITERAL.finditer(line)]
    longest = max(texts, key=len, default="")
    opened = unquoted(longest)
    return opened if longest.count("\\n") > 1 and (opened.count("\\n") > 1 or _holds_a_trace(opened)) else None


def _content(literal: re.Match[str]) -> str:
    return literal["double"] if literal["double"] is not None else literal["single"] or ""


def _meant(escape: re.Match[str]) -> str:
    if escape[1]:
        return _MEANING.get(escape[1], escape[1])
    return chr(int(escape[2] or escape[3], 16))


def _holds_a_trace(text: str) -> bool:
    """Whether rows stand in it; a text that is quoted once more shows them only when it is opened again."""
    return any(shows_row(row) for row in text.split("\n")[:200])
