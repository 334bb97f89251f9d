"""Whether a rewritten line keeps the call that leads into the next frame, with what it is given: who only changed something
beside that call did not make it fail."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from tools.impact.kept_expression import TEXT, guards_on, start_of

_LONGEST: Final = 400  # characters of a line
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_BEHIND: Final = re.compile(r"\b(?:if|unless|else|while|until|for|and|or|rescue)\b")  # decides, though it stands behind


def keeps_call(old: str, new: str, name: str) -> bool:
    """Whether each call of `name` on the new line stands on the old one, word for word, and runs under the same conditions."""
    if max(len(old), len(new)) > _LONGEST:
        return False
    before, after = Counter(_calls(old, name)), Counter(_calls(new, name))
    return bool(after) and not after - before


def _calls(line: str, name: str) -> Iterator[tuple[str, str]]:
    """(the call as written with its receiver and arguments, what decides whether it runs) for each on the line. What follows
    on further lines is not read: a change there is a change of its own."""
    code = TEXT.sub(lambda text: text[0] if "{" in text[0] else " " * len(text[0]), line)  # a text alone calls nothing
    for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", code):
        start, end = start_of(line, found.start()), _end(line, found.end())
        decides = sorted([*guards_on(line[:start]).elements(), *_BEHIND.findall(line[end:])])
        yield "".join(line[start:end].split()), " ".join(decides)


def _end(line: str, place: int) -> int:
    """Where the call ends: behind the brackets that open at `place`, or the line's end where they stay open."""
    opened = list[str]()
    while place < len(line):
        sign = line[place]
        if sign in _CLOSING:
            opened.append(_CLOSING[sign])
        elif opened and sign == opened[-1]:
            opened.pop()
        elif not opened:
            return place
        place += 1
    return place
