"""JSON log records -> the text of the trace inside them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tools.traces.unwrap.listed_lines import listed_lines
from tools.traces.unwrap.prefixes import shows_row
from tools.traces.unwrap.printing import printed
from tools.traces.unwrap.throwables import chain_of, lowered, text_under
from tools.traces.unwrap.told_apart import on_one_line

MAX_NODES = 5_000
MAX_TEXTS = 50

_DECODER: Final = json.JSONDecoder(strict=False)

_WORTH: Final = re.compile(
    r"stack|trace(?![_.]?id)|exc_?info|exception|error|message|msg|reason|info|\blog$|^\*$|err$"
    r"|^(?:line|text|textpayload|body|event|content|_raw|data)$",
    re.IGNORECASE,
)
_STACK: Final = re.compile(r"stack|trace(?!_?id)|exc_?info|exception|^@?x$|^\*$", re.IGNORECASE)
_ROWS: Final = re.compile(
    r"\n[^\S\n]*(?:at |File \"|from |\S+\.(?:go|rb|rs):\d)|\n#\d|^#\d|Traceback \(|panicked at |\n[^\n]*:in [`']"
    r"|\n[^\n@]*@\S+:\d+|\[object\] \(|\S {1,8}at [\w.<>`+$]{3,300}\([^()\n]{0,300}\) in [^\n]{1,300}?:line \d"
)
_HEADED: Final = (
    "error_message",
    "exception_message",
    "error",
    "err",
    "errormessage",
    "exc_value",
    "message",
    "msg",
    "@message",
    "localizedmessage",
    "info",
)
_KIND: Final = (
    "error_class",
    "exception_class",
    "error_type",
    "exception_type",
    "errortype",
    "errorclass",
    "exc_type",
    "type",
    "class",
    "kind",
    "name",
)
_ERROR_NAME: Final = re.compile(r"(?:Error|Exception|Fault|Failure|Timeout)$")
_MEDIAWIKI: Final = "internal_api_error_"
_PLACE: Final = re.compile(r"[\w\\]{1,300} at (\S{1,1000})\((\d{1,9})\)")
_BARE_ROW: Final = re.compile(
    r"[\w.$<>]+\([\w$]+\.(?:java|kts?|scala|groovy|cljc?)(?::\d+)?\)$|(?:[\w.$<>\[\] ]{1,300} \()?[^\s()]{1,500}:\d{1,9}:\d{1,9}\)?$"
)
_KIND_OF_ERROR: Final = ("error_class", "exception_class", "errortype", "error_type", "exception_type")
_MESSAGE_OF_ERROR: Final = ("error_message", "exception_message", "errormessage")
_TYPE: Final = re.compile(r"(?:[A-Za-z_]\w*(?:\.|::|\\))*[A-Z]\w+")


def texts_of_json(text: str) -> str | None:
    """The messages and traces of a JSON record, one below the other; None when it is no JSON or holds none."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return texts_of_value(value)


def texts_of_value(value: object) -> str | None:
    """The same of a value that is no text any more. Where one of the texts is a trace, only traces count."""
    if not isinstance(value, dict | list):
        return None
    lines = listed_lines(value)
    if lines is not None and any(map(shows_row, lines)):
        return "\n".join(lines)
    parts: list[str] = []
    for part in _texts(value):
        if len(parts) < MAX_TEXTS and not any(part in other for other in parts):
            parts.append(part)
    traces = [part for part in parts if tells_a_trace(part)]
    return "\n".join(traces or parts) or None


def tells_a_trace(text: str) -> bool:
    """Whether a text holds a row of a stack trace in any of the languages."""
    return _ROWS.search("\n" + text) is not None


def _texts(value: object) -> Iterator[str]:
    """Walk a JSON value (bounded, no recursion) and yield the strings whose key says that they tell of an error."""
    waiting: list[tuple[str, object]] = [("", value)]
    platform = ""
    for _ in range(MAX_NODES):
        if not waiting:
            return
        key, node = waiting.pop()
        if isinstance(node, str):
            inner = _inner_record(node) if '{"' in node else None
            if inner is not None:
                waiting.append((key, inner))
            elif "\n" in node or _WORTH.search(key):
                yield node
        elif isinstance(node, dict):
            nested = _paired(_nested(node))
            platform = text_under(lowered(nested), ("platform",)) or platform
            throwable, rest = _throwable(nested, platform)
            if throwable:
                yield throwable
            waiting.extend(reversed([(str(name), inner) for name, inner in rest.items()]))
        elif isinstance(node, list):
            chain = _chain_listed(node, platform)
            if chain:
                yield chain
                continue
            lines = _joined(node)
            waiting.extend([(key, lines)] if lines else ((key, inner) for inner in reversed(node[:MAX_NODES])))


def _inner_record(text: str) -> object:
    """A record that another one holds as text, when it tells of a trace."""
    try:
        value, _ = _DECODER.raw_decode(text, text.index('{"'))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and any(_STACK.search(str(name)) for name in value) else None


def _nested(node: Mapping[str, object]) -> dict[str, object]:
    """`{"error.type": x}` as `{"error": {"type": x}}`."""
    if not any("." in str(name) for name in node):
        return {str(name): value for name, value in node.items()}
    nested: dict[str, object] = {}
    for name, value in node.items():
        head, dot, tail = str(name).rpartition(".")
        owner = nested.setdefault(head, {}) if dot and head else nested
        if isinstance(owner, dict):
            owner[tail if dot and head else str(name)] = value
        else:
            nested[str(name)] = value
    return nested


def _throwable(node: dict[str, object], platform: str) -> tuple[str, dict[str, object]]:
    """A serialised exception as one text, and what else the record holds. What a rejection gives as its reason is the error."""
    reason = node.get("reason")
    if isinstance(reason, dict) and _stack_of(reason):
        node = reason
    chain = chain_of(node, platform)
    if chain is not None:
        said = text_under(lowered(node), ("message",)).split("\n")
        return "\n".join(said) if any(map(shows_row, said)) else printed(*chain), {}
    values = node.get("values")
    if isinstance(values, list) and values and all(isinstance(each, dict) for each in values):
        chains = [found for each in values if (found := chain_of(each, platform))]
        if chains:
            return printed(chains[0][0], [failure for _, failures in chains for failure in failures]), {}
    stack = _stack_of(node)
    if not stack:
        return _error_told(node), node
    return _headed(stack, node), {name: value for name, value in node.items() if name == "previous"}


def tells_an_error(value: object) -> bool:
    """Whether a record, or one that it holds, names the type and the message of an error in fields of their own."""
    nodes = [value, *value.values()] if isinstance(value, dict) else []
    return any(_error_told(node) for node in nodes if isinstance(node, dict))


def _error_told(node: dict[str, object]) -> str:
    """Type and message of an error that was logged without its rows, where the names of both say so."""
    names = lowered(node)
    kind, message = text_under(names, _KIND_OF_ERROR), text_under(names, _MESSAGE_OF_ERROR)
    return f"{kind}: {message}" if message and _TYPE.fullmatch(kind) else ""


def _chain_listed(node: Sequence[object], platform: str) -> str:
    """A list of exceptions with frames, each the cause of the one before it, as one text."""
    if len(node) < 2 or not all(isinstance(each, dict) for each in node):
        return ""
    chains = [found for each in node[:MAX_TEXTS] if isinstance(each, dict) and (found := chain_of(each, platform))]
    if len(chains) < 2:
        return ""
    return printed(chains[0][0], [failure for _, failures in reversed(chains) for failure in failures])


def _paired(node: dict[str, object]) -> dict[str, object]:
    """`{"exception": ["KeyError", "x"]}` as its type and its message."""
    for name, value in node.items():
        if isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value):
            kind, message = str(value[0]), str(value[1])
            if _STACK.search(name) and _TYPE.fullmatch(kind):
                return {
                    "error_class": kind,
                    "error_message": message,
                    **{key: each for key, each in node.items() if key != name},
                }
    return node


def _stack_of(node: dict[str, object]) -> str:
    """The entry that holds a printed trace."""
    for name, value in node.items():
        text = _joined(value) if isinstance(value, list) else value
        if isinstance(text, str) and _STACK.search(name) and tells_a_trace(text):
            return text
    return ""


def _joined(rows: list[object]) -> str:
    """Lines of a trace that a logger wrote as a list."""
    if len(rows) < 2 and not (
        rows and isinstance(rows[0], str) and (tells_a_trace(rows[0]) or _BARE_ROW.match(rows[0]))
    ):
        return ""
    lines = [row.rstrip("\n") for row in rows[:MAX_NODES] if isinstance(row, str)]
    if len(lines) != len(rows[:MAX_NODES]):
        return ""
    return "\n".join(f"\tat {line.strip()}" if _BARE_ROW.match(line.strip()) else line for line in lines)


def _headed(stack: str, node: dict[str, object]) -> str:
    """The stack below its type and message, where it does not name them itself."""
    names = lowered(node)
    kinds = [value for key in _KIND if (value := text_under(names, (key,)))]
    kind = next((each for each in kinds if _ERROR_NAME.search(each)), next(iter(kinds), ""))
    message = text_under(names, _HEADED)
    stack = on_one_line(stack, message)
    code = text_under(names, ("code",))
    if code.startswith(_MEDIAWIKI):
        return _of_mediawiki(
            code.removeprefix(_MEDIAWIKI), message.partition("Exception Caught: ")[2] or message, stack
        )
    panic = text_under(names, ("panic",))
    if panic and stack.lstrip().startswith("goroutine "):
        return f"panic: {panic}\n\n{stack.lstrip()}"
    head = stack.lstrip("\n")
    first = head.partition("\n")[0].strip()
    bare = kind.rpartition(".")[2].rpartition("\\")[2]
    if (bare and _is_announced(bare, stack)) or _announces(first) or "Traceback (most" in first:
        return stack
    if kind and _is_error_name(kind, first):
        return f"{kind}: {message}\n{head}"
    return f"{message}\n{head}" if message and message not in stack else stack


def _of_mediawiki(kind: str, message: str, stack: str) -> str:
    """An answer of MediaWiki's API: the type in the code, the place above the stack."""
    place = _PLACE.match(stack.lstrip("\n"))
    where = f" in {place[1]}:{place[2]}" if place else ""
    return f"PHP Fatal error:  Uncaught {kind}: {message}{where}\nStack trace:\n{stack.lstrip()}"


def _is_announced(kind: str, stack: str) -> bool:
    """Whether the stack itself says what was raised; its source lines may only name it (`raise KeyError(name)`)."""
    return any(
        stack[end : end + 2].strip(" \n") in ("", ":", "(") or stack[end] == ":" for end in _ends_of(kind, stack)
    )


def _ends_of(word: str, text: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at + len(word)
        at = text.find(word, at + len(word))


def _announces(first: str) -> bool:
    """Whether a stack's first line is no row but says what was raised."""
    return bool(
        re.match(r"(?:[\w$]+[.\\])*[A-Z]\w*(?:Error|Exception|Throwable)\b|panic: |thread '|\[object\] \(", first)
    )


def _is_error_name(kind: str, first: str) -> bool:
    """Whether the record's type is that of an error: it ends as such types do, or a bare row follows."""
    named = _ERROR_NAME.search(kind) is not None
    return named or first.startswith(("at ", "File ", "#")) or ":in " in first
