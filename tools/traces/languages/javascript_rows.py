"""One row of a JavaScript stack, in the forms of V8, Firefox, Safari, the browsers' consoles, test runners and frameworks' pages."""

import re
from collections.abc import Callable
from typing import Final

from incidents.trace import Frame
from tools.traces.places.locations import number, slashed, split_place

_AT = re.compile(r"(\s*)at (?:async )?(?=\S)")
_PLACE = re.compile(
    r"(?:\S.{0,1500}?:\d{1,9}:\d{1,9}|\S{1,1500}:\d{1,9}|native|<anonymous>|index \d{1,9}|native code)$"
)
_ALONE = re.compile(
    r"(?:(?:(?:VM\d{1,6} )?[^\s()]{1,1500}|\(index\)|(?:file:///|/|[A-Z]:\\|Function node:\S).{1,1500}):\d{1,9}:\d{1,9}"
    r"|[^\s()]{1,1500}\.(?:[mc]?[jt]sx?|vue)(?::formatted)?:\d{1,9})$"
)
_INNER = re.compile(r"\(([^()]{1,1000}:\d{1,9}:\d{1,9})\)")
_AS = re.compile(r" ?\[as ((?:(?!\[as )[^\]]){1,200})\]")
_GECKO = re.compile(
    r"\s*((?:[^@\s(:]{0,200}(?: [^@\s(]{1,100})?))@(\S{1,1500}?(?: line \d{1,9} > \w+)?):(\d{1,9}):(\d{1,9})$"
)
_REMARK = re.compile(r"(?<=[\d)])\s{1,20}(?:←|<-{1,3}|//|#)\s.{0,200}$")  # what a person wrote beside a row
_NUMBERED = re.compile(r"\s*([A-Za-z_$][\w$.]{0,100})@\d{1,7}:\d{1,9}$")  # of a bundle whose name is left out
_COPIED = re.compile(
    r"\s{1,40}(?:[A-Za-z][\w. ]{0,60}\* ?)?(?:([^\s@():]{1,200}) )?((?:https?|resource|chrome|moz-extension|webpack)://\S{1,1500}?):(\d{1,9})(?::(\d{1,9}))?$"
)
_PLACE_ALONE = re.compile(r"\s*((?:https?|file|webpack|capacitor|app)://\S{1,1500}?):(\d{1,9}):(\d{1,9})$")
_NAME = re.compile(r"[A-Za-z_$][\w$]{0,80}(?:\.[\w$]{1,80}){0,5}")
_VM = re.compile(r"^VM\d{1,6} (?=\S)")  # a script without a file, numbered by the browser
_NAME_ALONE = re.compile(r"\s*at (?:async )?([A-Za-z_$][\w$]{0,80}(?:\.[\w$<>]{1,80}){1,8})(?: \[as [\w$]{1,80}\])?$")
_CUT_OFF = re.compile(
    r"\s*at (?:async )?((?:new )?[A-Za-z_$][\w$.<>]{0,160}) \((?:/|[A-Za-z]:\\|[\w-]{2,20}:|\.)[^()\s]{0,600}$"
)
"""A row whose end a pager or a table took away."""
_ADDRESS = re.compile(r"address at (?=\S)")
_CONSOLE = re.compile(
    r"\s*(\S{1,200}|\(anonymous function\)) (?:@|—) (\S{1,1500}?(?:\.(?:[mc]?[jt]sx?|vue|html?)|//\S{1,1500}?)):(\d{1,9})(?::(\d{1,9}))?$"
)
_ARROW = re.compile(
    r"\s*❯ (?:(\S{1,200}) )?([^\s()]{1,1500}\.(?:[mc]?[jt]sx?|vue)|node:[\w/]{1,100}):(\d{1,9}):(\d{1,9})$"
)
_IN_PAGE = re.compile(r"\s*([^\s()]{1,1500}\.(?:[mc]?[jt]sx?|vue)) \((\d{1,9}):(\d{1,9})\)(?: @ (\S{1,200}))?$")
_BUNDLED = re.compile(r".*/[^/]{1,200}?\.(?:[mc]?[jt]sx?|vue)\.(.{1,200})$")
_OTHER_LANGUAGES = (".rs", ".cs", ".go", ".java", ".kt", ".py", ".rb", ".php", ".c", ".cc", ".cpp", ".h", ".swift")


def row_of(line: str) -> Frame | None:
    """The place that a row names; None when the line is no row."""
    if "at " in line and (at := _AT.match(line)):
        line = _REMARK.sub("", line)
        return _v8(line[at.end() :].rstrip().removesuffix("{").rstrip().rstrip(","))
    if page := page_row(line):
        return page
    if not line[-1:].isdigit():
        return None
    readers = (read(line) for cue, read in _FORMS if cue in line)
    return next((frame for frame in readers if frame is not None), None)


def page_row(line: str) -> Frame | None:
    """A place as a framework's page shows it: `app/page.tsx (12:20) @ total`."""
    page = _IN_PAGE.match(line) if " @ " in line or line.endswith(")") else None
    return _framed(page[4] or "", page[1], page[2], page[3]) if page else None


def row_without_place(line: str) -> Frame | None:
    """A name alone behind `at`, as minified bundles print it; its place may be cut off."""
    alone = (_NAME_ALONE.match(line) or _CUT_OFF.match(line)) if "at " in line else None
    if alone is None:
        return None
    function, owner = named(alone[1])
    return Frame(function=function, class_name=owner)


def is_name(text: str) -> bool:
    """Whether a line holds nothing but the name of a function."""
    return _NAME.fullmatch(text) is not None


def _framed(name: str, path: str, line: str, column: str | None) -> Frame:
    function, owner = named(name)
    return Frame(path=slashed(path), line=number(line), column=number(column), function=function, class_name=owner)


def _lone(line: str) -> Frame | None:
    lone = _PLACE_ALONE.match(line)
    return _framed("", lone[1], lone[2], lone[3]) if lone else None


def _copied(line: str) -> Frame | None:
    copied = _COPIED.match(line) if "@" not in line.partition("://")[0] else None
    return _framed((copied[1] or "").rstrip("/<"), copied[2], copied[3], copied[4]) if copied else None


def _arrow(line: str) -> Frame | None:
    arrow = _ARROW.match(line)
    return _framed(arrow[1] or "", arrow[2], arrow[3], arrow[4]) if arrow else None


def _console(line: str) -> Frame | None:
    console = _CONSOLE.match(line)
    name = console[1].removeprefix("(anonymous function)") if console else ""
    return _framed(name, console[2], console[3], console[4]) if console else None


def _gecko(line: str) -> Frame | None:
    gecko = _GECKO.match(line)
    if not gecko or not ("/" in gecko[2] or gecko[2].endswith((".js", ".ts", ".mjs", "bundle"))):
        numbered = _NUMBERED.match(line) if gecko is None else None
        function, owner = named(numbered[1]) if numbered else (None, None)
        return Frame(function=function, class_name=owner) if function else None
    return _framed(gecko[1].rpartition("*")[2].rstrip("/<"), gecko[2].partition(" line ")[0], gecko[3], gecko[4])


def _v8(text: str) -> Frame | None:
    """What stands behind `at `: `name (place)`, or a place alone (which then has a column, or is no V8 frame)."""
    name, place = "", text
    if text.endswith(")") and " (" in text:
        name, _, place = text[:-1].partition(" (")
        if name.startswith(("eval at", "new eval")) or not _PLACE.match(place):
            inner = _INNER.search(place) if place.startswith("eval at") else None
            if inner is None:
                return None
            place = inner[1]
    elif text == "<anonymous>":
        return Frame(function="<anonymous>")
    elif not _ALONE.match(text):
        return None
    if place.startswith("eval at"):
        inner = _INNER.search(place)
        place = inner[1] if inner else place
    place = _VM.sub("", _ADDRESS.sub("", place, count=1))
    path, line, column = ("", None, None) if place.startswith("index ") else split_place(place)
    if path.endswith(_OTHER_LANGUAGES):
        return None
    path = path if "://" in path else path.partition("?")[0]  # the version under which a file is served
    function, owner = named(name.removeprefix("async "))
    return Frame(path=path, line=line, column=column, function=function, class_name=owner)


def named(name: str) -> tuple[str | None, str | None]:
    """`Class.method [as alias]`, `new Class`, `fn` -> function and the object it was called on."""
    name = _AS.sub("", name).strip()
    bundled = _BUNDLED.match(name) if "/" in name else None
    name = bundled[1] if bundled else name
    if not name or "/" in name:
        return None, None
    if name.startswith("new "):
        return "constructor", name[4:].strip() or None
    owner, _, function = name.rpartition(".")
    if not function:
        return name, None
    return function, owner or None


_FORMS: Final[tuple[tuple[str, Callable[[str], Frame | None]], ...]] = (
    ("://", _lone),
    ("://", _copied),
    ("❯ ", _arrow),
    (" @ ", _console),
    (" — ", _console),
    ("@", _gecko),
)
"""The sign without which a line has no such form, and its reader."""
