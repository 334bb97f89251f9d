"""What other processes of the same account can read of this one."""

import ctypes
import sys
from contextlib import suppress
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def close_to_others() -> None:
    """Let no other process of this account read the environment and memory of this one (on Linux, for good).

    A command that runs without a sandbox could otherwise read /proc/<its parent>/environ. It does not bind root.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
