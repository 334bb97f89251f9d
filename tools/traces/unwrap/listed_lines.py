"""Answers of log stores that hold a line of the log in each entry of a list (CloudWatch, Cloud Logging, Loki): the lines in their order."""

from collections.abc import Mapping, Sequence
from typing import Final

MAX_LINES: Final = 5_000
MAX_DEPTH: Final = 6
FEWEST: Final = 3
_NAMES: Final = ("message", "@message", "textpayload", "log", "line", "msg", "_raw", "text", "body", "event")


def listed_lines(value: object) -> list[str] | None:
    """The lines of the first list in a JSON value each of whose entries holds one line; None when there is none."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        node, depth = waiting.pop()
        lines = _lines(node) if isinstance(node, list) else None
        if lines is not None:
            return lines
        inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        if depth < MAX_DEPTH and len(inside) < FEWEST * MAX_DEPTH:
            waiting.extend((each, depth + 1) for each in reversed(list(inside)))
    return None


def _lines(entries: Sequence[object]) -> list[str] | None:
    if len(entries) < FEWEST:
        return None
    lines = [line_of(entry) for entry in entries[:MAX_LINES]]
    said = [line for line in lines if line is not None]
    return said if len(said) == len(lines) and not any("\n" in line for line in said) else None


def line_of(entry: object) -> str | None:
    """The line of one entry: under its usual name, or behind the time (`["1700000000", "line"]`)."""
    if isinstance(entry, Mapping):
        names = {str(name).lower(): value for name, value in entry.items()}
        found = next((names[name] for name in _NAMES if isinstance(names.get(name), str)), None)
        inner = names.get("jsonpayload") if found is None else None
        found = line_of(inner) if isinstance(inner, dict) else found
    elif isinstance(entry, list) and len(entry) == 2 and str(entry[0]).isdigit():
        found = entry[1]
    else:
        found = None
    return found.removesuffix("\n") if isinstance(found, str) else None
