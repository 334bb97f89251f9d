"""Reading files and standard input, and writing to standard output and error."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from incidents.errors import InputError
from service.cli.option_errors import path_of


@contextmanager
def opened(name: str, option: str) -> Iterator[BinaryIO]:
    """A file, or standard input for `-`, to be read as bytes. Raises InputError, naming `option`, for what cannot be read."""
    if name == "-":
        if sys.stdin is None:
            raise InputError(f"{option}: standard input is closed; pass a file")
        yield sys.stdin.buffer
        return
    try:
        file = path_of(name, option).open("rb")
    except OSError as error:
        raise InputError(
            f"{option}: cannot read {name!r} ({error.strerror}); pass a file, or - for standard input"
        ) from error
    with file:
        yield file


def colours(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that shows colours (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns to wrap at: the terminal's, at most 120."""
    return min(shutil.get_terminal_size((100, 40)).columns, 120)


def write(text: str) -> None:
    """Write to standard output; characters outside its encoding are replaced."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, errors="replace").decode(encoding))


def note(text: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(text.encode("utf-8", errors="replace").decode("utf-8") + "\n")
    sys.stderr.flush()
