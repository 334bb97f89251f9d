"""The commits that blame is told to pass over: mass reformatting and renaming."""

import re
from collections.abc import Sequence

from incidents.evidence import Commit
from tools.git.repository import Repository

_IGNORED = re.compile(r"^[ \t]*+([0-9a-f]{40})\b", re.MULTILINE)


def ignored_in_blame(repository: Repository, revision: str | None) -> frozenset[str]:
    """The commits listed in the `.git-blame-ignore-revs` of a revision."""
    listed = repository.text(revision, ".git-blame-ignore-revs") if revision else None
    return frozenset(_IGNORED.findall(listed or ""))


def listed_at(window: Sequence[Commit], deployed: str) -> str | None:
    """The revision whose list counts: the one before the window, or a deploy could clear its own commits; `deployed` where
    there is no window."""
    return next(iter(window[0].parents), None) if window else deployed
