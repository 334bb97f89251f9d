"""An exception as an object of a JSON record -> its failure, under whatever names loggers and trackers use."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from incidents.trace import Failure, Frame
from tools.traces.places.locations import LANGUAGES, number, slashed, split_place
from tools.traces.unwrap.php_frames import Call, call_of, frames_of

MAX_FRAMES = 500
MAX_CAUSES = 20

_TYPE: Final = (
    "error_class",
    "exception_class",
    "exception",
    "exc_type",
    "errortype",
    "errorclass",
    "type",
    "class",
    "kind",
    "name",
    "classname",
    "typename",
    "throwable",
)
_MESSAGE: Final = (
    "error_message",
    "exception_message",
    "errormessage",
    "exc_value",
    "message",
    "msg",
    "value",
    "localizedmessage",
    "payload",
)
_STACK: Final = re.compile(
    r"^(?:stack_?trace|stack|trace|backtrace|frames|exc_?info|extendedstacktrace|steparray|parsedstack)$"
)
_CAUSE: Final = ("previous", "cause", "innerexception", "inner_exception")
_PATH: Final = ("abs_path", "filename", "file", "path", "uri", "source")
_LINE: Final = ("lineno", "lino", "line", "linenumber", "line_number", "ln")
_FUNCTION: Final = ("function", "method", "methodname", "member", "func", "label", "name", "mn")

_OF_JVM: Final = (".java", ".kt", ".kts", ".scala", ".groovy", ".clj", ".cljc")
_PACKAGED: Final = re.compile(r"(?:[a-z_]\w*\.){1,20}[A-Z][\w$]*$")
_CLOSURES: Final = re.compile(r"(?:\.(?:func)?\d{1,4})+$")
_PLATFORMS: Final = {"node": "javascript", "kotlin": "java", "android": "java", "dotnet": "csharp"}


def lowered(node: Mapping[str, object]) -> dict[str, object]:
    """The object with lower-case names."""
    names: dict[str, object] = {}
    for name, value in node.items():
        names.setdefault(str(name).lower().lstrip("@"), value)
    return names


def text_under(names: Mapping[str, object], keys: Sequence[str]) -> str:
    """The first of the keys that holds a text that is not empty."""
    return next((value for key in keys if isinstance(value := names.get(key), str) and value.strip()), "")


def chain_of(node: Mapping[str, object], language: str = "") -> tuple[str, tuple[Failure, ...]] | None:
    """Language and failures, root cause first, of an exception whose frames are objects (or PHP's `path:line` texts)."""
    failures: list[Failure] = []
    waiting: object = node
    while isinstance(waiting, dict) and len(failures) < MAX_CAUSES:
        names = lowered(waiting)
        rows = next((value for key, value in names.items() if _STACK.match(key) and _is_stack(value)), None)
        frames = _frames(names, rows)
        kind, message = text_under(names, _TYPE), text_under(names, _MESSAGE)
        if not kind and (isinstance(rows, list) or _is_go(frames)):
            message = text_under(names, ("error", "err")) or message
        if frames is None or not (kind or message or frames):
            break
        failures.append(Failure(type=kind or None, message=message, frames=frames))
        waiting = next((names[key] for key in _CAUSE if isinstance(names.get(key), dict)), None)
    tongue = _language(language, failures)
    if not any(failure.frames for failure in failures) or not tongue:
        return None
    return tongue, tuple(reversed(failures))


def _is_go(frames: Sequence[Frame] | None) -> bool:
    """Whether the record is a Go logger's, whose message says what was tried and whose `err` says what went wrong."""
    return bool(frames) and all(frame.path.endswith(".go") for frame in frames or ())


def _is_stack(value: object) -> bool:
    return isinstance(value, list | dict) or (isinstance(value, str) and value.startswith("#0 "))


def _language(platform: str, failures: Sequence[Failure]) -> str:
    """What the sender names, or the endings of the paths do."""
    platform = _PLATFORMS.get(platform, platform)
    if platform in LANGUAGES.values():
        return platform
    endings = [frame.path.rpartition(".")[2].lower() for failure in failures for frame in failure.frames if frame.path]
    named = next((LANGUAGES[ending] for ending in endings if ending in LANGUAGES), "")
    return named or ("java" if failures and all(map(_is_java, failures)) else "")


def _is_java(failure: Failure) -> bool:
    """A type in a package, and rows that name classes in packages but no files."""
    frames = failure.frames
    return (
        _PACKAGED.match(failure.type or "") is not None
        and bool(frames)
        and all(not frame.path and _PACKAGED.match(frame.class_name or "") for frame in frames)
    )


def _frames(names: Mapping[str, object], rows: object) -> tuple[Frame, ...] | None:
    """Innermost first; None when the rows are not objects with places."""
    if isinstance(rows, dict):
        rows = lowered(rows).get("frames")
        sentry = True
    else:
        sentry = "exc_type" in names or "frames" in names  # these print the outermost frame first
    place = _raised_at(names)
    if isinstance(rows, str):
        printed = [call for line in rows.split("\n")[:MAX_FRAMES] if (call := call_of(line)) is not None]
        return tuple(frames_of(place, printed))
    if not isinstance(rows, list):
        return _logged_at(names)
    calls = [row for row in rows[:MAX_FRAMES] if isinstance(row, dict)]
    if _is_php(names, calls, rows):
        return tuple(frames_of(place, [*_php_calls(rows)]))
    frames = [frame for frame in map(_frame, calls) if frame.path or frame.function]
    return tuple(frames[::-1] if sentry else frames) if frames or not rows else None


def _is_php(names: Mapping[str, object], calls: Sequence[object], rows: Sequence[object]) -> bool:
    """PHP's rows name what was called there; a row has a `type` (`->`), or is a text `path.php:line`."""
    if calls:
        return all(
            isinstance(call, dict) and "class" in call and call.get("type") in ("->", "::") for call in calls[:1]
        ) or (_raised_at(names) is not None and any(".php" in str(call) for call in calls))
    return bool(rows) and all(isinstance(row, str) and re.search(r"\.\w{2,6}:\d+$", row) for row in rows[:1])


def _raised_at(names: Mapping[str, object]) -> tuple[str, int | None] | None:
    path, line = names.get("location" if "payload" in names else "file"), names.get("line")
    if not isinstance(path, str):
        return None
    if isinstance(line, int | str):
        return slashed(path), number(str(line))
    where, row, _ = split_place(path)
    return (where, row) if row else None


def _logged_at(names: Mapping[str, object]) -> tuple[Frame, ...] | None:
    """Where a record was written: in fields of its own (logrus), or in an object (slog's `source`)."""
    site = names.get("source")
    row = lowered(site) if isinstance(site, dict) else names
    place = _raised_at(row)
    if place is None:
        return None
    function, owner = _called_in_go(text_under(row, ("function", "func"))) if place[0].endswith(".go") else ("", "")
    return (Frame(path=place[0], line=place[1], function=function or None, class_name=owner or None),)


def _called_in_go(name: str) -> tuple[str, str]:
    """`pkg/path.(*Type).Method.func1` -> Method and Type."""
    inside = _CLOSURES.sub("", name.rpartition("/")[2]).partition(".")[2]
    owner, _, function = inside.rpartition(".")
    return function, owner.strip("(*)")


def _php_calls(rows: Sequence[object]) -> Iterator[Call]:
    for row in rows[:MAX_FRAMES]:
        if isinstance(row, str):
            path, line, _ = split_place(row)
            yield Call(path, line, None, None)
        elif isinstance(row, dict):
            names = lowered(row)
            path = text_under(names, ("file",))
            yield Call(
                slashed(path),
                _line(names),
                text_under(names, ("function",)) or None,
                text_under(names, ("class",)) or None,
            )


def _frame(row: Mapping[str, object]) -> Frame:
    names = lowered(row)
    path = slashed(text_under(names, _PATH))
    owner = text_under(names, ("class", "classname", "declaringclass", "cn")) or None
    if owner is None and path.endswith(_OF_JVM):
        owner = text_under(names, ("module",)) or None
    function = text_under(names, _FUNCTION) or None
    if path.endswith(".cs") and owner is None and function and "." in function:
        owner, _, function = function.rpartition(".")
    if path.endswith(_OF_JVM) and owner and "/" not in path:
        path = "/".join([*owner.split(".")[:-1], path])
    return Frame(path=path, line=_line(names), function=function, class_name=owner)


def _line(names: Mapping[str, object]) -> int | None:
    for key in _LINE:
        value = names.get(key)
        value = value.get("number") if isinstance(value, dict) else value
        if isinstance(value, int | str) and (found := number(str(value))):
            return found
    return None
