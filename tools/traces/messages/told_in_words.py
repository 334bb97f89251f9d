"""Where a message ends on a line that a person wrote: at the closing quotation mark, or before the place it goes on with."""

import re
from typing import Final

from tools.traces.places.locations import LANGUAGES

_MARKS: Final = {'"': '"', "`": "`", "“": "”", "«": "»"}
_PLACE: Final = re.compile(
    r"[\"`”»]?(?:\s{1,4}|\s?[,;] ?|\s--\s)\(?(?:(?:in|at|on|from|see)\s(?:file\s)?)?[`\"']?"
    r"[\w./\\:~@<>+-]{2,300}?\.([a-z]{1,6})[`\"']?(?::|\(|#|,? (?:on |at )?line )\d{1,7}\b"
)
_CODE_BEHIND: Final = re.compile(
    r".(?: (?:in|at|from|inside) (?:the )?(?:function |method )?[`\"']?)((?:[A-Za-z_]\w{0,80}(?:\.|::|#|->)){1,6}[A-Za-z_]\w{0,80}+)"
    r"(?!\w|:\d|\s?\([^()\n]{1,200}:\d)"
)
"""What a sentence names behind a quoted error as the code that failed: `" in OrderService.total`."""
_HOSTS: Final = ("com", "org", "net", "io", "dev", "local", "internal", "cloud", "eu", "de", "uk", "fr", "nl")


def ended(message: str, before: str = "") -> str:
    """The message without the words behind it, but with the code that they name. `before` is what stands on the line in front
    of the error."""
    mark = _MARKS.get(before[-1:])
    close = _closing(message, mark) if mark and before[:-1].strip() else -1
    text = message[:close] + _code(message[close:]) if close > 0 else message
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


def _code(behind: str) -> str:
    """Where the sentence says that it failed, by the name of a function: no file, whose place is a frame."""
    named = _CODE_BEHIND.match(behind)
    no_code = named is not None and named[1].rpartition(".")[2].lower() in (*LANGUAGES, *_HOSTS)
    return f" in {named[1]}" if named is not None and not no_code else ""
