"""A JSON document whose end was cut off: what stands before the cut is read, with the brackets closed that are still open."""

import json
import re
from typing import Final

from tools.traces.unwrap.fences import FENCE

TRIES: Final = 4
SHORTEST: Final = 40
LONGEST: Final = 200_000

MUCH: Final = 100

_TOKEN: Final = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|[{}\[\],]|\"", re.DOTALL)
_FENCE_BELOW: Final = re.compile(f"^{FENCE}", re.MULTILINE)
_CLOSERS: Final = {"{": "}", "[": "]"}


def value_before_cut(text: str) -> object:
    """The value that the text begins; None when it was not its end that is missing."""
    fence = _FENCE_BELOW.search(text, 1)
    text = text[: fence.start()].rstrip() if fence else text.rstrip()
    if not SHORTEST <= len(text) <= LONGEST:
        return None
    try:
        json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        if not _is_at_end(error, text):
            return None
    except RecursionError:
        return None
    for candidate in _closed(text):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _is_at_end(error: json.JSONDecodeError, text: str) -> bool:
    return error.msg.startswith("Unterminated string") or not text[error.pos :].strip(" \n\t,:.…")


def _closed(text: str) -> list[str]:
    """The text up to its end and up to its last commas, each with its brackets closed; the longest first."""
    open_: list[str] = []
    commas: list[tuple[int, str]] = []
    string, begun = "", 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in _CLOSERS:
            open_.append(_CLOSERS[mark])
        elif mark in ("}", "]"):
            if not open_ or open_.pop() != mark:
                return []
        elif mark == ",":
            commas = [*commas[1 - TRIES :], (token.start(), "".join(reversed(open_)))]
        elif mark == '"':
            string, begun = '"', token.start()
            break
    ends = "".join(reversed(open_))
    whole = (text[:-1] if text.endswith("\\") else text) if string else text.rstrip(" \n\t,:.…")
    shorter = [text[:at] + closers for at, closers in reversed(commas)]
    if string and len(text) - begun < MUCH:
        return [*shorter, whole + string + ends]  # a short text that was cut says nothing
    return [whole + string + ends, *shorter]
