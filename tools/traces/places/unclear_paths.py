"""Printed paths that fit several files of the repository equally well, as in a repository of many services."""

from typing import NamedTuple

from incidents.trace import StackTrace
from tools.traces.places.paths import PathIndex, components, is_foreign


class Unclear(NamedTuple):
    """The end of a printed path, and the files that end with it."""

    ending: str
    files: tuple[str, ...]


def unclear_file(mapped: StackTrace, index: PathIndex) -> Unclear | None:
    """What the innermost such frame may mean, where no frame of the trace has a file; None when there is none.

    A file's name and its folder must agree: a name alone is everywhere.
    """
    if any(frame.in_app for frame in mapped.frames):
        return None
    paths = dict.fromkeys(frame.path for frame in mapped.frames if frame.path and not is_foreign(frame.path))
    return next((found for path in paths if (found := _unclear(components(path), index)) is not None), None)


def _unclear(parts: list[str], index: PathIndex) -> Unclear | None:
    if not parts:
        return None
    agreed = {path: _agree(parts, path.split("/")) for path in index.same_name(parts)}
    most = max(agreed.values(), default=0)
    files = tuple(sorted(path for path, number in agreed.items() if number == most))
    return Unclear("/".join(parts[-most:]), files) if most > 1 and len(files) > 1 else None


def _agree(parts: list[str], others: list[str]) -> int:
    """How many components of two paths are the same, from their ends."""
    number = 0
    for mine, other in zip(reversed(parts), reversed(others), strict=False):
        if mine != other:
            break
        number += 1
    return number
