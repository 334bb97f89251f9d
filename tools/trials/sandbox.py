"""A sandbox for trials: bubblewrap, where it works. The command sees the machine read-only, and no network."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_HIDDEN: Final = (
    *(
        ".ssh",
        ".aws",
        ".gnupg",
        ".kube",
        ".docker",
        ".azure",
        ".netrc",
        ".git-credentials",
        ".pgpass",
        ".npmrc",
        ".pypirc",
    ),
    *(".config/gcloud", ".config/gh", ".config/redtide", ".local/share/keyrings"),
    *(".cargo/credentials.toml", ".gem/credentials", ".m2/settings.xml", ".vault-token", ".password-store", ".boto"),
    *(".bash_history", ".zsh_history", ".colima", ".lima", ".orbstack", ".rd"),  # the last: sockets of Docker
)
_OF_THE_MACHINE: Final = ("bus", "fs", "irq", "sys", "sysrq-trigger")
"""Below /proc: what is there belongs to the whole machine, and root may write it in whatever namespace it is."""
_PROCESSES: Final = 4096
_FEW_PROCESSES: Final = 'ulimit -u "$0" 2>/dev/null || ulimit -p "$0" 2>/dev/null; exec "$@"'
"""The first is how bash says it, the second how dash does. Counted in the sandbox alone, and not for root."""
_SECONDS: Final = 20


def sandbox(
    folder: Path, readable: Sequence[Path] = (), *, home: Path | None = None, network: bool = False
) -> Sequence[str] | None:
    """Return the words to put before a command, which may then write only to `folder`, `home` and a /tmp of its own.

    `readable` are folders that it reads even where they lie below /tmp.

    Files in which programs store credentials are hidden. None where bubblewrap is not installed or may not be used.
    """
    program = shutil.which("bwrap")
    if program is None:
        return None
    share = ("--share-net",) if network else ()
    writable = (folder,) if home is None else (home, folder)
    words = (
        *(program, "--die-with-parent", "--new-session", "--unshare-all", *share, "--cap-drop", "ALL"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run"),
        *(word for name in _OF_THE_MACHINE for word in ("--ro-bind-try", f"/proc/{name}", f"/proc/{name}")),
        *_hidden(Path.home()),
        *(word for path in readable for word in ("--ro-bind", str(path), str(path))),
        *(word for path in writable for word in ("--bind", str(path), str(path))),
        *("--chdir", str(folder), "/bin/sh", "-c", _FEW_PROCESSES, str(_PROCESSES)),
    )
    return words if _works(words) else None


def _hidden(home: Path) -> Iterator[str]:
    for name in _HIDDEN:
        path = home / name
        with suppress(PermissionError):  # of another account: what this one cannot read, the command cannot either
            if path.is_dir():
                yield from ("--tmpfs", str(path))
            elif path.exists():
                yield from ("--ro-bind", "/dev/null", str(path))


def _works(words: Sequence[str]) -> bool:
    """Return whether this machine lets the account make such a sandbox."""
    try:
        return subprocess.run((*words, "true"), capture_output=True, timeout=_SECONDS, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
