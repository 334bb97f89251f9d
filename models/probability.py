"""The probability of a boolean field, from the log-probabilities of the first token of its value."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_COLON = re.compile(r"\s*:\s*")


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a reply with the natural log-probabilities of the alternatives at its position."""

    text: str
    alternatives: Mapping[str, float]


def probability_true(tokens: Sequence[Token], field: str) -> float | None:
    """Return P(true) / (P(true) + P(false)) at the start of the value of the top-level `field`; None when not known.

    A word may be split over tokens ("tr", "t") or follow the end of the key in one token ('":true'): an alternative
    counts when its rest is a beginning of "true" or "false", or begins with it. Guided decoders mask before they
    normalise, so that the two sum to one; for other servers the division removes the remainder.
    """
    start = _value_start("".join(token.text for token in tokens), field)
    if start is None:
        return None
    for token in tokens:
        if start < len(token.text):
            return _share(token.alternatives, token.text[:start].rstrip())
        start -= len(token.text)
    return None


def _value_start(text: str, field: str) -> int | None:
    """Return the index where the value of a field of the outermost object begins.

    Keys inside strings and inner objects do not count.
    """
    depth = 0
    for part in _PARTS.finditer(text):
        if part[0] in "{[":
            depth += 1
        elif part[0] in "}]":
            depth -= 1
        elif depth == 1 and part[0] == json.dumps(field) and (colon := _COLON.match(text, part.end())):
            return colon.end()
    return None


def _share(alternatives: Mapping[str, float], before: str) -> float | None:
    weights = {"true": 0.0, "false": 0.0}
    for text, logarithm in alternatives.items():
        rest = text.removeprefix(before).lstrip() if text.startswith(before) else ""
        for word in weights:
            if rest and (word.startswith(rest) or rest.startswith(word)):
                weights[word] += math.exp(min(logarithm, 0.0))
    total = sum(weights.values())
    return weights["true"] / total if total > 0 else None
