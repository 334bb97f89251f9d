"""Reading files and standard input, and writing to standard output and error."""

import os
import shutil
import stat
import sys
from pathlib import Path
from typing import IO, TextIO

from incidents.errors import InputError

MOST_BYTES = 32 * 2**20


def read_bytes(name: str, option: str) -> bytes:
    """The content of a file, or of standard input for `-`. Of more than 32 MiB the middle is left out.

    Raises InputError, naming `option`, for what cannot be read.
    """
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES)
    try:
        with Path(name).open("rb") as file:
            return _bounded(file)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{option}: cannot read {name!r} ({reason}); pass a file, or - for standard input") from error


def _bounded(file: IO[bytes]) -> bytes:
    """The whole content, or its head and tail; of what is no regular file (a pipe), only the head."""
    state = os.fstat(file.fileno())
    if not stat.S_ISREG(state.st_mode) or state.st_size <= MOST_BYTES:
        return file.read(MOST_BYTES)
    head = file.read(MOST_BYTES // 2)
    file.seek(-MOST_BYTES // 2, os.SEEK_END)
    return head + b"\n" + file.read()


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
