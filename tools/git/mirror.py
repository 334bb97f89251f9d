"""Mirrors of remote repositories: cloned once, updated by `git fetch`, by one process at a time.

Credentials come from the environment and reach git through its environment too (`GIT_CONFIG_*`), never through
arguments, which every user of a machine can read. An interrupted fetch leaves the mirror unchanged, and the next one
continues from there.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

from incidents.errors import FetchFailed
from tools.git.git_command import run_git
from tools.git.remote import FetchPolicy, checked_url
from tools.git.remote_git import RemoteGit
from tools.text.redaction import redact

_REFS: Final = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_POLICY: Final = FetchPolicy()
# Allowed keys of a repository's own configuration: those that only describe it. Others could name programs
# (core.sshCommand, gc's hooks, remote.*.uploadpack, core.alternateRefsCommand) or redirect git (url.*.insteadOf,
# http.proxy, include.path).
_HARMLESS: Final = re.compile(
    r"core\.(repositoryformatversion|filemode|bare|ignorecase|precomposeunicode|symlinks|logallrefupdates|sharedrepository"
    r"|compression|loosecompression|bigfilethreshold|packedgitlimit|packedgitwindowsize|deltabasecachelimit|abbrev)"
    r"|remote\.[\w.-]+\.(url|pushurl|fetch|push|mirror|tagopt|prune|promisor|partialclonefilter|skipdefaultupdate)"
    r"|extensions\.(partialclone|objectformat)|gc\.(auto|autodetach|autopacklimit|pruneexpire)|pack\.\w+"
    r"|branch\..+\.(remote|merge|rebase)|user\.(name|email)|submodule\..+\.(url|active)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Mirror:
    """A bare copy at `path` of the repository at `url`. `token_variable` names the variable with the access token."""

    path: Path
    url: str
    token_variable: str = "REDTIDE_GIT_TOKEN"
    policy: FetchPolicy = _POLICY
    user: str = "x-access-token"

    def refresh(self) -> None:
        """Clone a mirror that does not exist yet, else fetch. Waits for another process that does the same.

        Raises FetchFailed, whose text contains no credential.
        """
        try:
            checked_url(self.url, self.policy.schemes)
        except ValueError as error:
            raise FetchFailed(f"the remote of {self.path.name}: {error}") from error
        with self._alone():
            if not (self.path / "HEAD").is_file():
                self._git("init", "--quiet", "--bare", "--template=", "--", str(self.path))
            self._refuse_programs()
            self._ask_remote("fetch", "--quiet", "--prune", "--no-write-fetch-head", "--", self.url, *_REFS)
            self._follow_head()
            self._note_the_fetch()

    def _refuse_programs(self) -> None:
        """Raise FetchFailed when the mirror's own configuration could run programs or redirect git."""
        if (self.path / "commondir").exists():
            raise FetchFailed(f"{self.path.name} is a linked worktree: name the repository it belongs to")
        config = str(self.path / "config")
        output = self._git("config", "--file", config, "--no-includes", "--list", "--name-only", "-z")
        for key in filter(None, output.split("\0")):
            if not _HARMLESS.fullmatch(key):
                raise FetchFailed(
                    f"{self.path.name} is not fetched while its configuration has {redact(key)[:100]!r}: "
                    "remove that, or clone it anew"
                )

    def _follow_head(self) -> None:
        """Set HEAD to the remote's default branch, which `git init` could not know."""
        output = self._ask_remote("ls-remote", "--symref", "--", self.url, "HEAD")
        for line in output.splitlines():
            if line.startswith("ref: refs/heads/"):
                self._git("--git-dir", str(self.path), "symbolic-ref", "HEAD", line.split()[1])
                return

    def _note_the_fetch(self) -> None:
        """Leave what git itself would: the remote's address, and a FETCH_HEAD (empty) whose time says how old this is."""
        self._git("--git-dir", str(self.path), "config", "remote.origin.url", self.url)
        (self.path / "FETCH_HEAD").touch()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Allow one refresh at a time, across the processes of this machine."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with (self.path.parent / f"{self.path.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise FetchFailed(f"{self.path.name} cannot be refreshed: {error.strerror}") from error

    def _git(self, *arguments: str) -> str:
        """Return the output of git without access to any other machine."""
        return self._printed(run_git(arguments, seconds=self.policy.seconds, folder=self.path.parent))

    def _ask_remote(self, *arguments: str) -> str:
        """Return the output of git with access to the remote."""
        return self._printed(self._remote().run("--git-dir", str(self.path), *arguments))

    def _printed(self, done: CompletedProcess[bytes]) -> str:
        if done.returncode:
            raise FetchFailed(f"git failed: {self._remote().reason(done.stderr)}")
        return done.stdout.decode(errors="replace")

    def _remote(self) -> RemoteGit:
        return RemoteGit(self.url, os.environ.get(self.token_variable, ""), self.policy, self.user)
