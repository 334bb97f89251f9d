"""One telling commit among quiet ones, and an error of which the log holds only the message."""

from collections.abc import Mapping
from pathlib import Path

from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.impact.context import SignalContext
from tools.ranking.gather import read_context
from tools.signals.registry import measure
from tools.traces import PathIndex, map_to_repository, parse

Files = Mapping[str, str | bytes | None]
QUIET: list[Change] = [{"files": {f"shop/mail{n}.py": f"def send{n}(to):\n    return to\n"}} for n in range(3)]


def window_of(folder: Path, changes: list[Change], trace: str, base: int = 0) -> SignalContext:
    """The context of `trace` at the last of `changes`; number `base` is the last one before the window."""
    built = build(folder, changes)
    repository = Repository.open(built.path)
    mapped = map_to_repository(parse(trace), PathIndex(repository.paths(built.shas[-1])))
    return read_context(repository, repository.window(built.shas[base], built.shas[-1]), built.shas[-1], mapped)


def signals(
    folder: Path, before: Files, after: Files, trace: str, others: list[Change] | None = None
) -> dict[str, tuple[float, str]]:
    """Value and sentence of each signal of the commit that turns the files `before` into `after`."""
    changes: list[Change] = [{"files": before}, QUIET[0], {"files": after}, *(QUIET[1:] if others is None else others)]
    context = window_of(folder, changes, trace)
    return {found.name: (found.value, found.detail) for found in measure(context, context.changes[1])}
