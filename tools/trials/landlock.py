"""Run a command that can read the memory and environment of no other process: Landlock, from Linux 5.19.

    python -I -S landlock.py COMMAND [ARGUMENT...]

A process that entered a Landlock domain may trace, and so read, only processes of that domain, whatever its account; this
holds for all that it starts. Nothing else is forbidden: the one right that is handled, to move files between folders,
which every domain takes away, is granted for all of them. It stands alone, because it is started without any path.

Source: https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import struct
import sys
from typing import Final

_CREATE: Final = 444
_ADD_RULE: Final = 445
_RESTRICT: Final = 446
"""The numbers of these three system calls, the same on every processor."""
_PATH_BENEATH: Final = 1
_REFER: Final = 1 << 13
_NO_NEW_PRIVILEGES: Final = 38


def restrict() -> None:
    """Enter a domain of its own. Raises OSError where the kernel has no Landlock, or not enough of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    ruleset = _checked(libc.syscall(_CREATE, struct.pack("=Q", _REFER), ctypes.c_size_t(8), 0))
    root = os.open("/", os.O_PATH | os.O_CLOEXEC)
    _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", _REFER, root), 0))
    _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(libc.syscall(_RESTRICT, ruleset, 0))
    os.close(root)
    os.close(ruleset)


def _checked(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer


if __name__ == "__main__":
    restrict()
    os.execvp(sys.argv[1], sys.argv[1:])
