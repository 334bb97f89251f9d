"""Confines a command without a sandbox: it reads no other process of the same account."""

import ctypes
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_SECONDS: Final = 20


def confined() -> Sequence[str]:
    """Return the words to put before a command, which can then read no other process; none where that is not possible.

    Where Linux has no Landlock, this process closes itself to all others instead, for good and not against root:
    the command could otherwise read /proc/<its parent>/environ.
    """
    if sys.platform != "linux":
        return ()
    words = landlock()
    if not words:
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return words


def landlock() -> Sequence[str]:
    """Return the words that put a command into a Landlock domain; none where this machine has no Landlock."""
    words = (sys.executable, "-I", "-S", str(Path(__file__).with_name("landlock.py")))
    return words if _works(words) else ()


def _works(words: Sequence[str]) -> bool:
    try:
        return subprocess.run((*words, "true"), capture_output=True, timeout=_SECONDS, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
