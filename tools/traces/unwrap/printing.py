"""Failures -> the text that a language itself would print of them. The reader of that language reads it back."""

from collections.abc import Callable, Sequence
from typing import Final

from incidents.trace import Failure, Frame

_DIRECT_CAUSE: Final = "\n\nThe above exception was the direct cause of the following exception:\n\n"


def printed(language: str, failures: Sequence[Failure]) -> str:
    """A chain, root cause first, as `language` prints it; of a language without a printer, places line by line."""
    return _PRINTERS.get(language, _plain)(failures)


def _announced(failure: Failure, otherwise: str = "Error") -> str:
    kind = failure.type or otherwise
    return f"{kind}: {failure.message}" if failure.message else kind


def _python(failures: Sequence[Failure]) -> str:
    return _DIRECT_CAUSE.join(_traceback(failure) for failure in failures)


def _traceback(failure: Failure) -> str:
    rows = ["Traceback (most recent call last):"]
    for frame in reversed(failure.frames):
        inside = f", in {frame.function}" if frame.function else ""
        rows.append(f'  File "{frame.path or "<unknown>"}", line {frame.line or 0}{inside}')
        rows += [f"    {frame.source}"] if frame.source else []
    return "\n".join([*rows, _announced(failure)])


def _javascript(failures: Sequence[Failure]) -> str:
    rows: list[str] = []
    for depth, failure in enumerate(reversed(failures)):
        margin = "  " * depth
        rows.append(margin + ("[cause]: " if depth else "") + _announced(failure))
        rows += [f"{margin}    at {_v8(frame)}" for frame in failure.frames]
    return "\n".join(rows)


def _v8(frame: Frame) -> str:
    place = f"{frame.path}:{frame.line or 0}:{frame.column or 1}" if frame.path else "<anonymous>"
    if frame.function == "constructor" and frame.class_name:
        return f"new {frame.class_name} ({place})"
    name = ".".join(filter(None, (frame.class_name, frame.function)))
    return f"{name} ({place})" if name else place


def _java(failures: Sequence[Failure]) -> str:
    rows: list[str] = []
    for depth, failure in enumerate(reversed(failures)):
        rows.append(("Caused by: " if depth else "") + _announced(failure, "java.lang.Throwable"))
        rows += [f"\tat {_java_row(frame)}" for frame in failure.frames]
    return "\n".join(rows)


def _java_row(frame: Frame) -> str:
    name = frame.path.rpartition("/")[2]
    owner = frame.class_name or frame.path.rpartition(".")[0].replace("/", ".") or "Unknown"
    method = "<init>" if frame.function == owner.rpartition(".")[2] else frame.function
    place = (f"{name}:{frame.line}" if frame.line else name) if name else "Unknown Source"
    return f"{owner}.{method or 'unknown'}({place})"


def _php(failures: Sequence[Failure]) -> str:
    return "\n\n".join(_php_error(failure, first=not at) for at, failure in enumerate(failures))


def _php_error(failure: Failure, *, first: bool) -> str:
    """PHP prints beside each place what was called there: names stand one row further out than in the frames."""
    frames = failure.frames
    place = f" in {frames[0].path}:{frames[0].line or 0}" if frames and frames[0].path else ""
    calls = [_php_call(frame) for frame in frames]
    rows = [
        f"#{number} {f'{frame.path}({frame.line or 0})' if frame.path else '[internal function]'}: {call}"
        for number, (call, frame) in enumerate(
            zip(calls if place else ["", *calls], frames[bool(place) :], strict=False)
        )
    ]
    lead = "PHP Fatal error:  Uncaught " if first else "Next "
    return "\n".join([lead + _announced(failure) + place, "Stack trace:", *rows, f"#{len(rows)} {{main}}"])


def _php_call(frame: Frame) -> str:
    owner = f"{frame.class_name}->" if frame.class_name else ""
    return f"{owner}{frame.function}()" if frame.function else ""


def _ruby(failures: Sequence[Failure]) -> str:
    blocks = []
    for failure in reversed(failures):
        rows = [f"  {frame.path}:{frame.line or 0}:in `{_ruby_name(frame)}'" for frame in failure.frames]
        blocks.append("\n".join([f"{failure.type or 'RuntimeError'} ({failure.message}):", "", *rows]))
    return "\n\nCaused by:\n".join(blocks)


def _ruby_name(frame: Frame) -> str:
    return "#".join(filter(None, (frame.class_name, frame.function))) or "<main>"


def _go(failures: Sequence[Failure]) -> str:
    surfaced = "\n\tpanic: ".join(failure.message for failure in failures)
    rows = [row for failure in failures[:1] for frame in failure.frames for row in _go_rows(frame)]
    if not any(failure.type for failure in failures):  # a logger's stack, not a panic
        return "\n".join([surfaced, "goroutine 1 [running]:", *rows])
    return "\n".join([f"panic: {surfaced}", "", "goroutine 1 [running]:", *rows])


def _go_rows(frame: Frame) -> tuple[str, str]:
    owner = f"(*{frame.class_name})." if frame.class_name else ""
    return f"main.{owner}{frame.function or '?'}(...)", f"\t{frame.path}:{frame.line or 0} +0x1d"


def _csharp(failures: Sequence[Failure]) -> str:
    surfaced = failures[::-1]
    rows = [
        ("" if not depth else " ---> ") + _announced(each, "System.Exception") for depth, each in enumerate(surfaced)
    ]
    for depth, failure in enumerate(failures):
        rows += ["   --- End of inner exception stack trace ---"] if depth else []
        rows += [f"   at {_csharp_row(frame)}" for frame in failure.frames]
    return "\n".join(rows)


def _csharp_row(frame: Frame) -> str:
    name = ".".join(filter(None, (frame.class_name or "Program", frame.function or "Main")))
    return f"{name}() in {frame.path}:line {frame.line or 0}" if frame.path else f"{name}()"


def _rust(failures: Sequence[Failure]) -> str:
    failure = failures[0]
    place = failure.frames[0] if failure.frames else Frame(path="src/main.rs", line=1)
    rows = []
    for number, frame in enumerate(failure.frames):
        if not frame.function and frame is place:
            continue  # the place of the panic says it
        rows.append(f"{number:4}: {'::'.join(filter(None, (frame.class_name, frame.function or 'main')))}")
        rows += [f"             at {frame.path}:{frame.line or 0}:{frame.column or 1}"] if frame.path else []
    head = f"thread 'main' panicked at {place.path}:{place.line or 0}:{place.column or 1}:\n{failure.message}"
    return "\n".join([head, *(["stack backtrace:", *rows] if rows else [])])


def _plain(failures: Sequence[Failure]) -> str:
    rows = []
    for failure in failures:
        rows.append(_announced(failure, ""))
        rows += [f"  {frame.path}:{frame.line or 0}" for frame in failure.frames if frame.path]
    return "\n".join(rows)


_PRINTERS: Final[dict[str, Callable[[Sequence[Failure]], str]]] = {
    "python": _python,
    "javascript": _javascript,
    "java": _java,
    "php": _php,
    "ruby": _ruby,
    "go": _go,
    "csharp": _csharp,
    "rust": _rust,
}
