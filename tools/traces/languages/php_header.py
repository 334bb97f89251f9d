"""An error that a PHP program announces, and how its message is parted from the places it ends with."""

import re
from dataclasses import dataclass, field

from tools.traces.places.locations import number
from tools.traces.unwrap.php_frames import evaluated

TYPE = r"\\?[A-Za-z_][\w\\]{0,300}"
LEVELS = (
    r"(?:Core |Compile |User )(?:error|warning|notice|deprecated)|Fatal error|Parse error|Warning|Notice|Deprecated"
    r"|Strict Standards|(?:Recoverable|Catchable) fatal error"
)
_PLACE = re.compile(r"(\S.{0,1000}?)(?:(?: on line |:)(\d{1,9})|\((\d{1,9})\))$")
_TOLD = re.compile(r" in [`\"]?([\w./\\:~@+-]{2,300}?\.php)(?: on line |:|\()(\d{1,9})\)?(?=[\"`”]|[,.;!?)]?\s)")
"""A place behind which a person's words stand."""
_IN_FILE = re.compile(r" in file [`'\"]?([^`'\"\n]{2,800}\.\w{2,8})[`'\"]?,? (?:on |at )?line (\d{1,9})$")
_ENDS = tuple("0123456789)")
_INS = (" in ", " in\n", "\nin ")  # people and mail wrap the line there
_DIGITS = re.compile(r"\d{1,9}")
_CALLEE = re.compile(
    r"(?:Argument \d+ passed to |Too few arguments to function )?((?:[\w\\]{1,300}(?:::|->))?[\w\\]{1,300})\(\)"
)


@dataclass(slots=True)
class Header:
    """An announced error: `place` is where it was raised, `caller` who called that with wrong arguments."""

    type: str | None
    message: str
    place: tuple[str, int | None] | None = None
    caller: tuple[str, int | None] | None = None
    callee: str = ""
    grave: bool = True
    role: str = ""  # "" | next (printed after its cause) | previous (the cause, printed after what surfaced)
    made_by: str = ""
    quoted: bool = False  # the message stands in single quotes, the first of which was read with the type
    open: bool = False  # the message goes on in the next lines
    causes: "list[Header]" = field(default_factory=list)  # printed in the same line, the nearest first


def completed(header: Header) -> Header:
    """Part the message from the place it ends with (` in FILE:LINE`). Where wrong arguments came from (`, called in FILE on line N`)
    is a part of what PHP's `getMessage` gives, and stays."""
    text = header.message.strip()
    end = _read_caller(header, text)
    named = _IN_FILE.search(text, end) if header.place is None and " in file " in text else None
    if named:
        header.place, text = evaluated(named[1], number(named[2])), text[: named.start()]
    elif header.place is None and text[-1:] in _ENDS:
        start = max(text.rfind(mark, end) for mark in _INS)
        place = _PLACE.match(text, start + len(" in ")) if start >= 0 else None
        if place:
            header.place = evaluated(place[1], number(place[2] or place[3]))
            text = text[:start]
    told = _TOLD.search(text) if header.place is None and header.caller is None else None
    if told:
        header.place, text = evaluated(told[1], number(told[2])), text[: told.start()]
    header.open = header.place is None and header.caller is None
    text = text.removesuffix(" and defined").rstrip(" " if header.open else " ,")
    header.message = text.removesuffix("'") if header.quoted else text
    return header


def _read_caller(header: Header, text: str) -> int:
    """Where `, called in FILE on line N` (or `2 passed in ...`) ends, which tells who called; 0 when nothing does."""
    for cue in (", called in ", " called in ", " passed in "):
        start = text.find(cue)
        middle = text.find(" on line ", start)
        digits = _DIGITS.match(text, middle + len(" on line ")) if 0 <= start < middle else None
        path = text[start + len(cue) : middle]
        if not digits or len(path) > 1_000 or " in " in path or text.startswith('"', digits.end()):
            continue  # nothing, or the message of another error that this one quotes
        header.caller = evaluated(path, number(digits[0]))
        callee = _CALLEE.match(text)
        header.callee = callee[1] if callee else ""
        return digits.end()
    return 0


def header_in(found: re.Match[str], role: str = "") -> Header:
    """The header of a match whose groups are the type, what stands behind it, and the message."""
    return completed(Header(found[1].lstrip("\\"), found[3], role=role, quoted=found[2].startswith("'")))
