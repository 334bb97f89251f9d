"""Strangers' words in a commit message or pull request, so that neither a forge nor its CI acts on them."""

import re
import unicodedata
from typing import Final

_BREAK: Final = "\u200b"
# What a forge or its CI acts on in a commit message: mentions, issue numbers, addresses of issues, [skip ci].
_ACTED_ON: Final = re.compile(r"(?<=[@#!\[])(?=\w)|(?<=:)(?=//)|(?<=GH)(?=-\d)", re.IGNORECASE)
_REMOVED: Final = frozenset({"Cc", "Cf", "Cs"})


def unacted(text: str) -> str:
    """Break mentions, issue numbers, addresses and orders to the CI with characters that nobody sees."""
    return _ACTED_ON.sub(_BREAK, text)


def one_line(text: str) -> str:
    """Return `text` as one line without control and invisible characters, and unacted."""
    spaced = " ".join(text.split())
    return unacted("".join(char for char in spaced if unicodedata.category(char) not in _REMOVED))
