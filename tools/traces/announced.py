"""The type and message that a line announces, whatever words, levels or names stand in front of them."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_END: Final = re.compile(
    r"(?:Error|Exception|Warning|Failure|Rejection|Fault|Throwable|Interrupt|Timeout|DoesNotExist|NotFound|Exit)"
    r"(?: ?\[[^\]\n]{1,100}\])?(?::(?= |$)|$)"
)
_WORD_BACKWARDS: Final = re.compile(r"[\w$.\\:]{1,300}")
# What touches a type: a number that another program had written without a line end, and a logger's name.
_TOUCHING: Final = re.compile(r"[.:]*+([0-9]*+)(?:[\w.$]{1,200}:(?!:))*")
_BARE: Final = frozenset({"Error", "Exception", "Warning", "Failure", "Timeout", "NotFound"})
VAGUE: Final = frozenset({"Rejection", "Failure", "Fault", "Timeout", "Exit", "Interrupt"})
_BEFORE_BARE: Final = re.compile(
    r"(?:^|[:\])>|»⨯✖×^-]\s*|[Uu]n(?:caught|handled) |\(in promise\) |\b[A-Z]{4,8} |ERR! |\S:\d{1,7} |^\W{1,8}|^\d{1,9} )$"
)
_UNHANDLED: Final = re.compile(r"[Uu]n(?:caught|handled) $")
_BEFORE: Final = re.compile(r"(?:^|[\s:>(\[\]\"'|⨯])$")
LEVELS: Final = frozenset(
    {
        "trace",
        "debug",
        "info",
        "notice",
        "warn",
        "warning",
        "error",
        "err",
        "fatal",
        "critical",
        "severe",
        "crit",
        "alert",
    }
)


class Announced(NamedTuple):
    """`start` is where the type begins in the line."""

    type: str
    message: str
    start: int


def announced(line: str) -> Announced | None:
    """The first type in the line that ends as error types do and is followed by a colon or nothing."""
    for end in _END.finditer(line[:1_000]):
        word = _WORD_BACKWARDS.match(line[max(0, end.start() - 300) : end.start()][::-1])
        first = end.start() - (len(word[0]) if word else 0)
        stop = end.start() + len(end[0].partition(":")[0].partition("[")[0].rstrip())
        touching = _TOUCHING.match(line, first, stop)
        start = touching.end() if touching else first
        name = line[start:stop]
        if _fits(name, "" if touching and touching[1] else line[:start]):
            message = line[end.end() :].strip()
            inner = announced(message) if name in VAGUE or _UNHANDLED.search(line[:start]) else None
            return inner if inner and not inner.start else Announced(name, message, start)
    return None


def quoted_above(lines: Sequence[str], at: int) -> bool:
    """Whether the line above announces an error by its own type: then what stands here may be part of its message."""
    found = announced(lines[at - 1]) if at else None
    return found is not None and not found.start and found.type not in _BARE and not found.type.endswith("Warning")


def _fits(name: str, before: str) -> bool:
    last = re.split(r"[.\\:]", name)[-1]
    if not (last[:1].isupper() or last[:1] in ("_", "$")) or ":" in name.replace("::", ""):
        return False
    if not any(letter.isupper() for letter in name) or (name.isupper() and name.lower() in LEVELS):
        return False
    return (_BEFORE_BARE if name in _BARE else _BEFORE).search(before) is not None
