"""The words of a state, and those among them that deny it: `not ok` and `deploy_failed` are no end of an alert."""

import re
from collections.abc import Sequence

from service.intake.field_names import NEITHER
from service.intake.lenient import OVER

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_CONTRACTED = re.compile(r"n['\u2019]t\b", re.I)
_NOT = frozenset(("not", "never", "cannot", "unable"))
_FAILED = frozenset(("fail", "fails", "failed", "failing", "failure", "failures", "timeout"))
_AT_LAST = _NOT | _FAILED | {"no", "low"}
_NEAR = 3
"""Words from a denial to what it denies: `not yet fully resolved`."""


def words_of(text: str) -> frozenset[str]:
    """Its words in lower case, also those that are written together (`alertResolved`, `alert_resolved`)."""
    return frozenset(_in_order(text))


def is_denied(text: str) -> bool:
    """Whether it says that something is not over, or was not done. A word of trouble elsewhere tells what it is about: `failure resolved`."""
    words = _in_order(_CONTRACTED.sub(" not", text))
    if OVER.isdisjoint(words):
        return not _AT_LAST.isdisjoint(words)
    ends = (at for at, word in enumerate(words) if word in OVER or word in NEITHER)
    return words[-1] in _AT_LAST or any(_denies(words[max(0, at - _NEAR) : at]) for at in ends)


def _denies(before: Sequence[str]) -> bool:
    """Whether the words before a word of the end deny it."""
    failed_to = before[-1:] == ["to"] and not _FAILED.isdisjoint(before[-2:])
    return not _NOT.isdisjoint(before) or failed_to or before[-1:] == ["no"] or before[-2:] == ["no", "longer"]


def _in_order(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
