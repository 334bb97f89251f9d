"""The progress of a long command: a bar on a terminal, a few lines in a log."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from service.cli.streams import colours, note

if TYPE_CHECKING:
    from tools.traces.large.blocks import Readable

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


@dataclass(frozen=True, slots=True)
class _Counted:
    """A stream that reports how much of it was read."""

    stream: BinaryIO
    advance: Callable[[int], None]

    def read(self, size: int, /) -> bytes:
        part = self.stream.read(size)
        self.advance(len(part))
        return part


@contextmanager
def reading(stream: BinaryIO) -> "Iterator[Readable]":
    """The stream, with a bar of the bytes read when standard error is a terminal."""
    if not sys.stderr.isatty():
        yield stream
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True, no_color=not colours(sys.stderr))
    columns = (TextColumn("reading the log"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=_size(stream))
        yield _Counted(stream, lambda size: bar.update(task, advance=size))


def _size(stream: BinaryIO) -> int | None:
    """The size of a regular file; None for what has none."""
    try:
        state = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return None
    return state.st_size if stat.S_ISREG(state.st_mode) else None
