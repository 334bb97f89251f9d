"""Try a revert in memory: commits are undone one after another, the newest first, on top of the head."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import pygit2

from tools.git.diff import CommitDiff, commit_diff
from tools.git.partial import PartialRepository
from tools.git.repository import Repository
from tools.revert.change import part_of, whole_change
from tools.revert.later import Later
from tools.revert.narrowed import Change, undo
from tools.revert.rename_conflicts import Sides

_NOBODY: Final = pygit2.Signature("Red Tide", "redtide@localhost", 0, 0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The tree after the reverts; or the commit at which they stopped, and its conflicting files."""

    tree: pygit2.Oid | None
    stopped_at: str | None = None
    conflicts: tuple[Sides, ...] = ()


@dataclass(slots=True)
class Workbench:
    """One revert being planned: the commit, the head, and the scratch repository that holds what is tried."""

    repository: Repository
    scratch: pygit2.Repository
    commit: str
    head: str
    later: Later
    only: tuple[str, ...] = ()
    planned: PartialRepository = field(
        init=False
    )  # reads the scratch repository, and through it the real one; absent files count as too large
    _changes: dict[str, Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.planned = PartialRepository(self.scratch)

    def ordered(self, commits: Sequence[str]) -> tuple[str, ...]:
        """Return the commits newest first: the order in which they can be undone."""
        return tuple(sorted(commits, key=lambda sha: -self.later.position(sha)))

    def undone(self, commits: Sequence[str]) -> Outcome:
        """Undo the commits (newest first) on top of the head. Raises IncompleteRepository when objects are missing."""
        tree = self.repository.tree_of(self.repository.raw_commit(self.head))
        for sha in commits:
            outcome = undo(self.scratch, self._change(sha), tree)
            if outcome.tree is None:
                return Outcome(None, sha, outcome.conflicts)
            tree = outcome.tree
        return Outcome(tree)

    def diff(self, outcome: Outcome) -> CommitDiff | None:
        """Return what a clean outcome changes at the head, as a commit of `planned`; None when it is not clean."""
        if outcome.tree is None:
            return None
        head = pygit2.Oid(hex=self.head)
        made = self.scratch.create_commit(None, _NOBODY, _NOBODY, "planned", outcome.tree, [head])
        return commit_diff(self.planned, str(made))

    @property
    def before(self) -> str | None:
        """The commit before the reverted one; None for a root."""
        parent = self.repository.first_parent(self.repository.raw_commit(self.commit))
        return str(parent.id) if parent is not None else None

    def _change(self, sha: str) -> Change:
        if sha not in self._changes:
            whole = whole_change(self.repository, self.repository.raw_commit(sha))
            partly = self.only and sha == self.commit
            self._changes[sha] = part_of(self.scratch, whole, self.only) if partly else whole
        return self._changes[sha]
