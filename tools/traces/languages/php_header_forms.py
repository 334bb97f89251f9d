"""The lines with which PHP programs announce an error."""

import re
from collections.abc import Callable

from tools.traces.languages.php_frameworks import FORMS
from tools.traces.languages.php_header import LEVELS, TYPE, Header, completed, header_in
from tools.traces.places.locations import number, split_place

_LEVEL = re.compile(rf"(PHP )?(?<![A-Za-z])({LEVELS}):\s{{1,3}}(.+)$", re.IGNORECASE)
_UNCAUGHT = re.compile(rf"ncaught (?:exception:? )?'?({TYPE})(' with message '|: |(?= in )|$)(.*)$")
_NEXT = re.compile(rf"\s*(?:Next|Previous:?) (?:exception )?'?({TYPE})(' with message '|: )(.*)$")
_OLD = re.compile(rf"exception '({TYPE})(' with message ')(.*)$")
_OBJECT = re.compile(rf"({TYPE})\(code: [^)]{{0,40}}\): (.*)$")
_ANOTHER = re.compile(rf", (?={TYPE}\(code: \w{{1,12}}\): )")
_SYMFONY = re.compile(rf"Uncaught PHP Exception ({TYPE}): \"(.*)\" at (\S+) line (\d{{1,9}})")
_BRACKETED = re.compile(rf"(EXCEPTION|PHLOG): (?:\(({TYPE})\) ?)?(.*)$")
_SUSPECT = re.compile(rf"(?<![\w\\])({TYPE}(?:(?<=Exception)|(?<=Error))): (.*)$")
_TYPED = re.compile(rf"(?:.{{0,200}}?\s)?({TYPE}): (.*)$")


def header_of(line: str) -> Header | None:
    """The error a line announces, or None."""
    for cue, read in _FORMS:
        if cue in line:
            header = read(line)
            if header is not None:
                return header
    return None


def typed(line: str) -> Header | None:
    """A header of the plain form `Type: message in FILE:LINE`, wherever in the line it begins."""
    found = _SUSPECT.search(line) or _TYPED.match(line)
    return completed(Header(found[1].lstrip("\\"), found[2])) if found else None


def _level(line: str) -> Header | None:
    found = _LEVEL.search(line)
    if not found or line[: found.start()].endswith(("Exception: ", "Error: ")):
        return None
    uncaught = _uncaught(found[3])
    if uncaught:
        return uncaught
    header = completed(Header(found[2], found[3]))
    header.grave = "error" in found[2].lower()
    return header if found[1] or header.place is not None else None


def _uncaught(text: str) -> Header | None:
    found = _UNCAUGHT.search(text)
    return header_in(found) if found else None


def _alone(line: str) -> Header | None:
    """`Uncaught TypeError: x` is what browsers print too: PHP names a file, or says `exception`."""
    if not any(cue in line for cue in ("PHP", ".php", "ncaught exception", " in /", "\\")):
        return None
    return _uncaught(line)


def _symfony(line: str) -> Header | None:
    found = _SYMFONY.match(line, line.find("Uncaught PHP"))
    return Header(found[1], found[2], (found[3], number(found[4]))) if found else None


def _next(line: str) -> Header | None:
    found = _NEXT.match(line)
    return header_in(found, "next") if found else None


def _old(line: str) -> Header | None:
    found = _OLD.match(line, line.find("exception '"))
    return header_in(found) if found else None


def _object(line: str) -> Header | None:
    """Monolog's form; its older versions print the whole chain into one pair of parentheses."""
    start = line.find("[object] (")
    before, text = line[:start], line[start + len("[object] (") :]
    first, *others = _ANOTHER.split(text, maxsplit=20)
    header = _one_object(first, role="previous" if "[previous exception]" in before else "")
    if header is not None:
        header.causes = [cause for other in others if (cause := _one_object(other, role="previous")) is not None]
    return header


def _one_object(text: str, role: str) -> Header | None:
    found = _OBJECT.match(text)
    if not found:
        return None
    message, at, place = found[2].partition('"}')[0].replace('\\"', '"').rpartition(" at ")
    path, line_number, _ = split_place(place.rstrip("\"}')],"))
    known = bool(at) and line_number is not None
    kind = found[1].replace("\\\\", "\\").lstrip("\\")
    if not known:
        return Header(kind, found[2], role=role, open=True)
    return completed(Header(kind, message, (path, line_number), role=role))


def _bracketed(line: str) -> Header | None:
    cues = [at for at in (line.find("EXCEPTION: "), line.find("PHLOG: ")) if at >= 0]
    found = _BRACKETED.match(line, min(cues))
    if not found:
        return None
    message, at, place = found[3].rpartition(" at [")
    if not (found[2] or at):
        return None
    where = split_place(place.removesuffix("]"))[:2] if at else None
    header = Header(found[2], (message if at else found[3]).strip("'" if found[1] == "PHLOG" else ""), where)
    header.grave, header.open = found[1] == "EXCEPTION", where is None
    return header


_FORMS: tuple[tuple[str, Callable[[str], Header | None]], ...] = (
    ("[object] (", _object),
    *FORMS,
    ("EXCEPTION: ", _bracketed),
    ("PHLOG: ", _bracketed),
    ("Next ", _next),
    ("Previous", _next),
    ("Uncaught PHP Exception", _symfony),
    (": ", _level),
    ("ncaught ", _alone),
    ("exception '", _old),
)
