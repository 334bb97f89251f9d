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
    """Split the message from the places it ends with: ` in FILE:LINE`, `, called in FILE on line N and defined`."""
    text = _without_caller(header, header.message.strip())
    named = _IN_FILE.search(text) if header.place is None and " in file " in text else None
    if named:
        header.place, text = evaluated(named[1], number(named[2])), text[: named.start()]
    elif header.place is None and text[-1:] in _ENDS:
        start = max(map(text.rfind, _INS))
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


def _without_caller(header: Header, text: str) -> str:
    """Take `, called in FILE on line N` (or `2 passed in ...`) out of the text: where wrong arguments came from."""
    for cue, cut in ((", called in ", 0), (" called in ", 0), (" passed in ", len(" passed"))):
        start = text.find(cue)
        middle = text.find(" on line ", start)
        if start < 0 or middle < 0:
            continue
        digits = re.match(r"\d{1,9}", text[middle + len(" on line ") :])
        path = text[start + len(cue) : middle]
        if not digits or len(path) > 1_000 or " in " in path:
            continue
        header.caller = evaluated(path, number(digits[0]))
        callee = _CALLEE.match(text)
        header.callee = callee[1] if callee else ""
        return text[: start + cut] + text[middle + len(" on line ") + digits.end() :]
    return text


def header_in(found: re.Match[str], role: str = "") -> Header:
    """The header of a match whose groups are the type, what stands behind it, and the message."""
    return completed(Header(found[1].lstrip("\\"), found[3], role=role, quoted=found[2].startswith("'")))
