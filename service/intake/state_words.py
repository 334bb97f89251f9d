"""The words of a state, and those among them that deny it: `not ok` and `deploy_failed` are no end of an alert."""

import re

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DENIALS = frozenset(
    ("not", "no", "never", "cannot", "unable", "fail", "fails", "failed", "failing", "failure", "failures")
) | {"low", "timeout"}


def words_of(text: str) -> frozenset[str]:
    """Its words in lower case, also those that are written together (`alertResolved`, `alert_resolved`)."""
    return frozenset(word.lower() for word in _WORD.findall(text))


def is_denied(text: str) -> bool:
    """Whether it says that something is not over, or was not done."""
    return not words_of(text).isdisjoint(_DENIALS) or "n't" in text.lower()
