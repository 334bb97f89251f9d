"""Labels that were printed into one text: `a=1, b=2`, `a=1 b=2`, a line for each, Go's `map[a:1 b:2]`, `{a="1", b="2"}`."""

import re
from collections.abc import Sequence

_AROUND = re.compile(r"\s*(?:map\[(.*)\]|\[(.*)\]|\{(.*)\})\s*", re.S)
_PAIR = r"[\w./@-]{1,100}[:=](?:\"[^\"\n]{0,500}\"|[^\s\",]{1,500})"
_WORDS = re.compile(rf"{_PAIR}(?:\s{{1,10}}{_PAIR})+")
"""Nothing but pairs without a blank in them: where a value may be a sentence, no blank ends it."""
_PARTS = {sign: re.compile(rf"(?:\"[^\"\n]*\"|[^{sign}\"]|\")+") for sign in ("\n", ",", ";", "|")}
_BULLET = re.compile(r"[-*]\s+")


def in_one_text(text: str) -> Sequence[str]:
    """The labels of a text, the last one first, so that the first of a name counts. One sign parts all of them: a value may
    hold the others."""
    found = _AROUND.fullmatch(text)
    inner = next(each for each in found.groups() if each is not None) if found else text
    inner = inner.strip()
    if _WORDS.fullmatch(inner):
        return re.findall(_PAIR, inner)[::-1]
    parts = next((_PARTS[sign].findall(inner) for sign in _PARTS if sign in inner), [inner])
    return [_unlisted(part.strip()) for part in reversed(parts)]


def _unlisted(part: str) -> str:
    """Without the sign before an item of a list."""
    sign = _BULLET.match(part)
    return part[sign.end() :] if sign else part


def unquoted(text: str) -> str:
    """Without the blanks and the quotes around it."""
    bare = text.strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'" else bare
