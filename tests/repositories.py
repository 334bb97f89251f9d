"""Real throwaway git repositories, for any test: `from tests.repositories import build`."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, NotRequired, TypedDict

import pygit2

START = 1_700_000_000  # seconds; commits are an hour apart, so that shas are the same in every run


class Change(TypedDict):
    """One commit: `files` maps a path to its new content, or to None to delete it."""

    files: Mapping[str, str | bytes | None]
    message: NotRequired[str]
    author: NotRequired[str]
    at: NotRequired[int]  # seconds since 1970


class Built(NamedTuple):
    """Where the work tree is, and the commits' ids, oldest first."""

    path: Path
    shas: list[str]


def build(folder: Path, changes: Sequence[Change], *, name: str = "repository") -> Built:
    """A work tree `folder/name` on branch `main` with one commit for each change, checked out."""
    path = folder / name
    pygit2.init_repository(str(path), initial_head="main")
    return Built(path, extend(path, changes))


def extend(path: Path, changes: Sequence[Change]) -> list[str]:
    """Commit more changes on top of the checked-out branch; returns their ids."""
    repository = pygit2.Repository(str(path))
    age = _age(repository)
    return [_commit(repository, path, change, age + number) for number, change in enumerate(changes)]


def without_files(built: Built) -> Path:
    """A bare clone beside it that has every commit and folder, and the content of no file."""
    git(built.path, "config", "uploadpack.allowFilter", "true")
    clone = built.path.parent / "partial.git"
    git(built.path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{built.path}", str(clone))
    return clone


def git(path: Path, *arguments: str, check: bool = True) -> str:
    """What git prints, without its last newline. Nobody's configuration is read; the clock is the commits'."""
    clean = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    who = {f"GIT_{role}_{key}": "test" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    when = {f"GIT_{role}_DATE": f"{START + 1_000_000} +0000" for role in ("AUTHOR", "COMMITTER")}
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", "-C", str(path), *arguments],
        env={**os.environ, **clean, **who, **when},
        check=check,
        capture_output=True,
    )
    return done.stdout.decode(errors="replace").removesuffix("\n")


def _commit(repository: pygit2.Repository, path: Path, change: Change, age: int) -> str:
    index = repository.index
    for name, content in change["files"].items():
        file = path / name
        if content is None:
            file.unlink()
            index.remove(name)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
            index.add(name)
    index.write()
    parents = [] if repository.head_is_unborn else [repository.head.target]
    at = change.get("at", START + 3600 * age)
    author = change.get("author", "Ada Lovelace")
    who = pygit2.Signature(author, f"{author.split()[0].lower()}@example.org", at, 0)
    message = change.get("message", "change " + ", ".join(change["files"]))
    return str(repository.create_commit("HEAD", who, who, message, index.write_tree(), parents))


def _age(repository: pygit2.Repository) -> int:
    return 0 if repository.head_is_unborn else sum(1 for _ in repository.walk(repository.head.target))
