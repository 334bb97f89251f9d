"""The lines with which PHP's frameworks announce an error in forms of their own."""

import re
from collections.abc import Callable
from typing import Final

from tools.traces.announced import announced
from tools.traces.languages.php_header import LEVELS, TYPE, Header, completed, header_in
from tools.traces.places.locations import number, slashed

_SYMFONY_2 = re.compile(
    rf"(?:.{{0,200}}?\s)?({TYPE}): (.*) \((?:uncaught|caught) exception\) at (\S{{1,1000}}) line (\d{{1,9}})"
)
_IN_QUOTES = re.compile(
    rf"(?<![A-Za-z])({LEVELS}):? [\"“]([^\"“”]{{3,1000}}?(?: on line |:)\d{{1,9}})[\"”]", re.IGNORECASE
)
_WRONG_ARGUMENT = re.compile(
    rf"(?:.{{1,200}}?\]: |\W{{0,8}})(?:({TYPE}): )?"
    r"((?:Argument \d{1,3} passed to |[\w\\]{1,200}(?:::|->)?\w{0,100}\(\): Argument #\d).{1,1000}, called in .{1,1000})"
)
_NAMED = re.compile(rf"Error '({TYPE})(' with message ')(.*)$")
_BOXED = re.compile(r"(?:.{0,200}?[\s:])?\[((?:[A-Z]\w{0,80}\\){1,8}\w{1,100})\] (.* in \S{1,1000} on line \d{1,9})$")
_SEVERITY = re.compile(
    r".{0,80}--> Severity: (\w[\w ]{0,30}?) --> (?:([A-Z]\w{0,80}): )?(.*) (\S{1,1000}\.php) (\d{1,9})$"
)
_THROWN_IN = re.compile(rf"(?<![\w\\])({TYPE}) thrown in file (\S{{1,1000}}\.php) (?:in|on) line (\d{{1,9}})")
_IN_FILE = re.compile(
    rf"(?:.{{0,200}}?\s)?({TYPE}(?:(?<=Exception)|(?<=Error))): (.*) in file (\S{{1,1000}}\.php) (?:in|on|at) line (\d{{1,9}})"
)
_LINE_OF = re.compile(r"\(\) \(line (\d{1,9}) of ([^\s)]{1,1000})\)")


_FROM_LINE = re.compile(rf"(?<![\w\\])((?>{TYPE})) from line (\d{{1,9}}) of ([^:]{{1,500}}+): (.*)$")


def _symfony_2(line: str) -> Header | None:
    found = _SYMFONY_2.match(line)
    return Header(found[1].lstrip("\\"), found[2], (found[3], number(found[4]))) if found else None


def _quoted(line: str) -> Header | None:
    """A person's `Fatal error "message in FILE on line N"`."""
    found = _IN_QUOTES.search(line)
    return completed(Header(found[1], found[2])) if found else None


def _arguments(line: str) -> Header | None:
    """What PHP says of wrong arguments, without any level before it."""
    found = _WRONG_ARGUMENT.match(line)
    header = completed(Header(found[1], found[2])) if found else None
    return header if header is not None and header.caller is not None else None


def _boxed(line: str) -> Header | None:
    """CakePHP: `Error: [Ns\\Type] message in FILE on line N`."""
    found = _BOXED.match(line)
    return completed(Header(found[1], found[2])) if found else None


def _named_error(line: str) -> Header | None:
    """Yii: `PHP Fatal Error 'Type' with message '...'`."""
    found = _NAMED.search(line)
    return header_in(found) if found else None


def _severity(line: str) -> Header | None:
    """CodeIgniter: `--> Severity: error --> Exception: message FILE N`."""
    found = _SEVERITY.match(line)
    if found is None:
        return None
    grave = "error" in found[1].lower() or found[2] is not None
    return Header(found[2] or found[1], found[3], (found[4], number(found[5])), grave=grave)


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
    return Header(kind or None, message, (slashed(found[2]), number(found[1])), callee=function)


def _database(line: str) -> Header | None:
    text = line.partition("WordPress database error ")[2]
    before, made, callers = text.rpartition(" made by ")
    return Header("WordPress database error", before.partition(" for query ")[0], made_by=callers) if made else None


def _from_line(line: str) -> Header | None:
    """MediaWiki: `Type from line 30 of /w/A.php: message`."""
    found = _FROM_LINE.search(line)
    return Header(found[1].lstrip("\\"), found[4], (found[3], number(found[2]))) if found else None


FORMS: Final[tuple[tuple[str, Callable[[str], Header | None]], ...]] = (
    ("WordPress database error", _database),
    (" from line ", _from_line),
    (" thrown in file ", _thrown_in),
    (" in file ", _in_file),
    ("() (line ", _line_of),
    ("aught exception) at ", _symfony_2),
    ("Error '", _named_error),
    (", called in ", _arguments),
    ('rror "', _quoted),
    ("rror “", _quoted),
    ("--> Severity: ", _severity),
    ("\\", _boxed),
)
"""Each with the words without which a line has not that form."""
