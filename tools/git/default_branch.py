"""The branch that reverts go on top of: the default branch of the remote, as last fetched."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import pygit2

from incidents.errors import InputError
from tools.git.repository import Repository

_USUAL: Final = ("main", "master", "trunk")
_MOST: Final = 1_000_000  # bytes of FETCH_HEAD that are read


class Branch(NamedTuple):
    """A branch as it is known here. `fetched_at` is None when it is not fetched from anywhere, or nobody knows when."""

    name: str
    sha: str
    remote: str | None = None
    fetched_at: datetime | None = None


def default_branch(repository: Repository) -> Branch:
    """Return the default branch of the remote `origin`, or of the only remote.

    In a mirror that is what HEAD names, and without any remote the branch that is checked out. Raises InputError when the
    remote's default branch is not known, UnknownRevision when there is no commit yet.
    """
    remote = _remote(repository.raw)
    tracked = _tracked(repository.raw, remote) if remote else []
    if not remote or not tracked:  # nothing is fetched, or branches are copied as they are: a mirror
        sha, name = repository.resolve("HEAD"), _checked_out(repository.raw)
        mirror = remote if repository.raw.is_bare else None  # elsewhere a commit writes this file, and no fetch
        return Branch(name, sha, remote, _fetched_at(repository, mirror, f"refs/heads/{name}") if mirror else None)
    name = _default_of(repository.raw, remote, tracked)
    ref = f"refs/remotes/{remote}/{name}"
    return Branch(f"{remote}/{name}", repository.resolve(ref), remote, _fetched_at(repository, remote, ref))


def remote_url(repository: Repository) -> str | None:
    """Return the address of that remote, which may hold a password; None without one."""
    remote = _remote(repository.raw)
    return repository.raw.remotes[remote].url if remote else None


def _remote(raw: pygit2.Repository) -> str | None:
    names = [name for name in raw.remotes.names() if name]
    return "origin" if "origin" in names else names[0] if len(names) == 1 else None


def _tracked(raw: pygit2.Repository, remote: str) -> list[str]:
    """Return the names of the remote's branches, without HEAD."""
    prefix = f"refs/remotes/{remote}/"
    return [ref.removeprefix(prefix) for ref in raw.references if ref.startswith(prefix) and ref != f"{prefix}HEAD"]


def _default_of(raw: pygit2.Repository, remote: str, tracked: list[str]) -> str:
    """Return what the remote's HEAD named when it was cloned; else the only branch, or the only one with a usual name."""
    head = raw.references.get(f"refs/remotes/{remote}/HEAD")
    named = str(head.target).removeprefix(f"refs/remotes/{remote}/") if head is not None else ""
    if named in tracked:
        return named
    usual = [name for name in _USUAL if name in tracked]
    for names in (tracked, usual):
        if len(names) == 1:
            return names[0]
    raise InputError(
        f"the default branch of {remote} is not known here; run `git remote set-head {remote} --auto` there"
    )


def _checked_out(raw: pygit2.Repository) -> str:
    head = raw.references.get("HEAD")
    target = str(head.target) if head is not None else ""
    return target.removeprefix("refs/heads/") if target.startswith("refs/heads/") else "HEAD"


def _fetched_at(repository: Repository, remote: str, ref: str) -> datetime | None:
    """Return when git last heard of the branch: the newest of the files that a clone, fetch or push writes."""
    times = [file.stat().st_mtime for file in _traces_of_fetches(repository, remote, ref) if file.is_file()]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _traces_of_fetches(repository: Repository, remote: str, ref: str) -> Iterator[Path]:
    yield from (repository.folder / ref, repository.folder / "logs" / ref)
    yield from (repository.folder / where / "refs" / "remotes" / remote / "HEAD" for where in (".", "logs"))
    alone, url = len(list(repository.raw.remotes.names())) == 1, repository.raw.remotes[remote].url or ""
    for folder in {Path(repository.raw.path), repository.folder}:
        file = folder / "FETCH_HEAD"  # of the remote that was fetched last, which it names without user and ending
        if alone or (file.is_file() and _short(url) in file.read_bytes()[:_MOST].decode(errors="replace")):
            yield file


def _short(url: str) -> str:
    return url.rpartition("@")[2].rpartition("://")[2].rstrip("/").removesuffix(".git")
