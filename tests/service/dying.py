"""Processes that a test starts end with it, also when the test itself is killed: nobody else would stop them then."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
_C = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_us() -> None:
    """Ask the kernel for a SIGTERM when whoever started this process is gone: the `preexec_fn` of a new process."""
    if _C is not None:
        _C.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
