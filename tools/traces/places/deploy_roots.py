"""Programs deployed from folders of a repository: `/app/cart.py` is `services/checkout/cart.py`."""

from collections.abc import Collection, Sequence

from incidents.trace import Failure, Frame, StackTrace
from tools.traces.places.paths import PathIndex, map_to_repository


def folder_of(root: str) -> str:
    """A folder as git writes it: `./services/checkout/` is `services/checkout`."""
    return "/".join(part for part in root.replace("\\", "/").split("/") if part not in ("", "."))


def placed_below(trace: StackTrace, roots: Sequence[str], paths: Collection[str]) -> StackTrace:
    """The trace with the paths of its frames as they are in the repository, where a file below one of `roots` is meant.

    A frame takes the first root that has its file; other frames keep the printed path, as they may be of a shared
    library elsewhere in the repository.
    """
    for root in map(folder_of, roots):
        trace = _placed(trace, root, paths)
    return trace


def _placed(trace: StackTrace, root: str, paths: Collection[str]) -> StackTrace:
    start = f"{root}/" if root else ""
    below = [path.removeprefix(start) for path in paths if path.startswith(start)]
    mapped = map_to_repository(_without(trace, frozenset(paths)), PathIndex(below))
    failures = [
        Failure(
            type=failure.type,
            message=failure.message,
            frames=tuple(
                _frame(frame, found.repo_path, start) for frame, found in zip(failure.frames, own.frames, strict=True)
            ),
        )
        for failure, own in zip(trace.failures, mapped.failures, strict=True)
    ]
    return trace.model_copy(update={"failures": tuple(failures)})


def _without(trace: StackTrace, placed: Collection[str]) -> StackTrace:
    """The trace without the paths that are in the repository already: another root must not claim them."""

    def hidden(frame: Frame) -> Frame:
        return frame.model_copy(update={"path": ""}) if frame.path in placed else frame

    failures = [failure.model_copy(update={"frames": tuple(map(hidden, failure.frames))}) for failure in trace.failures]
    return trace.model_copy(update={"failures": tuple(failures)})


def _frame(frame: Frame, found: str | None, start: str) -> Frame:
    return frame if found is None else frame.model_copy(update={"path": start + found})
