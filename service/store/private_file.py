"""The files of a SQLite store hold logs and code: only the user whom the service runs as may read them."""

import os
from pathlib import Path

_OWNER_ONLY = 0o600


def make_private(file: Path) -> None:
    """Make the file, empty, and its folder, when they are not there; take it away from everybody else when it is.

    SQLite gives the files that it puts beside it the same permissions when it makes them. Raises OSError.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))
    for each in (file, *(file.with_name(file.name + ending) for ending in ("-wal", "-shm"))):
        if each.exists() and each.stat().st_uid == os.geteuid():
            each.chmod(each.stat().st_mode & _OWNER_ONLY)
