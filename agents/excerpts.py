"""A stack trace as text for a prompt, and the places of the repository that it names."""

from collections.abc import Mapping
from itertools import takewhile

from incidents.trace import Frame, StackTrace

Places = Mapping[str, tuple[int, ...]]
"""Repository path -> the lines that the trace names, innermost first."""

_FRAMES = 12  # of one exception; outer frames say how the program was started
_QUOTED = 100


def places(trace: StackTrace) -> dict[str, tuple[int, ...]]:
    """Return the files and lines of the repository that the trace passes through."""
    found: dict[str, tuple[int, ...]] = {}
    for frame in trace.frames:
        if frame.repo_path is not None:
            lines = (frame.line,) if frame.line is not None else ()
            found[frame.repo_path] = (*found.get(frame.repo_path, ()), *lines)
    return found


def frame_lines(trace: StackTrace) -> tuple[tuple[str, int], ...]:
    """Return (path, line) of the trace's frames inside the repository, innermost first."""
    return tuple((frame.repo_path, frame.line) for frame in trace.frames if frame.repo_path and frame.line)


def trace_excerpt(trace: StackTrace, raw: str, frames: int = _FRAMES) -> str:
    """Return the trace in one notation for all languages, root cause first; `raw` when it has no frames.

    Of a long trace the innermost frames are shown, and after them those of the repository.
    """
    if not trace.frames:
        return raw
    lines: list[str] = []
    shown: set[str] = set()
    for failure in trace.failures:
        lines.append(f"{failure.type or 'error'}: {failure.message}")
        inner, outer = failure.frames[:frames], failure.frames[frames:]
        ours = [frame for frame in outer if frame.in_app][: frames // 2]
        rows = [_frame_line(frame) for frame in (*inner, *ours)]
        before = sum(1 for _ in takewhile(shown.__contains__, rows))  # the way into a library is often the same twice
        lines += [f"  [{before} frames as above]", *rows[before:]] if before > 1 else rows
        shown.update(rows)
        if len(outer) > len(ours):
            lines.append(f"  [... {len(outer) - len(ours)} outer frames left out ...]")
    return "\n".join(lines)


def _frame_line(frame: Frame) -> str:
    name = ".".join(part for part in (frame.class_name, frame.function) if part) or "(top level)"
    where = f"{frame.repo_path or frame.path or '(no file)'}:{frame.line if frame.line is not None else '?'}"
    quoted = f"  | {frame.source.strip()[:_QUOTED]}" if frame.source and not frame.in_app else ""
    return f"  {'*' if frame.in_app else ' '} {name} at {where}{quoted}"
