"""Mirrors of remote repositories: cloned once, refreshed by `git fetch`, by one process at a time.

`git` is run with fixed arguments and no shell. Credentials come from the environment and reach git through its
environment too (`GIT_CONFIG_*`), never through arguments, which every user of a machine can read. A fetch that is cut
off leaves the mirror as it was, and the next one goes on from there.
"""

import base64
import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from incidents.errors import FetchFailed
from tools.text.redaction import redact

_SCHEMES: Final = ("https", "http", "ssh", "git", "file")
_REFS: Final = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


@dataclass(frozen=True, slots=True)
class Mirror:
    """A bare copy at `path` of the repository at `url`. `token_variable` names what holds an access token, if any."""

    path: Path
    url: str
    token_variable: str = "REDTIDE_GIT_TOKEN"
    user: str = "x-access-token"
    seconds: float = 300.0

    def refresh(self) -> None:
        """Clone what is not there yet, else fetch what is new. Waits for another process that does the same.

        Raises FetchFailed, whose text holds no credential.
        """
        with self._alone():
            if not (self.path / "HEAD").is_file():
                self._git("init", "--quiet", "--bare", str(self.path), inside=False)
            self._git("fetch", "--quiet", "--prune", "--no-write-fetch-head", "--", self.url, *_REFS)
            self._follow_head()

    def _follow_head(self) -> None:
        """HEAD names the remote's default branch, which `git init` could not know."""
        told = self._git("ls-remote", "--symref", "--", self.url, "HEAD")
        for line in told.splitlines():
            if line.startswith("ref: refs/heads/"):
                self._git("symbolic-ref", "HEAD", line.split()[1])
                return

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One refresh at a time, across processes of this machine."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with (self.path.parent / f"{self.path.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise FetchFailed(f"{self.path.name} cannot be refreshed: {error.strerror}") from error

    def _git(self, *arguments: str, inside: bool = True) -> str:
        where = ("--git-dir", str(self.path)) if inside else ()
        try:
            done = subprocess.run(
                ("git", *where, *arguments),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FetchFailed(f"git {arguments[0]} took longer than {self.seconds:g} s") from error
        if done.returncode:
            said = redact(done.stderr.decode(errors="replace")).strip().splitlines()
            raise FetchFailed(f"git {arguments[0]} failed: {(said[-1] if said else 'no reason given')[:300]}")
        return done.stdout.decode(errors="replace")

    def _environment(self) -> dict[str, str]:
        """This process's, without questions to a person, and with the token for exactly this host."""
        settings = {"protocol.ext.allow": "never", "gc.auto": "0"}
        parts = urlsplit(self.url)
        if (token := os.environ.get(self.token_variable)) and parts.scheme in ("http", "https"):
            secret = base64.b64encode(f"{self.user}:{token}".encode()).decode()
            settings[f"http.{parts.scheme}://{parts.netloc}/.extraHeader"] = f"Authorization: Basic {secret}"
        told = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings.items()):
            told |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        ssh = {"GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")}
        return {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **ssh, **told}


def checked_url(url: str) -> str:
    """A remote's address. Raises ValueError for one that git would run something for, or that holds a password."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or url.startswith("-"):
        raise ValueError(f"not an address git fetches from: give one with {', '.join(_SCHEMES)}")
    if parts.password or (parts.username and parts.scheme in ("http", "https")):
        raise ValueError("must not hold a password or token: put it into the environment variable for the token")
    return url
