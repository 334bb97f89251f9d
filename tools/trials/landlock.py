"""Run a command that can neither read the memory and environment of other processes nor signal them: Landlock.

    python -I -S landlock.py COMMAND [ARGUMENT...]

Needs Linux 5.19, for signals 6.12. A process that entered a Landlock domain may trace, and so read, only processes of
that domain; what it starts is of it too. Root is not held: whoever has CAP_SYS_ADMIN or CAP_PERFMON may read the memory
and environment of every process past Landlock. Nothing else is forbidden: the one right that is handled, to move files
between folders, which every domain takes away, is granted for all of them. It stands alone, because it is started
without any path.

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
_ONLY_THE_VERSION: Final = 1
_SIGNALS: Final = 1 << 1
_WITH_SIGNALS: Final = 6
"""The version of the interface that can keep signals within the domain."""
_NO_NEW_PRIVILEGES: Final = 38


def restrict() -> None:
    """Enter a domain of its own. Raises OSError where the kernel has no Landlock, or not enough of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = _checked(libc.syscall(_CREATE, None, ctypes.c_size_t(0), _ONLY_THE_VERSION))
    handled = struct.pack("=QQQ", _REFER, 0, _SIGNALS) if version >= _WITH_SIGNALS else struct.pack("=Q", _REFER)
    ruleset = _checked(libc.syscall(_CREATE, handled, ctypes.c_size_t(len(handled)), 0))
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
