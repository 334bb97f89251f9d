"""Excerpts of a trace, of source code and of a diff for a prompt: what is nearest to the frames comes first."""

from collections.abc import Iterable, Mapping

from incidents.errors import IncompleteRepository
from incidents.trace import Frame, StackTrace
from tools.git.diff import CommitDiff, FileChange, Hunk
from tools.git.repository import Repository
from tools.source.file_kinds import HARMLESS, kind_of

Places = Mapping[str, tuple[int, ...]]
"""Repository path -> the lines that the trace names, innermost first."""

_FAR = 10**6
_FILES_LISTED = 60
_AROUND = 8


def places(trace: StackTrace) -> dict[str, tuple[int, ...]]:
    """Return the files and lines of the repository that the trace passes through."""
    found: dict[str, tuple[int, ...]] = {}
    for frame in trace.frames:
        if frame.repo_path is not None:
            lines = (frame.line,) if frame.line is not None else ()
            found[frame.repo_path] = (*found.get(frame.repo_path, ()), *lines)
    return found


def trace_excerpt(trace: StackTrace, raw: str, frames: int = 25) -> str:
    """Return the trace in one notation for all languages, root cause first; `raw` when it has no frames."""
    if not trace.frames:
        return raw
    lines: list[str] = []
    for failure in trace.failures:
        lines.append(f"{failure.type or 'error'}: {failure.message}")
        lines.extend(_frame_line(frame) for frame in failure.frames[:frames])
        if len(failure.frames) > frames:
            lines.append(f"  [... {len(failure.frames) - frames} outer frames left out ...]")
    return "\n".join(lines)


def _frame_line(frame: Frame) -> str:
    name = ".".join(part for part in (frame.class_name, frame.function) if part) or "(top level)"
    where = f"{frame.repo_path or frame.path or '(no file)'}:{frame.line if frame.line is not None else '?'}"
    quoted = f"    | {frame.source.strip()}" if frame.source else ""
    return f"  {'*' if frame.in_app else ' '} {name} at {where}{quoted}"


def code_excerpt(repository: Repository, deployed: str, trace: StackTrace, characters: int, frames: int = 6) -> str:
    """Return numbered source around the innermost in-app frames, as deployed; failing lines are marked."""
    parts: list[str] = []
    left = characters
    places_shown = dict.fromkeys((frame.repo_path, frame.line) for frame in trace.frames if frame.in_app and frame.line)
    for path, line in list(places_shown)[:frames]:
        shown = _around(repository, deployed, path or "", line or 0)
        if not shown or len(shown) > left:
            continue
        parts.append(shown)
        left -= len(shown)
    return "\n\n".join(parts)


def _around(repository: Repository, deployed: str, path: str, failing: int) -> str:
    try:
        text = repository.text(deployed, path)
    except IncompleteRepository:  # an object that a partial clone lacks is not shown
        return ""
    lines = text.splitlines() if text else []
    if not 1 <= failing <= len(lines):
        return ""
    first = max(1, failing - _AROUND)
    numbered = [
        f"{'>' if number == failing else ' '}{number:5} {line[:200]}"
        for number, line in enumerate(lines[first - 1 : failing + _AROUND], start=first)
    ]
    return "\n".join([path, *numbered])


def diff_excerpt(diff: CommitDiff, named: Places, characters: int) -> str:
    """Return the diff within `characters`: first the list of changed files, then the hunks.

    Hunks nearest to the frames come first.
    """
    first = sorted(diff.files, key=lambda change: (change.path not in named, change.path))[:_FILES_LISTED]
    listed = "\n".join(_file_line(change) for change in first)
    head = f"{diff.file_count} files changed\n{listed}"
    parts, left, dropped = [head[:characters]], characters - len(head), 0
    for _, change, hunk in sorted(_hunks(diff, named), key=lambda near: near[0]):
        shown = _hunk_text(change, hunk)
        if len(shown) > left and left > 600:
            shown = shown[: left - 60] + "\n[... rest of this hunk left out ...]"
        if len(shown) > left:
            dropped += 1
            continue
        parts.append(shown)
        left -= len(shown)
    if dropped or diff.truncated:
        parts.append(f"[... {dropped or 'some'} hunks further from the trace left out ...]")
    return "\n".join(parts)


def _file_line(change: FileChange) -> str:
    renamed = f" (was {change.old_path})" if change.old_path and change.old_path != change.path else ""
    return f"  {change.path}{renamed} +{change.added_lines} -{change.removed_lines}{' binary' if change.binary else ''}"


def _hunks(diff: CommitDiff, named: Places) -> Iterable[tuple[tuple[int, bool, int, int], FileChange, Hunk]]:
    for order, change in enumerate(diff.files):
        for hunk in change.hunks:
            harmless = kind_of(change.path) in HARMLESS  # at the same distance, tests and documents come after code
            yield (_distance(change, hunk, named), harmless, order, hunk.new_start), change, hunk


def _distance(change: FileChange, hunk: Hunk, named: Places) -> int:
    """Return the lines between the hunk and the nearest named line; _FAR for files the trace does not name."""
    lines = named.get(change.path)
    if lines is None:
        return _FAR
    end = hunk.new_start + max(hunk.new_lines, 1)
    return min((max(hunk.new_start - line, line - end, 0) for line in lines), default=_FAR // 2)


def _hunk_text(change: FileChange, hunk: Hunk) -> str:
    removed = [f"-{number:5} {text[:300]}" for number, text in zip(hunk.removed_at, hunk.removed, strict=True)]
    added = [f"+{number:5} {text[:300]}" for number, text in zip(hunk.added_at, hunk.added, strict=True)]
    head = f"@@ {change.path} -{hunk.old_start} +{hunk.new_start} @@ {hunk.header}".rstrip()
    return "\n".join([head, *removed, *added])
