"""File permissions of a SQLite store, which contains logs and code: only the service's own user may read it."""

import contextlib
import errno
import os
from pathlib import Path

_OWNER_ONLY = 0o600


def make_private(file: Path) -> None:
    """Create the file, empty, and its folder when they are missing; remove the access of other users when they exist.

    SQLite creates its additional files with the same permissions. Raises OSError.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _be_there(file)
    for each in (file, *(file.with_name(file.name + ending) for ending in ("-wal", "-shm"))):
        with contextlib.suppress(FileNotFoundError):  # whoever closes the file last removes the two others at any time
            _close_to_others(each)


def _be_there(file: Path) -> None:
    """Create the file when it is missing. One that exists is not opened: closing it would end SQLite's locks on it.

    POSIX locks belong to the process, and closing any descriptor of a file ends all of them.
    """
    if not file.is_file():
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))
    elif not os.access(file, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))


def _close_to_others(file: Path) -> None:
    found = file.stat()
    if found.st_uid == os.geteuid():
        file.chmod(found.st_mode & _OWNER_ONLY)
