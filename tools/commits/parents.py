"""Classes that a commit cut off from what they inherited: their head changed its parents, or a mixin or trait went away."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from tools.commits.diff_facts import counted
from tools.git.diff import CommitDiff, FileChange
from tools.text.identifiers import parts

_HEAD: Final = re.compile(r"^\s*(?:[a-z]+\s+){0,4}(?:class|interface|object)\s+(\w+)(.{0,300})")
_PARENT: Final = re.compile(r"[A-Z]\w*")
_MIXIN: Final = re.compile(
    r"^\s+(?:(?:include|extend|prepend)\s+(?=[A-Z])|use\s+(?=\\?[A-Z]))([\w:\\]+(?:,\s*[\w:\\]+)*)\s*;?\s*$"
)


def parents_removed(diff: CommitDiff) -> frozenset[tuple[str, ...]]:
    """The classes, each as the lower-case parts of its name, however files and languages write it."""
    return frozenset(name for change in diff.files if counted(change) for name in _cut_off(change) if name)


def _cut_off(change: FileChange) -> Iterator[tuple[str, ...]]:
    """Of one file; a mixin's class is the one after which the file is called."""
    removed = [row for hunk in change.hunks for row in hunk.removed]
    added = [row for hunk in change.hunks for row in hunk.added]
    now = {found[1]: _PARENT.findall(found[2]) for row in added if (found := _HEAD.match(row))}
    for row in removed:
        found = _HEAD.match(row)
        if found and found[1] in now and set(_PARENT.findall(found[2])) - set(now[found[1]]):
            yield parts(found[1])
    kept = {name for row in added if (found := _MIXIN.match(row)) for name in found[1].split(",")}
    if any((found := _MIXIN.match(row)) and not set(found[1].split(",")) <= kept for row in removed):
        yield parts(PurePosixPath(change.path).name.partition(".")[0])
