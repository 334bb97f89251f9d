"""Names of commits as they come from strangers: full ids, and what is refused before git reads it."""

import re
from collections.abc import Callable
from typing import Final

import pygit2

from incidents.errors import UnknownRevision

_MAX_REVISION: Final = 200
_FULL_ID: Final = re.compile(r"[0-9a-f]{40}")


def full_id(revision: str) -> pygit2.Oid | None:
    """Return the id that the revision is when it is written in full; None for any other name."""
    return pygit2.Oid(hex=revision) if _FULL_ID.fullmatch(revision) else None


def refuse_hostile(revision: str) -> None:
    """Raise UnknownRevision for a revision that could do harm: revisions come from alerts.

    Searching messages (`:/text`, `^{/text}`) would run an untrusted regular expression.
    """
    tests: tuple[Callable[[str], bool], ...] = (
        lambda text: not text or len(text) > _MAX_REVISION,
        lambda text: not text.isprintable() or text.startswith("-"),
        lambda text: ":" in text or "{/" in text,
    )
    if any(test(revision) for test in tests):
        raise UnknownRevision(f"{revision[:_MAX_REVISION]!r} is not a revision: give a commit id, a branch or a tag")
