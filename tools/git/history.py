"""Commits as a graph. libgit2's walks stop at a commit it cannot parse; these continue past it where possible."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pygit2
from pygit2.enums import SortMode

from incidents.errors import IncompleteRepository
from tools.git.commit_objects import CommitObject
from tools.git.trees import UNREADABLE
from tools.text.cache import Cache

_MOST_AFTER_A_CUT: Final = 300
# In a history of 60,000 commits it takes 0.1 s, and each plan of a revert asks. "No" may be the edge of a shallow clone.
_found: Final = Cache[tuple[pygit2.Oid, pygit2.Oid], bool](10_000)


@dataclass(frozen=True, slots=True)
class Line:
    """First-parent commits, oldest first. `reaches`: the base is an ancestor of the newest.

    `cut`: the line ends at a commit that cannot be read, or at one without parents and without common history with the
    base. The commits before it are unknown; those after it belong to the newest commit and not to the base.
    """

    ids: list[pygit2.Oid]
    reaches: bool
    cut: bool = False


class History:
    """Walks of one repository. `read` returns a commit by its id or raises IncompleteRepository."""

    def __init__(self, raw: pygit2.Repository, read: Callable[[pygit2.Oid], CommitObject]) -> None:
        self._raw = raw
        self._read = read

    def line(self, base: pygit2.Oid, newest: pygit2.Oid) -> Line:
        """Return the commits of `git rev-list --first-parent base..newest`. Cost: the window, not the history."""
        try:
            line = self._by_libgit2(base, newest)
        except UNREADABLE:
            line = self._around_damage(base, newest)
        short = len(line.ids) <= _MOST_AFTER_A_CUT  # a longer line more likely means a base of another project
        return line if short or not line.cut else Line(line.ids, reaches=False)

    def is_ancestor(self, old: pygit2.Oid, new: pygit2.Oid) -> bool:
        """Return whether `old` lies before `new`, through any parent.

        Raises IncompleteRepository when missing objects hide the answer.
        """
        if _found.get((old, new)):
            return True
        try:
            return self._is_below(new, old)
        except UNREADABLE as error:
            before, gaps = self._ancestors(new)
            if old not in before and gaps:
                raise IncompleteRepository(f"whether {old} lies before {new} is not known: {error}") from error
            return old in before

    def _is_below(self, new: pygit2.Oid, old: pygit2.Oid) -> bool:
        below = bool(self._raw.descendant_of(new, old))
        if below:
            _found.put((old, new), True)
        return below

    def _by_libgit2(self, base: pygit2.Oid, newest: pygit2.Oid) -> Line:
        walker = self._raw.walk(newest, SortMode.TOPOLOGICAL | SortMode.REVERSE)
        walker.simplify_first_parent()
        walker.hide(base)
        ids = [commit.id for commit in walker]
        parents = self._read(ids[0]).parent_ids if ids else ()
        # The usual base is on the line; only for another base the history must be searched.
        reaches = parents[:1] == (base,) or bool(self._raw.descendant_of(newest, base))
        cut = not reaches and bool(ids) and not parents and self._raw.merge_base(base, newest) is None
        return Line(ids, reaches, cut)

    def _around_damage(self, base: pygit2.Oid, newest: pygit2.Oid) -> Line:
        before, _ = self._ancestors(base)
        ids: list[pygit2.Oid] = []
        following: pygit2.Oid | None = newest
        try:
            while following is not None and following not in before:
                ids.append(following)
                following = next(iter(self._read(following).parent_ids), None)
        except IncompleteRepository:
            return Line(ids[::-1], reaches=False, cut=True)
        after, _ = self._ancestors(newest)
        cut = following is None and not before & after
        return Line(ids[::-1], reaches=base in after, cut=cut and base not in after)

    def _ancestors(self, newest: pygit2.Oid) -> tuple[set[pygit2.Oid], bool]:
        """Return the commits before `newest`, itself included, and whether some of them cannot be read."""
        found, gaps, waiting = {newest}, False, [newest]
        while waiting:
            try:
                parents = self._read(waiting.pop()).parent_ids
            except IncompleteRepository:
                gaps = True
                continue
            waiting += [parent for parent in parents if parent not in found]
            found.update(parents)
        return found, gaps
