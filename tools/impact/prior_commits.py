"""Commits from before the window: explanations for "none of these".

An error that a deploy did not cause often has its cause in an earlier one. Such a commit is never the verdict's
culprit, but a better explanation outside the window is the strongest evidence against every commit inside it.
Where the trace names files of the repository, those that touched them; of a bare message, simply the newest ones.
"""

from collections.abc import Iterable, Sequence

from incidents.errors import IncompleteRepository, UnknownRevision
from incidents.evidence import Commit
from tools.git.first_parents import FirstParents
from tools.git.repository import Repository

LOOK_BACK = 200
MOST = 60


def earlier_commits(
    repository: Repository, base: str, paths: Sequence[str], limit: int = LOOK_BACK
) -> tuple[Commit, ...]:
    """Of the last `limit` first-parent commits up to `base`, itself included, the newest 60 that changed a file of
    `paths` (names as in `base`); oldest first. Stops at the edge of a shallow clone. Reads trees only, no file."""
    found: list[Commit] = []
    names = [path.encode().split(b"/") for path in paths]
    try:
        line = FirstParents(repository, base)
        commit = line.at(0)
        entries = [repository.entry_at(commit, each) for each in names] if commit is not None else []
        for back in range(1, limit + 1):
            parent = line.at(back)
            if commit is None or parent is None or len(found) == MOST:
                break
            before = [repository.entry_at(parent, each) for each in names]
            differing = [path for path, old, new in zip(paths, before, entries, strict=True) if old != new]
            if any(repository.blob_id(parent, path) != repository.blob_id(commit, path) for path in differing):
                found.append(repository.commit(str(commit.id)))
            commit, entries = parent, before
    except (IncompleteRepository, UnknownRevision):
        pass  # a shallow clone, or a damaged one: what is there was looked at
    return tuple(reversed(found))


def newest_before(repository: Repository, base: str, most: int = MOST) -> tuple[Commit, ...]:
    """The last `most` first-parent commits up to `base`, itself included; oldest first. Stops at the edge of a clone."""
    found: list[Commit] = []
    try:
        line = FirstParents(repository, base)
        for back in range(most):
            if line.at(back + 1) is None or (commit := line.at(back)) is None:
                break
            found.append(repository.commit(str(commit.id)))
    except (IncompleteRepository, UnknownRevision):
        pass  # a shallow clone, or a damaged one: what is there was looked at
    return tuple(reversed(found))


def older_writers(repository: Repository, shas: Iterable[str], known: Sequence[Commit]) -> tuple[Commit, ...]:
    """Of the commits that wrote a failing line, those that are not among the `known` ones, oldest first."""
    there = {commit.sha for commit in known}
    found = [repository.commit(sha) for sha in shas if sha not in there]
    return tuple(sorted(found, key=lambda commit: commit.committed_at))
