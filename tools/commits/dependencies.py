"""Which packages, runtimes and submodules a commit moved from one version to another, read from its manifests."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from incidents.errors import IncompleteRepository
from tools.commits.manifests import Packages, is_manifest, packages_in
from tools.git.changed_files import ChangedFile, changed_files
from tools.git.repository import Repository
from tools.git.submodules import titles_between
from tools.text.cache import Cache
from tools.text.redaction import redact_code

_MOST_BYTES: Final = 3_000_000
_MOST_MOVED: Final = 400
_CACHED: Final = 200_000
_RUNTIME_OF: Final = {"nvmrc": "node", "nvm": "node", "TargetFramework": ".NET"}
_manifests: Final = Cache[tuple[str, str], Packages](_CACHED, lambda found: 1 + len(found))
_moves: Final = Cache[str, "tuple[Moved, ...]"](_CACHED, lambda found: 1 + len(found))


@dataclass(frozen=True, slots=True)
class Moved:
    """A package that a commit moved; an empty version means that it was added or removed. `kind` is "package",
    "runtime" (an interpreter or image) or "submodule"; `inside` are then the titles of its own commits, newest first,
    where its repository is at hand."""

    name: str
    before: str
    after: str
    path: str
    kind: str = "package"
    inside: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What happened, as a clause: "moved `jackson` from 2.8.9 to 2.9.0 (pom.xml)"."""
        if self.inside:
            number = "one commit" if len(self.inside) == 1 else f"{len(self.inside)} commits"
            return f"moved `{self.name}` from {self.before} to {self.after} ({number}; the newest: {self.inside[0]})"
        if not self.before:
            return f"added `{self.name}` {self.after} ({self.path})"
        if not self.after:
            return f"removed `{self.name}` {self.before} ({self.path})"
        return f"moved `{self.name}` from {self.before} to {self.after} ({self.path})"


def dependencies_moved(repository: Repository, sha: str) -> tuple[Moved, ...]:
    """What the commit `sha` moved against its first parent, at most 400 of it; nothing where it cannot be read."""
    known = _moves.get(sha)
    if known is not None:
        return known
    try:
        found = tuple(_of_commit(repository, sha))[:_MOST_MOVED]
    except IncompleteRepository:
        return ()
    return _moves.put(sha, found)


def _of_commit(repository: Repository, sha: str) -> Iterator[Moved]:
    for file in changed_files(repository, repository.raw_commit(sha)):
        if file.old_path and file.new_path and file.old_id is None and file.new_id is None and not file.unread:
            yield _submodule(repository, sha, file.path)
        elif is_manifest(file.path):
            before, after = _packages(repository, file, after=False), _packages(repository, file, after=True)
            for name in sorted(before.keys() | after.keys()):
                if before.get(name) != after.get(name):
                    yield _moved(name, before.get(name, ""), after.get(name, ""), file.path)


def _submodule(repository: Repository, sha: str, path: str) -> Moved:
    commit = repository.raw_commit(sha)
    parent = repository.first_parent(commit)
    names = path.encode(errors="surrogateescape").split(b"/")
    ids = [repository.entry_at(each, names) if each is not None else None for each in (parent, commit)]
    before, after = (raw.hex() if raw is not None else "" for raw in ids)
    inside = titles_between(repository, path, before, after) if before and after else ()
    return Moved(path, before[:10] or "one commit", after[:10] or "another", path, "submodule", inside)


def _moved(name: str, before: str, after: str, path: str) -> Moved:
    kind = "runtime" if name.startswith("runtime ") else "package"
    name = name.removeprefix("runtime ").strip() or path.rsplit("/", 1)[-1].strip(".").split("-")[0]
    name = _RUNTIME_OF.get(name, name)
    return Moved(name[:120], _safe(before), _safe(after), path, kind)


def _safe(version: str) -> str:
    """A version as it may be quoted: an address can hold a password."""
    return redact_code(version)[:60]


def _packages(repository: Repository, file: ChangedFile, *, after: bool) -> Packages:
    oid = file.new_id if after else file.old_id
    blob = repository.blob(oid, _MOST_BYTES) if oid is not None else None
    if blob is None:
        return {}
    key = file.path, str(oid)
    return _manifests.get_or(key, lambda: packages_in(file.path, blob.data.decode(errors="replace")))
