"""Log text -> the lines a parser reads: bounded, unescaped, without what log shippers put in front."""

import re
from dataclasses import dataclass

from tools.traces.escapes import unescaped
from tools.traces.logfmt import texts_of_logfmt
from tools.traces.prefixes import without_common_prefixes
from tools.traces.structured import texts_of_json

MAX_CHARACTERS = 256_000
MAX_LINES = 2_400
MAX_LINE = 2_000

_STAMP = re.compile(
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]|\d\d-[A-Z][a-z]{2}-\d{4} |(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \d]\d )"
    r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d)| [A-Z][a-z]{1,20}/[A-Za-z_]{1,30})?(?: \d{4})?\]?:?"
    r"(?: (?:stdout|stderr) [FP](?= |$))?(?: |$)"
    r"(?:(?:[\w.-]{1,64} )?[\w./-]{1,64}\[\d{1,9}\]: )?"
    r"(?:\[(?:[\w:./-]{1,40}|pid [^\]]{1,40}|client [^\]]{1,60})\] (?=[\[A-Z])){0,4}"
)
_SHIPPED = re.compile(r"\[pod/[^\]]{1,200}\] |[A-Za-z][\w.-]{0,63} {0,20}\| ?")
_LEVEL = re.compile(
    r"(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)(?: |: )(?=\s|at |File |Traceback)"
)
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]{0,20}[ -/]{0,5}[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[@-Z\\^_])")
_GROUP_INDENT = 2  # Python prints an exception group two columns in: that indent tells its depth
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Log:
    """The lines of a text. `stamped` holds the indexes of those that carried a time stamp: a record begins there."""

    lines: tuple[str, ...]
    stamped: frozenset[int]


def read_log(text: str) -> Log:
    """Split any text into at most MAX_LINES lines of at most MAX_LINE characters each; the middle is what is lost."""
    lines: list[str] = []
    stamped: set[int] = set()
    for raw in _bounded_lines(clean(text)):
        line, had_stamp = _without_prefix(raw)
        if had_stamp:
            stamped.add(len(lines))
        lines.extend(_bounded_line(part.rstrip()) for part in _ends(_expanded(line)))
        if len(lines) >= MAX_LINES:
            break
    if stamped and len(stamped) * 5 >= len(lines) * 4:
        stamped = set()  # every line is stamped (a container's log driver): the stamp tells nothing
    plain, _ = without_common_prefixes(lines)
    return Log(tuple(_dedented(plain)), frozenset(stamped))


def _dedented(lines: list[str]) -> list[str]:
    """A pasted block that is indented as a whole, without that indent."""
    indents = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    margin = min(indents, default=0)
    return [line[margin:] for line in lines] if margin > _GROUP_INDENT else lines


def clean(text: str) -> str:
    """At most MAX_CHARACTERS (head and tail), line ends unified, terminal escapes and control characters removed."""
    if len(text) > MAX_CHARACTERS:
        text = text[: MAX_CHARACTERS // 2] + "\n" + text[-(MAX_CHARACTERS // 2) :]
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be stored anywhere
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    return _CONTROL.sub("", text)


def _bounded_line(line: str) -> str:
    """A line without its middle when it is too long: what was raised stands in front, where at the end."""
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 600] + line[-600:]


def _bounded_lines(text: str) -> list[str]:
    """The text's lines, or its first and last ones; a JSON document over several lines is opened first."""
    document = texts_of_json(text.strip()) if text.lstrip()[:1] in ("{", "[") else None
    return _ends((document or text).split("\n"))


def _ends(lines: list[str]) -> list[str]:
    """Not more than MAX_LINES: the first and the last ones."""
    return lines if len(lines) <= MAX_LINES else lines[: MAX_LINES // 2] + lines[-(MAX_LINES // 2) :]


def _without_prefix(line: str) -> tuple[str, bool]:
    """The line without what a log driver, syslog or a web server prints in front; indentation stays."""
    had_stamp = False
    shipped = _SHIPPED.match(line)
    if shipped:
        line = line[shipped.end() :]
    stamp = _STAMP.match(line)
    if stamp:
        had_stamp = True
        line = line[stamp.end() :]
        again = _STAMP.match(line)  # a container's stamp before the program's own
        line = line[again.end() :] if again else line
    level = _LEVEL.match(line)
    return (line[level.end() :] if level else line), had_stamp


def _expanded(line: str) -> list[str]:
    """One log line, or the lines that are escaped inside it."""
    if line[:1] == "{" and line.rstrip().endswith("}"):
        inside = texts_of_json(line)
        if inside:
            return inside.removesuffix("\n").split("\n")
    if "=" in line and (inside := texts_of_logfmt(line)):
        return inside.split("\n")
    return unescaped(line).split("\n") if "\\" in line else [line]
