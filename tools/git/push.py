"""Branches of a remote: read, created, deleted. Nothing that somebody else pushed is ever overwritten."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import pygit2

from incidents.errors import FetchFailed, PushFailed, PushRejected
from tools.git.remote_git import RemoteGit

_HEADS: Final = "refs/heads/"


class RemoteBranch(NamedTuple):
    """A branch of a remote and its commit."""

    name: str
    sha: str


@dataclass(frozen=True, slots=True)
class RemoteBranches:
    """The branches of a remote. Every method may raise PushFailed: no answer, so that nobody knows whether it acted.

    `list_seconds`: so long it may take to say which branches there are (default: as long as a push).
    """

    remote: RemoteGit
    list_seconds: float | None = None

    def default(self) -> RemoteBranch:
        """Return what the remote's HEAD names. Raises PushRejected when it names no branch with a commit."""
        name = sha = ""
        for line in self._listed("--symref", "HEAD"):
            value, _, ref = line.partition("\t")
            if value.startswith(f"ref: {_HEADS}"):
                name = value.removeprefix(f"ref: {_HEADS}")
            elif ref == "HEAD":
                sha = value
        if not name or not sha:
            raise PushRejected("the remote has no default branch: name one as `target`")
        return RemoteBranch(name, sha)

    def find(self, name: str) -> str | None:
        """Return the commit of a branch; None when there is no such branch."""
        ref = _HEADS + name
        listed = (line.partition("\t") for line in self._listed(ref))
        return next((sha for sha, _, found in listed if found == ref), None)  # git also lists refs that only end so

    def create(self, folder: Path, name: str, sha: str) -> None:
        """Push the commit `sha` of the repository in `folder` as a new branch; done already when the branch is at it.

        Raises PushRejected when the branch is there with another commit, or when the remote refuses.
        """
        try:
            # A lease without a value: the branch must not exist. A plain push would move a branch that is behind.
            self._push(folder, f"--force-with-lease={_HEADS}{name}:", f"{sha}:{_HEADS}{name}")
        except PushRejected as refused:
            there = self.find(name)
            if there in (None, sha):
                raise
            why = f"branch {name} is there with another commit ({there[:12]}): nothing is overwritten"
            raise PushRejected(why) from refused

    def delete(self, name: str, sha: str) -> bool:
        """Delete a branch that is at `sha`, or is gone; return False when it has another commit and stays."""
        there = self.find(name)
        if there is None or there != sha:
            return there is None
        try:
            with tempfile.TemporaryDirectory(prefix="redtide-push-") as folder:
                pygit2.init_repository(folder, bare=True)  # git pushes from a repository, also nothing
                self._push(Path(folder), f"--force-with-lease={_HEADS}{name}:{sha}", f":{_HEADS}{name}")
        except PushRejected:
            if (now := self.find(name)) == sha:
                raise
            return now is None
        return True

    def _listed(self, *what: str) -> list[str]:
        options = [each for each in what if each.startswith("--")]
        patterns = [each for each in what if not each.startswith("--")]
        try:
            done = self.remote.run("ls-remote", *options, "--", self.remote.url, *patterns, seconds=self.list_seconds)
        except FetchFailed as error:
            raise PushFailed(f"the remote cannot be read: {error}") from error
        if done.returncode:
            raise PushFailed(f"the remote cannot be read: {self.remote.reason(done.stderr)}")
        return done.stdout.decode(errors="replace").splitlines()

    def _push(self, folder: Path, lease: str, change: str) -> None:
        options = ("--porcelain", "--no-follow-tags", "--no-signed", "--recurse-submodules=no", lease)
        try:
            done = self.remote.run("--git-dir", str(folder), "push", *options, "--", self.remote.url, change)
        except FetchFailed as error:
            raise PushFailed(f"the push did not end: {error}") from error
        if not done.returncode:
            return
        refused = [line for line in self.remote.without_token(done.stdout).splitlines() if line.startswith("!\t")]
        if refused:  # the remote answered for this branch; without such a line it may have acted or not
            said = [line for line in done.stderr.splitlines() if line.startswith(b"remote:")]
            why = refused[0].rpartition("\t")[2]
            raise PushRejected(self.remote.reason(b" ".join([why.encode(), *said[:5]])))
        raise PushFailed(f"the push failed: {self.remote.reason(done.stderr)}")
