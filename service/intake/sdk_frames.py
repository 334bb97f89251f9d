"""Frames that a sender has parsed already -> the text its language would have printed, which our parsers read."""

from collections.abc import Callable, Sequence
from typing import NamedTuple


class SentFrame(NamedTuple):
    """One call; every text is on one line."""

    file: str
    function: str
    module: str
    line: int | None
    source: str


class Raised(NamedTuple):
    """One exception with its frames, the outermost call first."""

    type: str
    message: str
    frames: list[SentFrame]


def trace_text(platform: str, raised: Sequence[Raised]) -> str:
    """The trace of a chain of exceptions (root cause first) as `platform` prints it; "" without frames."""
    told = [each for each in raised if each.frames]
    if not told:
        return ""
    render = _RENDER.get(platform.lower(), _python)
    return render(told)


def _python(raised: Sequence[Raised]) -> str:
    parts = []
    for each in raised:
        lines = ["Traceback (most recent call last):"]
        for frame in each.frames:
            lines.append(f'  File "{frame.file}", line {frame.line or 1}, in {frame.function or "<module>"}')
            if frame.source:
                lines.append(f"    {frame.source}")
        parts.append("\n".join([*lines, f"{each.type or 'Error'}: {each.message}"]))
    return "\n\nThe above exception was the direct cause of the following exception:\n\n".join(parts)


def _php(raised: Sequence[Raised]) -> str:
    root = raised[0]
    *callers, thrown = root.frames
    head = f"PHP Fatal error:  Uncaught {root.type or 'Error'}: {root.message} in {thrown.file}:{thrown.line or 1}"
    # PHP prints for each call the line it was made on and the function that was called.
    called = [*(frame.function or "{main}" for frame in root.frames[1:])]
    calls = [
        f"#{number} {frame.file}({frame.line or 1}): {name.removesuffix('()')}()"
        for number, (frame, name) in enumerate(zip(reversed(callers), reversed(called), strict=True))
    ]
    end = f"  thrown in {thrown.file} on line {thrown.line or 1}"
    return "\n".join([head, "Stack trace:", *calls, f"#{len(calls)} {{main}}", end])


def _javascript(raised: Sequence[Raised]) -> str:
    root = raised[0]
    calls = [
        f"    at {frame.function or '<anonymous>'} ({frame.file}:{frame.line or 1}:1)"
        for frame in reversed(root.frames)
    ]
    return "\n".join([f"{root.type or 'Error'}: {root.message}", *calls])


def _java(raised: Sequence[Raised]) -> str:
    lines = []
    for number, each in enumerate(reversed(raised)):
        lines.append(f"{'Caused by: ' if number else ''}{each.type or 'java.lang.Exception'}: {each.message}")
        for frame in reversed(each.frames):
            owner = f"{frame.module}." if frame.module else ""
            lines.append(f"\tat {owner}{frame.function or 'run'}({frame.file.rpartition('/')[2]}:{frame.line or 1})")
    return "\n".join(lines)


def _ruby(raised: Sequence[Raised]) -> str:
    root = raised[0]
    places = [f"{frame.file}:{frame.line or 1}:in `{frame.function or '<main>'}'" for frame in reversed(root.frames)]
    first, *rest = places
    return "\n".join([f"{first}: {root.message} ({root.type or 'RuntimeError'})", *(f"\tfrom {each}" for each in rest)])


_RENDER: dict[str, Callable[[Sequence[Raised]], str]] = {
    "php": _php,
    "javascript": _javascript,
    "node": _javascript,
    "java": _java,
    "kotlin": _java,
    "ruby": _ruby,
}
