"""The progress of a long command: a bar on a terminal, a few lines in a log."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service.cli.streams import colours, note

Advance = Callable[[str], None]
"""To be called after each step, with a short status text."""
_LINES = 10


@contextmanager
def progress(total: int) -> Iterator[Advance]:
    """The progress of `total` steps, on standard error."""
    if not sys.stderr.isatty():
        yield _in_lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, no_color=not colours(sys.stderr))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda text: bar.update(task, advance=1, description=text)


def _in_lines(total: int) -> Advance:
    """Print about ten lines over all steps, one of them at the end."""
    every = max(1, total // _LINES)
    done = 0

    def advance(text: str) -> None:
        nonlocal done
        done += 1
        if done % every == 0 or done == total:
            note(f"{done}/{total} {text}")

    return advance
