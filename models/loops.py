"""Text of a model that repeats itself without end: found, and cut after its first round."""

from typing import Final

_TIMES: Final = 5
_READ: Final = 4_000  # characters from the end
_LONGEST: Final = 200  # characters of one round


def is_loop(text: str) -> bool:
    """Return whether the text ends with one piece repeated at least five times; shorter pieces than a word need more."""
    tail = text[-_READ:].rstrip()
    return any(_ends_with(tail, length) for length in range(1, min(_LONGEST, len(tail) // _TIMES) + 1))


def _ends_with(text: str, length: int) -> bool:
    """Return whether the last piece of that length is repeated often enough to be no quotation."""
    times = max(_TIMES, 60 // length)
    piece = text[-length:]
    return len(text) >= times * length and any(map(str.isalnum, piece)) and text.endswith(piece * times)


def without_loop(text: str) -> str:
    """Return the text up to the end of the first round of the loop that it ends with; unchanged without one."""
    stripped = text.rstrip()
    for length in range(1, min(_LONGEST, len(stripped) // _TIMES) + 1):
        if not _ends_with(stripped[-_READ:], length):
            continue
        piece = stripped[-length:]
        end = len(stripped)
        while stripped.endswith(piece, 0, end):
            end -= length
        return f"{stripped[: end + length]} …"
    return text
