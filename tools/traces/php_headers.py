"""The lines with which PHP programs announce an error."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.traces.announced import announced
from tools.traces.locations import number, split_place
from tools.traces.php_frames import evaluated

_TYPE = r"\\?[A-Za-z_][\w\\]{0,300}"
_LEVELS = (
    r"(?:Core |Compile |User )(?:error|warning|notice|deprecated)|Fatal error|Parse error|Warning|Notice|Deprecated"
    r"|Strict Standards|(?:Recoverable|Catchable) fatal error"
)
_LEVEL = re.compile(rf"(PHP )?(?<![A-Za-z])({_LEVELS}):\s{{1,3}}(.+)$", re.IGNORECASE)
_UNCAUGHT = re.compile(rf"ncaught (?:exception:? )?'?({_TYPE})(' with message '|: |(?= in )|$)(.*)$")
_NEXT = re.compile(rf"\s*(?:Next|Previous:?) (?:exception )?'?({_TYPE})(' with message '|: )(.*)$")
_OLD = re.compile(rf"exception '({_TYPE})(' with message ')(.*)$")
_OBJECT = re.compile(rf"({_TYPE})\(code: [^)]{{0,40}}\): (.*)$")
_ANOTHER = re.compile(rf", (?={_TYPE}\(code: \w{{1,12}}\): )")
_FROM_LINE = re.compile(rf"(?<![\w\\])((?>{_TYPE})) from line (\d{{1,9}}) of ([^:]{{1,500}}+): (.*)$")
_THROWN_IN = re.compile(rf"(?<![\w\\])({_TYPE}) thrown in file (\S{{1,1000}}\.php) (?:in|on) line (\d{{1,9}})")
_IN_FILE = re.compile(
    rf"(?:.{{0,200}}?\s)?({_TYPE}(?:(?<=Exception)|(?<=Error))): (.*) in file (\S{{1,1000}}\.php) (?:in|on|at) line (\d{{1,9}})"
)
_SYMFONY_2 = re.compile(
    rf"(?:.{{0,200}}?\s)?({_TYPE}): (.*) \((?:uncaught|caught) exception\) at (\S{{1,1000}}) line (\d{{1,9}})"
)
_IN_QUOTES = re.compile(rf"(?<![A-Za-z])({_LEVELS}):? [\"“](.{{3,2000}}? (?:on line |:)\d{{1,9}})[\"”]", re.IGNORECASE)
_WRONG_ARGUMENT = re.compile(
    r"\W{0,8}((?:Argument \d{1,3} passed to |[\w\\]{1,200}(?:::|->)?\w{0,100}\(\): Argument #\d).{1,1000}, called in .{1,1000})"
)
_NAMED = re.compile(rf"Error '({_TYPE})(' with message ')(.*)$")
_BOXED = re.compile(r"(?:.{0,200}?[\s:])?\[((?:[A-Z]\w{0,80}\\){1,8}\w{1,100})\] (.* in \S{1,1000} on line \d{1,9})$")
_SEVERITY = re.compile(
    r".{0,80}--> Severity: (\w[\w ]{0,30}?) --> (?:([A-Z]\w{0,80}): )?(.*) (\S{1,1000}\.php) (\d{1,9})$"
)
_SYMFONY = re.compile(rf"Uncaught PHP Exception ({_TYPE}): \"(.*)\" at (\S+) line (\d{{1,9}})")
_BRACKETED = re.compile(rf"(EXCEPTION|PHLOG): (?:\(({_TYPE})\) ?)?(.*)$")
_SUSPECT = re.compile(rf"(?<![\w\\])({_TYPE}(?:(?<=Exception)|(?<=Error))): (.*)$")
_TYPED = re.compile(rf"(?:.{{0,200}}?\s)?({_TYPE}): (.*)$")
_LINE_OF = re.compile(r"\(\) \(line (\d{1,9}) of ([^\s)]{1,1000})\)")
_PLACE = re.compile(r"(\S.{0,1000}?)(?:(?: on line |:)(\d{1,9})|\((\d{1,9})\))$")
_TOLD = re.compile(r" in [`\"]?([\w./\\:~@+-]{2,300}?\.php)(?: on line |:|\()(\d{1,9})\)?(?=[\"`”]|[,.;!?)]?\s)")
"""A place behind which a person's words stand."""
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


def header_of(line: str) -> Header | None:
    """The error a line announces, or None."""
    for cue, read in _FORMS:
        if cue in line:
            header = read(line)
            if header is not None:
                return header
    return None


def completed(header: Header) -> Header:
    """Split the message from the places it ends with: ` in FILE:LINE`, `, called in FILE on line N and defined`."""
    text = _without_caller(header, header.message.strip())
    if header.place is None and text[-1:] in _ENDS:
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
    return _of(found) if found else None


def _alone(line: str) -> Header | None:
    """`Uncaught TypeError: x` is what browsers print too: PHP names a file, or says `exception`."""
    if not any(cue in line for cue in ("PHP", ".php", "ncaught exception", " in /", "\\")):
        return None
    return _uncaught(line)


def _of(found: re.Match[str], role: str = "") -> Header:
    return completed(Header(found[1].lstrip("\\"), found[3], role=role, quoted=found[2].startswith("'")))


def _symfony(line: str) -> Header | None:
    found = _SYMFONY.match(line, line.find("Uncaught PHP"))
    return Header(found[1], found[2], (found[3], number(found[4]))) if found else None


def _next(line: str) -> Header | None:
    found = _NEXT.match(line)
    return _of(found, "next") if found else None


def _old(line: str) -> Header | None:
    found = _OLD.match(line, line.find("exception '"))
    return _of(found) if found else None


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


def _from_line(line: str) -> Header | None:
    """MediaWiki: `Type from line 30 of /w/A.php: message`."""
    found = _FROM_LINE.search(line)
    return Header(found[1].lstrip("\\"), found[4], (found[3], number(found[2]))) if found else None


def _thrown_in(line: str) -> Header | None:
    """TYPO3: `Uncaught TYPO3 Exception: message | Type thrown in file /w/A.php in line 210. Requested URL: ...`."""
    found = _THROWN_IN.search(line)
    if found is None:
        return None
    message = line[: found.start()].rstrip(" |")
    return Header(found[1].lstrip("\\"), message.rpartition("xception: ")[2], (found[2], number(found[3])))


def _in_file(line: str) -> Header | None:
    """A sentence: `Error: message in file /w/A.php on line 48`."""
    found = _IN_FILE.match(line)
    return Header(found[1].lstrip("\\"), found[2], (found[3], number(found[4]))) if found else None


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


def _symfony_2(line: str) -> Header | None:
    found = _SYMFONY_2.match(line)
    return Header(found[1].lstrip("\\"), found[2], (found[3], number(found[4]))) if found else None


def _named_error(line: str) -> Header | None:
    """Yii: `PHP Fatal Error 'Type' with message '...'`."""
    found = _NAMED.search(line)
    return _of(found) if found else None


def _quoted(line: str) -> Header | None:
    """A person's `Fatal error "message in FILE on line N"`."""
    found = _IN_QUOTES.search(line)
    return completed(Header(found[1], found[2])) if found else None


def _arguments(line: str) -> Header | None:
    """What PHP says of wrong arguments, without any level before it."""
    found = _WRONG_ARGUMENT.match(line)
    header = completed(Header(None, found[1])) if found else None
    return header if header is not None and header.caller is not None else None


def _boxed(line: str) -> Header | None:
    """CakePHP: `Error: [Ns\\Type] message in FILE on line N`."""
    found = _BOXED.match(line)
    return completed(Header(found[1], found[2])) if found else None


def _severity(line: str) -> Header | None:
    """CodeIgniter: `--> Severity: error --> Exception: message FILE N`."""
    found = _SEVERITY.match(line)
    if found is None:
        return None
    grave = "error" in found[1].lower() or found[2] is not None
    return Header(found[2] or found[1], found[3], (found[4], number(found[5])), grave=grave)


def _line_of(line: str) -> Header | None:
    start = line.rfind("() (line ")
    found = _LINE_OF.match(line, start)
    kind, colon, rest = line[:start].partition(": ")
    message, inside, function = rest.rpartition(" in ")
    if not found or not colon or not inside:
        return None
    kind = kind.split()[-1].lstrip("\\") if kind.strip() else ""
    said = announced(line[:start].removesuffix(f" in {function}"))
    if said is not None:
        kind, message = said.type.lstrip("\\"), said.message
    return Header(kind or None, message, (found[2], number(found[1])), callee=function)


def _database(line: str) -> Header | None:
    text = line.partition("WordPress database error ")[2]
    before, made, callers = text.rpartition(" made by ")
    return Header("WordPress database error", before.partition(" for query ")[0], made_by=callers) if made else None


_FORMS: tuple[tuple[str, Callable[[str], Header | None]], ...] = (
    ("WordPress database error", _database),
    ("[object] (", _object),
    (" from line ", _from_line),
    (" thrown in file ", _thrown_in),
    (" in file ", _in_file),
    ("EXCEPTION: ", _bracketed),
    ("PHLOG: ", _bracketed),
    ("() (line ", _line_of),
    ("aught exception) at ", _symfony_2),
    ("Error '", _named_error),
    (", called in ", _arguments),
    ('rror "', _quoted),
    ("rror “", _quoted),
    ("--> Severity: ", _severity),
    ("\\", _boxed),
    ("Next ", _next),
    ("Previous", _next),
    ("Uncaught PHP Exception", _symfony),
    (": ", _level),
    ("ncaught ", _alone),
    ("exception '", _old),
)
