"""Temporary files in memory: repositories and databases are written and removed there in a tenth of the time."""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30  # bytes; a whole run leaves a few hundred megabytes


def work_in_memory() -> None:
    """Let this process and those it starts put their temporary files there, unless TMPDIR names another place."""
    if "TMPDIR" not in os.environ and _fits(_MEMORY):
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # it may have been asked for before


def _fits(folder: Path) -> bool:
    """Return whether there is room in it, and whether programs in it may be run: in containers often not."""
    if not os.access(folder, os.W_OK):
        return False
    return shutil.disk_usage(folder).free > _ROOM and not os.statvfs(folder).f_flag & os.ST_NOEXEC
