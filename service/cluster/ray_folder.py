"""The folder for Ray's files, including its sockets: whoever reaches those needs no token."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from incidents.errors import InputError
from service.cluster.hosting import Hosting

_LONGEST_SOCKET = 107
"""Bytes that Linux takes for the path of a socket."""


@contextmanager
def ray_folder(hosting: Hosting) -> Iterator[Path]:
    """Yield where Ray may put its files. Raises InputError when others may enter it, or Ray cannot use it.

    Ray opens its folder to everybody (0777), so it is placed inside a folder that only its owner may enter.
    """
    if hosting.ray_folder is None:
        with tempfile.TemporaryDirectory(prefix="rt", ignore_cleanup_errors=True) as name:
            yield Path(name) / "r"
        return
    _refuse(hosting.ray_folder)
    yield hosting.ray_folder / "r"


def _refuse(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        open_to = folder.stat().st_mode & 0o077
    except OSError as error:
        raise InputError(
            f"ray_folder: {str(folder)!r} cannot be used ({error.strerror}); name a folder that can be made"
        ) from error
    if open_to:
        raise InputError(f"ray_folder: others may enter {str(folder)!r}; chmod 700 it, or name a new folder")
    below = f"/r/session_2026-01-01_00-00-00_000000_{os.getpid()}/sockets/plasma_store"
    most = _LONGEST_SOCKET - len(below)
    if len(os.fsencode(folder)) > most:
        raise InputError(
            f"ray_folder: {str(folder)!r} must have at most {most} characters, for Ray's sockets lie below it"
        )
