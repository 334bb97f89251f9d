"""Run a command of the owner in a folder: bounded in time and output, without the secrets of this process."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import IO, Final

from incidents.confirmation import Trial, TrialOutcome
from incidents.errors import WorkInterrupted
from tools.text.redaction import redact

_PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "TZ", "TERM")
_CHUNK: Final = 8_192
_CHUNKS: Final = 4
_SHOWN: Final = 4_000
_LOOK_SECONDS: Final = 0.5
_UNTESTABLE: Final = frozenset({125, 126, 127})  # as in `git bisect run`; not executable; not found
_CRASHES: Final = frozenset(
    128 + number for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
)
# No core files, and no file above 2 GB; the command itself is the first argument, so that nothing is pasted into a script.
_BOUNDED: Final = 'ulimit -c 0; ulimit -f 4194304; exec /bin/sh -c "$1"'


@dataclass(frozen=True, slots=True)
class Command:
    """What the owner gave to be run, and the seconds that it may take. `wrapper` is put before it: a sandbox.

    It is ended when another thread sets `stop`.
    """

    text: str
    seconds: float = 600.0
    wrapper: Sequence[str] = ()
    stop: Event = field(default_factory=Event)


def run_command(command: Command, folder: Path, commit: str, home: Path) -> Trial:
    """Run the command in `folder`; `home`, an empty folder, is its HOME. It reads no input; its processes end with it.

    Raises WorkInterrupted when it was stopped.
    """
    started = time.monotonic()
    process = subprocess.Popen(
        (*command.wrapper, "/bin/sh", "-c", _BOUNDED, "sh", command.text),
        cwd=folder,
        env=_environment(home, commit),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_hear_all,
    )
    tail: deque[bytes] = deque(maxlen=_CHUNKS)
    reader = Thread(target=_read, args=(process.stdout, tail), daemon=True)
    reader.start()
    try:
        status = _status(process, command)
    finally:
        _end(process)
    reader.join(1.0)  # a process that left the group may hold the pipe open: it is not waited for
    return Trial(
        commit=commit,
        outcome=_outcome(status),
        status=status,
        seconds=round(time.monotonic() - started, 3),
        output=redact(b"".join(tail).decode(errors="replace"))[-_SHOWN:],
    )


def _hear_all() -> None:
    """Undo a block of signals: the caller may have blocked some, and programs end one another with SIGTERM."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _status(process: subprocess.Popen[bytes], command: Command) -> int | None:
    """The exit status, as a shell tells of a signal; None when it ran out of time. Raises WorkInterrupted."""
    until = time.monotonic() + command.seconds
    while (left := until - time.monotonic()) > 0:
        try:
            ended = process.wait(min(left, _LOOK_SECONDS))
        except subprocess.TimeoutExpired:
            if command.stop.is_set():
                raise WorkInterrupted("the trials were stopped") from None
            continue
        return ended if ended >= 0 else 128 - ended
    return None


def _outcome(status: int | None) -> TrialOutcome:
    if status is None:
        return "timed_out"
    if status == 0:
        return "passed"
    ended_by_another = status > 128 and status not in _CRASHES
    return "untestable" if status in _UNTESTABLE or ended_by_another else "failed"


def _environment(home: Path, commit: str) -> Mapping[str, str]:
    """No settings of programs come from the commit: its files are not in HOME, where git, npm and others look."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    no_git = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    return {**passed, **no_git, "HOME": str(home), "CI": "1", "REDTIDE_COMMIT": commit}


def _read(pipe: IO[bytes], tail: deque[bytes]) -> None:
    """Read to the end, so that the command never waits, and remember only the last of it."""
    with pipe:
        while chunk := pipe.read(_CHUNK):
            tail.append(chunk)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command's whole group, also what it left running."""
    with suppress(ProcessLookupError):  # nothing of it is left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
