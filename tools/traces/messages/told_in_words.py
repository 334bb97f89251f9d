"""Where a message ends on a line that a person wrote: at the closing quotation mark, or before the place it goes on with."""

import re
from typing import Final

from tools.traces.places.locations import LANGUAGES

_MARKS: Final = {'"': '"', "`": "`", "“": "”", "«": "»"}
_PLACE: Final = re.compile(
    r"[\"`”»]?(?:\s{1,4}|\s?[,;] ?|\s--\s)\(?(?:(?:in|at|on|from|see)\s(?:file\s)?)?[`\"']?"
    r"[\w./\\:~@<>+-]{2,300}?\.([a-z]{1,6})[`\"']?(?::|\(|#|,? (?:on |at )?line )\d{1,7}\b"
)


def ended(message: str, before: str = "") -> str:
    """The message without the words behind it. `before` is what stands on the line in front of the error."""
    mark = _MARKS.get(before[-1:])
    close = _closing(message, mark) if mark and before[:-1].strip() else -1
    text = message[:close] if close > 0 else message
    place = next((found for found in _PLACE.finditer(text) if found[1] in LANGUAGES), None)
    if place is None or not place.start():
        return text
    start = place.start() + (place[0][:1] in _MARKS and text.count(place[0][0], 0, place.start()) % 2)
    return text[:start].rstrip(" ,;-")


def _closing(message: str, mark: str) -> int:
    """Where the quotation ends that began before the message: not at a mark that opens a quotation inside of it."""
    close = message.find(mark)
    while close > 0 and message[close - 1].isspace() and not message[close + 1 : close + 2].isspace():
        inner = message.find(mark, close + 1)
        after = message.find(mark, inner + 1) if inner > 0 else -1
        if after < 0:
            return inner + 1 if inner > 0 else close
        close = after
    return close
