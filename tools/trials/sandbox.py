"""A sandbox for trials: bubblewrap, where it works. The command sees the machine read-only, and no network."""

import logging
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from tools.trials.hidden import covered, shown_again

_OF_THE_MACHINE: Final = ("bus", "fs", "irq", "sys", "sysrq-trigger")
"""Below /proc: what is there belongs to the whole machine, and root may write it in whatever namespace it is."""
_PROCESSES: Final = 4096
_FEW_PROCESSES: Final = 'ulimit -u "$0" 2>/dev/null || ulimit -p "$0" 2>/dev/null; exec "$@"'
"""The first is how bash says it, the second how dash does. Counted in the sandbox alone, and not for root."""
_SECONDS: Final = 20
_SHOWN: Final = 200
_SIZES: Final = {"/tmp": 2 << 30, "/run": 64 << 20, "/dev/shm": 512 << 20}
"""Bytes of memory that the files there may take; without a bound, each may take half of the machine's."""

_log = logging.getLogger(__name__)


def sandbox(
    folder: Path, readable: Sequence[Path] = (), *, home: Path | None = None, network: bool = False
) -> Sequence[str] | None:
    """Return the words to put before a command, which may then write only to `folder`, `home` and a /tmp of its own.

    `readable` are folders that it reads even where they lie below /tmp, or are hidden: see `tools.trials.hidden`.

    None where bubblewrap is not installed or may not be used; `obstacle` says which.
    """
    words = _words(folder, readable, home, network)
    if not words:
        return None
    told = _refusal(words)
    if told is not None:
        _log.warning("no sandbox: %s", told)
    return words if told is None else None


def obstacle(
    folder: Path, readable: Sequence[Path] = (), *, home: Path | None = None, network: bool = False
) -> str | None:
    """Return why there is no such sandbox, as bubblewrap says it; None where it works."""
    words = _words(folder, readable, home, network)
    return _refusal(words) if words else "install bubblewrap"


def _words(folder: Path, readable: Sequence[Path], home: Path | None, network: bool) -> tuple[str, ...]:
    """The words; none where bubblewrap is not installed."""
    program = shutil.which("bwrap")
    if program is None:
        return ()
    share = ("--share-net",) if network else ()
    writable = (folder,) if home is None else (home, folder)
    hidden = covered()
    return (
        *(program, "--die-with-parent", "--new-session", "--unshare-all", *share, "--cap-drop", "ALL"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *_of_memory(program)),
        *(word for name in _OF_THE_MACHINE for word in ("--ro-bind-try", f"/proc/{name}", f"/proc/{name}")),
        *(word for path in hidden for word in _cover(path)),
        *(word for pair in shown_again(hidden) for word in ("--ro-bind", *map(str, pair))),
        *(word for path in readable for word in ("--ro-bind", str(path), str(path))),
        *(word for path in writable for word in ("--bind", str(path), str(path))),
        *(word for path in _closed(hidden, (*writable, *readable)) for word in ("--remount-ro", path)),
        *("--chdir", str(folder), "/bin/sh", "-c", _FEW_PROCESSES, str(_PROCESSES)),
    )


def _of_memory(program: str) -> Iterator[str]:
    """Folders of its own, in memory. Their sizes can be told to bubblewrap from its version 0.7."""
    bounded = "--size" in _told_of_itself(program)
    for path, size in _SIZES.items():
        yield from (*(("--size", str(size)) if bounded else ()), "--tmpfs", path)


@cache
def _told_of_itself(program: str) -> str:
    try:
        return subprocess.run((program, "--help"), capture_output=True, timeout=_SECONDS, check=False, text=True).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _cover(path: Path) -> tuple[str, ...]:
    return ("--tmpfs", str(path)) if path.is_dir() else ("--ro-bind", "/dev/null", str(path))


def _closed(hidden: Iterable[Path], bound: Iterable[Path]) -> tuple[str, ...]:
    """The folders in memory that nothing is written to: what is mounted below them stays as it is."""
    taken = {os.path.realpath(path) for path in bound}
    return ("/dev", *(str(path) for path in hidden if path.is_dir() and str(path) not in taken))


def _refusal(words: Sequence[str]) -> str | None:
    """Return what bubblewrap says where this machine does not let the account make such a sandbox."""
    try:
        run = subprocess.run(
            (*words, "true"), capture_output=True, timeout=_SECONDS, check=False, text=True, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error).splitlines()[0][:_SHOWN]
    lines = run.stderr.strip().splitlines() or [f"bubblewrap ended with status {run.returncode}"]
    return None if run.returncode == 0 else "".join(filter(str.isprintable, lines[-1]))[:_SHOWN]
