"""Run the git command so that neither configuration nor fetched data can make it run another program.

It receives only the environment variables that git needs: no secret of the service, and no GIT_TRACE that would print
the token. It reads only the repository's configuration, which `mirror` has checked; settings that could still run a
program or redirect the fetch are switched off here by GIT_CONFIG_*, which overrides it.
"""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from incidents.errors import FetchFailed

_PASSED_ON: Final = frozenset(
    (
        *("PATH", "HOME", "LANG", "TMPDIR", "USER", "LOGNAME", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("GIT_EXEC_PATH", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSH_COMMAND", "SSH_AUTH_SOCK"),
        *("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
    )
)
_SETTINGS: Final = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.askPass": "",
    "credential.helper": "",
    "http.followRedirects": "false",
    "http.sslVerify": "true",
    "transfer.bundleURI": "false",
    "fetch.recurseSubmodules": "false",
    "submodule.recurse": "false",
    "maintenance.auto": "false",
    "gc.auto": "0",
}
_ENVIRONMENT: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}
_OLDEST: Final = (2, 31)  # the first version that reads GIT_CONFIG_COUNT


def run_git(
    arguments: Sequence[str],
    *,
    scheme: str = "",
    settings: Sequence[tuple[str, str]] = (),
    seconds: float,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run `git` with fixed arguments and no shell. It may use transports of `scheme` only.

    Raises FetchFailed when it takes too long, is not installed, or is too old for these settings.
    """
    _refuse_old(version())
    try:
        return subprocess.run(
            ("git", *arguments),
            env=environment(scheme, settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
            cwd=folder,
        )
    except subprocess.TimeoutExpired as error:
        raise FetchFailed(f"git took longer than {seconds:g} s") from error


def environment(scheme: str, settings: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
    """Return git's environment. Secrets are safe in it: unlike arguments, only this account can read it."""
    passed = {name: value for name, value in os.environ.items() if name in _PASSED_ON}
    pairs = [*_SETTINGS.items(), *settings]
    numbered: Mapping[str, str] = {
        f"GIT_CONFIG_{part}_{number}": text
        for number, pair in enumerate(pairs)
        for part, text in zip(("KEY", "VALUE"), pair, strict=True)
    }
    home = {} if scheme == "ssh" else {"HOME": os.devnull}  # no .netrc: git would send its passwords over http too
    ssh = {"GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")}
    alone = {"GIT_ALLOW_PROTOCOL": scheme, "GIT_CONFIG_COUNT": str(len(pairs))}
    return {**passed, **home, **ssh, **_ENVIRONMENT, **alone, **numbered}


@cache
def version() -> tuple[int, ...]:
    """Return the version of the installed git, or (0,). Raises FetchFailed when git is not installed."""
    try:
        output = subprocess.run(("git", "version"), capture_output=True, check=False, env=environment("")).stdout
    except FileNotFoundError as error:
        raise FetchFailed("git is not installed") from error
    found = re.search(rb"(\d+)\.(\d+)", output)
    return tuple(map(int, found.groups())) if found else (0,)


def _refuse_old(found: tuple[int, ...]) -> None:
    if found < _OLDEST:
        raise FetchFailed(f"git {'.'.join(map(str, found))} is too old: 2.31 or newer is needed")
