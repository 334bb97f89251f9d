"""The call lines PHP programs print. Each names a call and the place it was made from."""

import re
from dataclasses import dataclass

from incidents.trace import Frame
from tools.traces.places.locations import number, slashed, split_place

_NUMBERED = re.compile(r"\s*(?:PHP )?#(\d{1,6}) (?:<#\d{1,4}> )?(.+)$")
_LISTED = re.compile(
    r"\s{0,8}\d{1,3}\. ((?:(?:/|[A-Za-z]:\\)[^\n(]{1,500}\(\d{1,9}\): |\{main\}).*)$"
)  # a page turned `#1` into a list
_NATIVE = re.compile(r"(.{1,1000}?)\((\d{1,9})\)(?: : [^:]{1,60})?:(?: (.*))?$")
_CUT = re.compile(r"((?:/|[A-Za-z]:\\)\S{1,1000}?)\((\d{1,9})\)(?: in \S{1,1000} on line \d{1,9})?$")
_CALLED_AT = " called at ["
_CONSOLE = re.compile(r"\s{1,8}(?:([^\s()]{1,500})?\(\) at |at )(n/a:n/a|\S.{0,1000}?:\d{1,9})$")
_PAGE = re.compile(r"\s{0,12}(?:\d{1,4}\. )?at (\S.{0,3000}?\)) ?in (\S{1,800}?\.php) \(?line (\d{1,9})\)?$")
_XDEBUG = re.compile(
    r"(?:PHP )?\s{0,6}(?:[\d.]{1,12}\s{1,12}\d{1,12}\s{1,12})?\d{1,5}\.\s{1,4}(\S.*[)}])\s?(?:([^\s)}]{1,1000}):(\d{1,9}))?$"
)
_EVALUATED = re.compile(r"(.+?\.\w{2,8})\((\d{1,9})\) : [\w ()':]{1,60}$")


@dataclass(frozen=True, slots=True)
class Call:
    """A function that was called, from `line` of `path` ("" and None inside PHP itself)."""

    path: str
    line: int | None
    function: str | None
    class_name: str | None


def call_of(line: str) -> Call | None:
    """The call a trace line names, in any of the printed forms (`#0`, phabricator's, console); None: no such line."""
    if "#" in line:
        row = _NUMBERED.match(line)
        if row:
            return _numbered(row[2].strip())
    if ". " in line[:8] and (listed := _LISTED.match(line)) is not None:
        return _numbered(listed[1].partition(" thrown in ")[0].strip())
    if "at " in line:
        page = _PAGE.match(line) if " line " in line or "(line " in line else None
        if page:
            return Call(slashed(page[2]), number(page[3]), *named(page[1]))
        console = _CONSOLE.match(line)
        if console:
            path, row_number, _ = split_place(console[2])
            return Call(path if row_number else "", row_number, *named(console[1] or ""))
    return None


def xdebug_call(line: str) -> Call | None:
    """A row of Xdebug's `PHP Stack trace:`, or of a page's list: the call, and where it was made."""
    row = _XDEBUG.match(line) if "." in line[:40] else None
    if row and row[1].startswith("{main}"):
        return Call("", None, None, None)
    if row and not row[2]:
        return None
    return Call(slashed(row[2]), number(row[3]), *named(row[1])) if row else None


def _numbered(text: str) -> Call | None:
    if text.startswith("{main}"):
        return Call("", None, None, None)
    if text.startswith("[internal function]: "):
        return Call("", None, *named(text.partition(": ")[2]))
    before, called, place = text.rpartition(_CALLED_AT)
    if called:
        path, line, _ = split_place(place.rstrip().removesuffix("]"))
        return Call(path, line, *named(before))
    native = _NATIVE.match(text)
    if native:
        path, line = evaluated(native[1], number(native[2]))
        return Call(path, line, *named(native[3] or ""))
    cut = _CUT.match(text)
    if cut:
        return Call(slashed(cut[1]), number(cut[2]), None, None)
    if text.endswith(")") and re.match(r"[\w\\]{1,300}(?:(?:->|::)[\w{}\\]{1,200})?\(", text):
        return Call("", None, *named(text))
    return None


def evaluated(path: str, line: int | None) -> tuple[str, int | None]:
    """`file.php(12) : eval()'d code` -> the place of the `eval` itself, which is in a file that exists."""
    found = _EVALUATED.match(path) if " : " in path else None
    return (slashed(found[1]), number(found[2])) if found else (slashed(path), line)


def named(call: str) -> tuple[str | None, str | None]:
    """`Ns\\Class->method(...)` -> method and class; a closure keeps PHP's word for it."""
    call = call.strip().replace("\\\\", "\\")
    if "{closure" in call.partition("(")[0]:
        owner = call.partition("{closure")[0]
        for mark in ("->", "::"):
            if mark in owner:
                return "{closure}", owner.partition(mark)[0] or None
        return "{closure}", None
    name = call.partition("(")[0].strip()
    for mark in ("->", "::"):
        owner, found, function = name.rpartition(mark)
        if found:
            return function or None, owner or None
    function = name.rpartition("\\")[2]
    return (function or None) if re.fullmatch(r"[\w{}]{0,300}", function) else None, None


def _handled(rows: list[tuple[str, int | None]], calls: list[Call]) -> int:
    """How many frames lie between the place of an error (the first row) and that same place as a caller."""
    if not rows[0][0] or not calls:
        return 0
    reach = 5 if re.search("error|handle", calls[0].function or "", re.IGNORECASE) else 2
    return rows.index(rows[0], 1, reach) if rows[0] in rows[1:reach] else 0


def frames_of(place: tuple[str, int | None] | None, calls: list[Call]) -> list[Frame]:
    """Innermost first. PHP prints, beside each place, what was called *there*; a frame names the function it lies in,
    so that names move one step inwards. An error handler that turned the error into an exception shows up as calls
    made from the very place of the error: those are left out."""
    rows = [(call.path, call.line) for call in calls]
    names: list[tuple[str | None, str | None]] = [(call.function, call.class_name) for call in calls]
    if place is not None:
        rows.insert(0, place)
    else:
        names = names[1:]
    names.append((None, None))
    pairs = list(zip(rows, names, strict=False))
    kept = pairs[_handled(rows, calls) :] if place is not None else pairs
    return [
        Frame(path=path, line=line, function=function, class_name=owner)
        for (path, line), (function, owner) in kept
        if path or function
    ]
