"""Log text -> the lines a parser reads: bounded, unescaped, without what log shippers put in front."""

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from tools.traces.unwrap.characters import clean
from tools.traces.unwrap.cut_json import value_before_cut
from tools.traces.unwrap.escapes import unescaped
from tools.traces.unwrap.fences import shows_page
from tools.traces.unwrap.inside_message import inside_message
from tools.traces.unwrap.layout import dedented, repaired
from tools.traces.unwrap.levels import Level, level_of
from tools.traces.unwrap.listed_lines import line_of
from tools.traces.unwrap.literals import listed_rows, quoted_trace
from tools.traces.unwrap.logfmt import texts_of_logfmt
from tools.traces.unwrap.prefixes import prefix_of_all, shows_row, without_common_prefixes
from tools.traces.unwrap.record_starts import Record, begun_by, quiet_ones, without_driver
from tools.traces.unwrap.senders import senders_of
from tools.traces.unwrap.structured import tells_a_trace, tells_an_error, texts_of_json, texts_of_value
from tools.traces.unwrap.tables import text_of_table
from tools.traces.unwrap.webservers import words_of_program
from tools.traces.unwrap.wrapped import rejoined_records

MAX_LINES = 2_400
MAX_LINE = 2_000
SMALLEST_TRACE = 40
MAX_DOCUMENTS = 5
MAX_SOURCES = 20
LEAST_SOURCES = 2
MAX_DEPTH = 2
"""Records inside records that are opened."""

_STAMP = re.compile(
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d(?:[T ]|, )|\d\d-[A-Z][a-z]{2}-\d{4} |(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \d]\d )"
    r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d)| [A-Z][a-z]{1,20}/[A-Za-z_]{1,30})?(?: \d{4})?\]?:?"
    r"(?: (?P<stream>stdout|stderr) [FP](?= |$))?(?:[ \t]|$)"
    r"(?:(?:[\w.-]{1,64} )?(?P<program>[\w./-]{1,64}\[[\w.]{1,20}\]): )?"
    r"(?:\[(?:[\w:./-]{1,40}|pid [^\]]{1,40}|client [^\]]{1,60})\] (?=[\[A-Z])){0,4}"
)
_THREAD = re.compile(
    r"(?:\d{4}-\d\d-\d\d )?\[\d\d:\d\d:\d\d(?:\.\d{1,9})?\] \[[^\]\[/]{1,80}/"
    r"(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|EMERGENCY)\]:? "
)
"""How game servers begin a line: a clock, and the thread beside the level."""
_PROCESS = re.compile(
    r"\s?\[(?:debug|info|noti|notice|warn|warning|erro|error|crit|critical|alert|emergency)\] <\d{1,9}\.\d{1,9}\.\d{1,9}>(?:@[\w:]{1,200})? "
)
"""The level and the process that Erlang's loggers put before every line."""
_SHIPPED = re.compile(r"(?:\d\d:\d\d:\d\d )?(?P<name>\[pod/[^\]]{1,200}\] |[A-Za-z][\w.-]{0,63} {0,20}\| ?)")
_DRIVEN = re.compile(
    r"<\d{1,3}>1 \S{10,40} \S{1,255} \S{1,48} \S{1,128} \S{1,32} (?:-|\[[^\]\n]{0,500}\]) ?|[^\t\n]{1,100}\t[^\t\n]{1,100}\t(?=\d{4}-\d\d-\d\dT)"
)
"""RFC 5424, and what a forge's command line puts before the lines of a job."""
_QUOTE = re.compile(r"> ?")
_LEVEL = re.compile(
    r"(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)(?: |: )(?=\s|at |File |Traceback)"
)
_DOCUMENT = re.compile(r"^[ \t]*`?([\[{])[ \t]*(?:\n|$)", re.MULTILINE)
_DECODER = json.JSONDecoder(strict=False)
_SENDER = re.compile(r"\"(?:container_name|pod_name|pod|stream|source|tag)\" ?: ?\"([^\"\\]{1,100})\"")
_BEFORE_ROW = re.compile(
    r"\s*(?:[Ss]tack ?(?:[Tt]race)?|[Tt]race(?:back)?|[Bb]acktrace):\s+(?=goroutine |at |#0 |\S+:\d)"
)
_PROSE = re.compile(r"[A-Za-z]{3,}")


@dataclass(frozen=True, slots=True)
class Log:
    """The lines of a text. `stamped` holds the indexes of those that carried a time stamp: a record begins there.

    `records` are the lines that named a level, in their order. `pasted`: the text is a page, where people write around it.
    """

    lines: tuple[str, ...]
    stamped: frozenset[int]
    records: tuple[Record, ...] = ()
    pasted: bool = False

    def quiet(self, index: int) -> bool:
        """Whether a line is of level INFO or below: the message of a trace that begins under it is not there."""
        at = bisect_right(self.records, index, key=lambda record: record.first) - 1
        return at >= 0 and index < self.records[at].end and self.records[at].mute


def read_log(text: str) -> Log:
    """Split any text into at most MAX_LINES lines of at most MAX_LINE characters each; the middle is what is lost."""
    lines: list[str] = []
    stamps: dict[int, int] = {}
    bounds: set[int] = set()
    records: list[Record] = []
    before = ""
    raws = _by_source(*repaired(_written_lines(text)))
    texts = [raw.text for raw in raws]
    for at, raw in enumerate(raws):
        if (raw.source != before or raw.apart) and lines:
            bounds.add(len(lines))
        before = raw.source
        parts, opened = _expanded(raw.text)
        if opened and len(parts) > 1 and inside_message(texts, at, at):
            parts, opened = [], False
        if raw.stamps or opened:
            stamps[len(lines)] = raw.stamps or 1
        first = len(lines)
        lines.extend(_bounded_line(part.rstrip()) for part in _ends(parts))
        if opened and len(parts) > 1:
            bounds.add(len(lines))
        if raw.level is not None:
            records.append(Record(first, len(lines), raw.level.grave, raw.level.mute))
        if len(lines) >= MAX_LINES:
            break
    plain, ends = without_common_prefixes(lines)
    plain = [_without_level(line) for line in plain]
    begun = begun_by(stamps, plain) or quiet_ones(records, plain)
    whole = tuple(dedented(plain))
    return Log(whole, begun | ends | bounds, tuple(records), shows_page(whole))


def _written_lines(text: str) -> list[str]:
    """The lines as the program wrote them; what a log driver had put around each is gone."""
    lines = rejoined_records(_bounded_lines(clean(text)))
    written = without_driver(lines)
    return lines if written is lines else _bounded_lines("\n".join(written))


class _Raw(NamedTuple):
    """A line without its prefix. `source` is the program, container, pod or stream that wrote it, when the prefix says so.

    `apart`: nothing above it goes on here.
    """

    text: str
    stamps: int
    source: str
    level: Level | None
    apart: bool = False


def _by_source(lines: list[str], apart: set[int]) -> list[_Raw]:
    """The lines; those of several programs that wrote at the same time are put together again."""
    shared = senders_of(lines) or prefix_of_all(lines)
    raws = [_without_prefix(line, shared) for line in lines]
    for at in apart & set(range(len(raws))):
        raws[at] = raws[at]._replace(apart=True)
    sources = dict.fromkeys(raw.source for raw in raws)
    if not 1 < len(sources) <= MAX_SOURCES or (len(sources) == LEAST_SOURCES and "" in sources):
        return raws  # lines without a name stand where a person has put them
    order = {source: at for at, source in enumerate(sources)}
    return sorted(raws, key=lambda raw: order[raw.source])


def _without_level(line: str) -> str:
    """The row without the level that its logger put before it."""
    level = _LEVEL.match(line)
    return line[level.end() :] if level else line


def _bounded_line(line: str) -> str:
    """A line without its middle when it is too long: what was raised stands in front, where at the end."""
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 600] + line[-600:]


def _bounded_lines(text: str) -> list[str]:
    """The text's lines, or its first and last ones; JSON documents over several lines are opened first."""
    written = text.strip()
    document = texts_of_json(written) if written[:1] in ("{", "[") and "\n" in written else text_of_table(text)
    if document is None and _DOCUMENT.search(text):
        text = _with_opened_documents(text)
    elif document is None and (bare := _without_shared_prefix(text)) is not None:
        text = _with_opened_documents(bare)
    return _ends((text if document is None else clean(document)).split("\n"))


def _without_shared_prefix(text: str) -> str | None:
    """The text without the prefix of all its lines when a JSON document over several lines stands below that."""
    lines = text.split("\n", MAX_LINES)
    quoted = all(line.startswith(">") for line in lines if line.strip())
    shared = None if "{" not in text else _QUOTE if quoted else prefix_of_all(lines)
    if shared is None:
        return None
    bare = "\n".join(line[found.end() :] if (found := shared.match(line)) else line for line in lines)
    return bare if _DOCUMENT.search(bare) else None


def _with_opened_documents(text: str) -> str:
    """The text with the JSON documents in it that begin at a line's start and run over several lines."""
    parts: list[str] = []
    end = 0
    for begun in list(_DOCUMENT.finditer(text))[:MAX_DOCUMENTS]:
        if begun.start(1) < end:
            continue
        try:
            value, stop = _DECODER.raw_decode(text, begun.start(1))
        except (ValueError, RecursionError):
            value, stop = value_before_cut(text[begun.start(1) :]), len(text)
        inside = texts_of_value(value)
        if inside and (tells_a_trace(inside) or tells_an_error(value)):
            parts += (text[end : begun.start(1)].removesuffix("`"), inside)
            end = stop + ("`" in begun[0] and text.startswith("`", stop))
    return "".join((*parts, text[end:]))


def _ends(lines: list[str]) -> list[str]:
    """Not more than MAX_LINES: the first and the last ones."""
    return lines if len(lines) <= MAX_LINES else lines[: MAX_LINES // 2] + lines[-(MAX_LINES // 2) :]


def without_prefix(line: str) -> str:
    """One line without what a log driver or syslog prints in front."""
    return _without_prefix(line, None).text


def _without_prefix(line: str, shared: re.Pattern[str] | None) -> _Raw:
    """The line without what a log driver, syslog or a web server prints in front; indentation stays. `shared` stands before every line."""
    driven = _DRIVEN.match(line) if line[:1] == "<" or "\t" in line else None
    line = line[driven.end() :] if driven else line
    stamps, source, named = int(driven is not None), "", level_of(line)
    common = shared.match(line) if shared is not None else None
    stamp = _STAMP.match(line) if common is not None else None
    if common is not None and stamp is not None and stamp["program"] and stamp.end() > common.end():
        common = None  # the name of the program belongs to the stamp
    if common is not None:
        stamps, line = int(_STAMP.match(line) is not None), line[common.end() :]
        source = common.groupdict().get("name") or ""
        named = level_of(line) or named  # the level before every line is the shipper's
    if '{"' in line:
        source = source or ".".join(_SENDER.findall(line, 0, MAX_LINE))
    shipped = _SHIPPED.match(line)
    if shipped and not (common and common.groupdict()):  # a name is told once
        line, source = line[shipped.end() :], shipped["name"].strip()
    thread = _THREAD.match(line)
    if thread:
        stamps, line = stamps + 1, line[thread.end() :]
    for _ in range(2):  # a container's stamp before the program's own
        stamp = _STAMP.match(line)
        if stamp is None:
            break
        stamps, source = stamps + 1, source or stamp["program"] or stamp["stream"] or ""
        line = line[stamp.end() :]
    process = _PROCESS.match(line)
    if process:
        line = line[process.end() :]
    return _Raw(line, stamps, source, named)


def _expanded(line: str, depth: int = 0) -> tuple[list[str], bool]:
    """One log line, or the lines that are escaped inside it, and whether it was a record of its own."""
    inside = _opened(line)
    if inside is not None:
        rows = _bounded_lines(clean(inside.removesuffix("\n")))
        return (rows if depth >= MAX_DEPTH else [part for row in rows for part in _expanded(row, depth + 1)[0]]), True
    if ('"' in line or "PHP " in line) and (said := words_of_program(line)):
        return [part for row in said for part in unescaped(row).split("\n")], False
    label = _BEFORE_ROW.match(line)
    if label and shows_row(line[label.end() :]):
        return [label[0].rstrip(), line[label.end() :]], False
    folded = "\\" in line or " #0 " in line or line.count(" at ") > 1 or 'File "' in line or "{ fn: " in line
    folded = folded or "goroutine " in line or "在 " in line or "#01" in line or " (at " in line
    return unescaped(line).split("\n") if folded else [line], False


def _opened(line: str) -> str | None:
    """The text that a record in JSON or of keys and values holds, or one in quotes; None when the line is no such record."""
    if "{" in line and (inside := _record_in(line)) is not None:
        return inside
    if "=" in line and (inside := texts_of_logfmt(line)):
        return inside
    if "\\n" in line:
        return quoted_trace(line)
    return listed_rows(line) if '["' in line else None


def _record_in(line: str) -> str | None:
    """The texts of the JSON record that a line is, or that stands behind a title when it holds a trace or all that is said."""
    start = line.find("{")
    whole = start == 0 and line.rstrip().endswith("}")
    start = line.find('{"') if start else start
    if start < 0 or (not whole and len(line) - start < SMALLEST_TRACE and not _is_tag(line[:start])):
        return None
    try:
        value, end = _DECODER.raw_decode(line, start)
    except (ValueError, RecursionError):
        rest = value_before_cut(line[start:])
        said = texts_of_value(rest) if rest is not None else None
        return said if said and (start == 0 or tells_a_trace(said)) else None
    inside = texts_of_value(value)
    if inside and (whole or tells_a_trace(inside)):
        return inside
    alone = not line[end:].strip() and _is_tag(line[:start])
    return inside or "" if alone and line_of(value) is not None else None


def _is_tag(title: str) -> bool:
    """Whether only names and times stand there, as shippers put them before a record; a logger's message is prose."""
    return not any(map(_PROSE.fullmatch, title.split()))
