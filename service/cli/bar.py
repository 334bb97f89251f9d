"""The progress bar of `redtide evaluate`, on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from service.cli.streams import colours


class Bar:
    """One task of a rich progress display."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def advance(self, right: int, measured: int) -> None:
        """One more case is done."""
        self._progress.update(self._task, advance=1, description=f"{right} of {measured} right")


@contextmanager
def bar(total: int) -> Iterator[Bar]:
    """A bar over `total` cases on standard error."""
    console = Console(stderr=True, no_color=not colours(sys.stderr))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bar(progress, progress.add_task("evaluating", total=total))
