"""File permissions of a SQLite store, which contains logs and code: only the service's own user may read it."""

import os
from pathlib import Path

_OWNER_ONLY = 0o600


def make_private(file: Path) -> None:
    """Create the file, empty, and its folder when they are missing; remove the access of other users when they exist.

    SQLite creates its additional files with the same permissions. Raises OSError.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))
    for each in (file, *(file.with_name(file.name + ending) for ending in ("-wal", "-shm"))):
        if each.exists() and each.stat().st_uid == os.geteuid():
            each.chmod(each.stat().st_mode & _OWNER_ONLY)
