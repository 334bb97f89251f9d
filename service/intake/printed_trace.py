"""A trace as its language prints it, for those who read text: people, agents, and a program of another version."""

from collections.abc import Callable, Mapping
from typing import TypedDict

from incidents.trace import Failure, Frame, StackTrace
from service.intake.sdk_frames import text_line


class Traced(TypedDict):
    """What a draft says of an error that its sender has parsed."""

    trace: StackTrace | None
    stack_trace: str
    error_text: bool


def traced(trace: StackTrace | None) -> Traced:
    """The trace, its text, and whether there is one: without frames the error is in the logs."""
    text = printed(trace)
    return Traced(trace=trace, stack_trace=text, error_text=bool(text))


def printed(trace: StackTrace | None) -> str:
    """All exceptions with their frames; "" when there are no frames."""
    if trace is None or not trace.frames:
        return ""
    return _PRINTERS.get(trace.language or "", _plain)(trace.failures)


def _raised(failure: Failure, type_otherwise: str) -> str:
    return f"{failure.type or type_otherwise}: {text_line(failure.message)}"


def _name(frame: Frame, between: str = ".", otherwise: str = "<anonymous>") -> str:
    return between.join(filter(None, (frame.class_name, frame.function))) or otherwise


def _python(failures: tuple[Failure, ...]) -> str:
    link = "\n\nThe above exception was the direct cause of the following exception:\n\n"
    return link.join(_python_one(each) for each in failures)


def _python_one(failure: Failure) -> str:
    lines = ["Traceback (most recent call last):"]
    for frame in reversed(failure.frames):
        lines.append(f'  File "{frame.path}", line {frame.line or 1}, in {frame.function or "<module>"}')
        if frame.source:
            lines.append(f"    {frame.source}")
    return "\n".join([*lines, _raised(failure, "Exception")])


def _php(failures: tuple[Failure, ...]) -> str:
    first, *nexts = [_php_one(each) for each in failures]
    last = failures[-1].frames[0] if failures[-1].frames else Frame()
    end = f"  thrown in {last.path} on line {last.line or 1}"
    return "\n\n".join([f"PHP Fatal error:  Uncaught {first}", *(f"Next {each}" for each in nexts)]) + f"\n{end}"


def _php_one(failure: Failure) -> str:
    thrown = failure.frames[0] if failure.frames else Frame()
    head = f"{_raised(failure, 'Error')} in {thrown.path or 'unknown'}:{thrown.line or 1}\nStack trace:"
    # PHP prints for each call the line it was made on and the function that was called there.
    calls = [
        f"#{number} {place.path}({place.line or 1}): {_name(called, '::', '{closure}')}()"
        for number, (called, place) in enumerate(zip(failure.frames, failure.frames[1:], strict=False))
    ]
    return "\n".join([head, *calls, f"#{len(calls)} {{main}}"])


def _javascript(failures: tuple[Failure, ...]) -> str:
    *causes, surfaced = failures
    parts = [_javascript_one(surfaced, "", "")]
    parts += [_javascript_one(each, "  " * depth, "[cause]: ") for depth, each in enumerate(reversed(causes), 1)]
    return "\n".join(parts)


def _javascript_one(failure: Failure, indent: str, role: str) -> str:
    rows = [
        f"{indent}    at {_name(frame)} ({frame.path or '<anonymous>'}:{frame.line or 1}:{frame.column or 1})"
        for frame in failure.frames
    ]
    return "\n".join([f"{indent}{role}{_raised(failure, 'Error')}", *rows])


def _java(failures: tuple[Failure, ...]) -> str:
    lines = []
    for number, each in enumerate(reversed(failures)):
        lines.append(f"{'Caused by: ' if number else ''}{_raised(each, 'java.lang.Exception')}")
        for frame in each.frames:
            file = frame.path.rpartition("/")[2] or "Unknown Source"
            owner = frame.class_name or "unknown.Unknown"
            name = "<init>" if frame.function == owner.rpartition(".")[2] else frame.function or "run"
            lines.append(f"\tat {owner}.{name}({file}{f':{frame.line}' if frame.line else ''})")
    return "\n".join(lines)


def _ruby(failures: tuple[Failure, ...]) -> str:
    return "\n".join(_ruby_one(each) for each in reversed(failures) if each.frames)


def _ruby_one(failure: Failure) -> str:
    rows = [f"{frame.path}:{frame.line or 1}:in `{_name(frame, '#', '<main>')}'" for frame in failure.frames]
    head = f"{rows[0]}: {text_line(failure.message)} ({failure.type or 'RuntimeError'})"
    return "\n".join([head, *(f"\tfrom {row}" for row in rows[1:])])


def _go(failures: tuple[Failure, ...]) -> str:
    """Go prints no chain: what surfaced says in its message what caused it."""
    framed = next((each for each in reversed(failures) if each.frames), failures[-1])
    rows = [f"main.{_name(frame, '.', 'func')}(...)\n\t{frame.path}:{frame.line or 1}" for frame in framed.frames]
    return "\n".join([f"panic: {text_line(failures[-1].message)}", "", "goroutine 1 [running]:", *rows])


def _csharp(failures: tuple[Failure, ...]) -> str:
    heads = [_raised(each, "System.Exception") for each in reversed(failures)]
    parts = ["\n ---> ".join(heads)]
    for number, each in enumerate(failures):
        parts += [f"   at {_name(frame, '.', 'Unknown.Unknown')}(){_csharp_place(frame)}" for frame in each.frames]
        if number < len(failures) - 1:
            parts.append("   --- End of inner exception stack trace ---")
    return "\n".join(parts)


def _csharp_place(frame: Frame) -> str:
    return f" in {frame.path}:line {frame.line}" if frame.path and frame.line else ""


def _rust(failures: tuple[Failure, ...]) -> str:
    framed = next((each for each in reversed(failures) if each.frames), failures[-1])
    place = framed.frames[0]
    rows = [
        f"  {number:>2}: {_name(frame, '::', 'unknown')}\n             at {frame.path}:{frame.line or 1}:{frame.column or 1}"
        for number, frame in enumerate(framed.frames)
    ]
    head = f"thread 'main' panicked at {place.path}:{place.line or 1}:{place.column or 1}:"
    return "\n".join([head, text_line(failures[-1].message), "stack backtrace:", *rows])


def _elixir(failures: tuple[Failure, ...]) -> str:
    lines = []
    for each in reversed(failures):
        lines.append(f"** ({each.type or 'RuntimeError'}) {text_line(each.message)}")
        lines += [f"    {frame.path}:{frame.line or 1}: {_name(frame)}" for frame in each.frames]
    return "\n".join(lines)


def _plain(failures: tuple[Failure, ...]) -> str:
    """For languages we do not know: places that anybody finds, in nobody's form."""
    lines = []
    for each in reversed(failures):
        lines.append(_raised(each, "Error"))
        lines += [f"  {frame.path}:{frame.line or 1} {_name(frame, '.', '')}".rstrip() for frame in each.frames]
    return "\n".join(lines)


_PRINTERS: Mapping[str, Callable[[tuple[Failure, ...]], str]] = {
    "python": _python,
    "php": _php,
    "javascript": _javascript,
    "java": _java,
    "ruby": _ruby,
    "go": _go,
    "csharp": _csharp,
    "rust": _rust,
    "elixir": _elixir,
}
