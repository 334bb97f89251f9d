"""A message that a person quotes in prose without its type: known by the words that only a language's run time prints."""

import re
from collections.abc import Sequence
from typing import Final

from tools.traces.messages.runtime_words import language_of

MOST: Final = 60
SHORTEST: Final = 12
LONGEST: Final = 400

_QUOTED: Final = re.compile(
    r"(?<![`\w])`([^`\n]{1,120}`[^`'\n]{1,80}'[^`\n]{0,300}|[^`\n]{1,400})`(?![`\w])|[\"“]([^\"“”\n]{1,400})[\"”]"
)
_SENTENCE: Final = re.compile(r"\s*$|.*[a-z)][.?!:]\s*$|(?:\S{1,40} ){12}")


def quoted_message(lines: Sequence[str]) -> str | None:
    """The first such text in backticks or quotation marks, or in a paragraph of its own, among other sentences."""
    if sum(1 for line in lines[:MOST] if line.strip()) < 2:
        return None
    padded = ("", *lines[:MOST], "")
    for above, line, below in zip(padded, padded[1:], padded[2:], strict=False):
        texts: list[str] = [found[1] or found[2] for found in _QUOTED.finditer(line)]
        if _SENTENCE.match(above) and _SENTENCE.match(below):
            texts.append(line.strip())
        for text in texts:
            if SHORTEST <= len(text) <= LONGEST and language_of(None, text) is not None:
                return text
    return None
