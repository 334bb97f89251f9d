"""JSON log records -> the text of the trace inside them."""

import json
import re
from collections.abc import Iterator

MAX_NODES = 5_000
MAX_TEXTS = 50

_WORTH = re.compile(r"stack|trace|exc_?info|exception|error|message|msg|reason|log$", re.IGNORECASE)
_STACK = re.compile(r"stack|trace|exc_?info", re.IGNORECASE)


def texts_of_json(text: str) -> str | None:
    """The messages and traces of a JSON record, one below the other; None when it is no JSON or holds none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict | list):
        return None
    parts: list[str] = []
    for part in _texts(value):
        if len(parts) < MAX_TEXTS and not any(part in other for other in parts):
            parts.append(part)
    return "\n".join(parts) or None


def _texts(value: object) -> Iterator[str]:
    """Walk a JSON value (bounded, no recursion) and yield the strings whose key says that they tell of an error."""
    waiting: list[tuple[str, object]] = [("", value)]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        key, node = waiting.pop()
        if isinstance(node, str):
            if "\n" in node or _WORTH.search(key):
                yield node
        elif isinstance(node, dict):
            throwable = _throwable(node, cause=key == "previous")
            if throwable:
                yield throwable
                node = {name: inner for name, inner in node.items() if name == "previous"}
            waiting.extend(reversed([(str(name), inner) for name, inner in node.items()]))
        elif isinstance(node, list):
            waiting.extend((key, inner) for inner in reversed(node[:MAX_NODES]))


def _throwable(node: dict[str, object], *, cause: bool) -> str | None:
    """A serialised exception: type, message and stack under the names loggers use, as one text."""
    names = {str(name).lower().rpartition(".")[2]: value for name, value in node.items()}
    kind = next((names[name] for name in ("class", "type", "name", "kind") if isinstance(names.get(name), str)), None)
    message = names.get("message", "")
    stack = next((inner for name, inner in names.items() if _STACK.search(name)), None)
    if not isinstance(kind, str) or not isinstance(message, str):
        return None
    if isinstance(names.get("file"), str):
        return _php_throwable(kind, message, names, stack, cause=cause)
    if not isinstance(stack, str):
        return None
    return stack if kind.rpartition(".")[2] in stack else f"{kind}: {message}\n{stack}"


def _php_throwable(kind: str, message: str, names: dict[str, object], stack: object, *, cause: bool) -> str:
    """Monolog's JSON form: `file` is `path:line`, `trace` a list of `path:line`."""
    place = str(names["file"]) if "line" not in names else f"{names['file']}:{names['line']}"
    rows = stack if isinstance(stack, list) else []
    calls = [str(row) for row in rows[:500] if isinstance(row, str)]
    numbered = [f"#{number} {_with_parentheses(call)}: " for number, call in enumerate(calls)]
    header = f"PHP Fatal error:  Uncaught {kind}: {message} in {place}"
    if cause:
        header = f"[previous exception] [object] ({kind}(code: 0): {message} at {place})"
    return "\n".join([header, "Stack trace:", *numbered])


def _with_parentheses(place: str) -> str:
    path, _, line = place.rpartition(":")
    return f"{path}({line})" if path and line.isdigit() else f"{place}(0)"
