"""Errors that a log only tells in a line (`ERROR payment gateway answered 503`), without any trace."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from incidents.trace import Failure
from tools.traces.announced import Announced, announced
from tools.traces.any_language import plain
from tools.traces.any_language.listed_places import listed_places
from tools.traces.candidates import MAX_MESSAGE, Found
from tools.traces.messages.ends import ends_message
from tools.traces.messages.runtime_words import language_of
from tools.traces.unwrap.levels import level_of
from tools.traces.unwrap.lines import Log, read_log, without_prefix
from tools.traces.unwrap.prefixes import shows_row
from tools.traces.unwrap.record_starts import Record

MAX_LINES: Final = 5

_BEHIND_LEVEL: Final = re.compile(
    r"(?:(?<=FATAL) ERROR(?=:))?(?:/[\w-]{1,60}\]|(?<=[A-Z]):[\w.]{1,100}(?=:\S))?[\s:|>\]-]*"
)
_LOGGER: Final = re.compile(
    r"(?:\d{1,9} --- )?(?:\[[^\[\]\n]{1,100}\]\s*){0,3}"
    r"(?:(?P<name>(?:(?:[\w.-]{1,60} )?[a-z_]\w{0,60}(?:::[a-z_]\w{0,60}){1,8}|"
    r"[\w.$/<>-]{1,150}(?::[\w<>.]{1,80})?(?::\d{1,7})?))(?:\s*(?: - |: |\t)\s*))?(?=\S)"
)
_CATEGORY: Final = re.compile(r"[\w.+`<>]{1,200}\[\d{1,9}\]")
"""What .NET's console writes behind a level; what is said stands below it."""
_IN_BRACKET: Final = re.compile(r"[A-Z]{3,8}\[")
_CLOSE: Final = re.compile(r" [^\[\]]{1,100}\] ")
"""A logger that puts level, time and place into one pair of brackets."""
_QUALIFIED: Final = re.compile(r"[.:/$]|^root$")
_TYPE: Final = re.compile(r"(?:Error|Exception|Failure|Fault|Throwable|Timeout)$")
_CONNECTION: Final = re.compile(r"^\d{1,9}#\d{1,9}: (?:\*\d{1,12} )?")
_FIELDS: Final = re.compile(r"\s(?=\{\")")
_LONGEST_FIELDS: Final = 3_200
_PACKAGED: Final = re.compile(r"(?:[A-Za-z_]\w{0,80}\.){1,12}[A-Z]\w{0,120}(?:: |$)")
_NAME_ALONE: Final = re.compile(
    r"\([\w.]{1,80}\)|\[[\w.]{1,80}\]|(?:\w{1,40}\.){1,8}\w{1,80}\s{0,40}:"
)  # a logger whose message stands on the next line
_FIELD: Final = re.compile(r"(?<!\s)\s{1,80}[A-Za-z][\w.]{0,40}=(?:\"(?:[^\"\\]|\\.){0,2000}+\"|[^\s\"]\S{0,300})")
_ERROR_UNQUOTED: Final = re.compile(r"\s(?:err|error)=(?=[^\s\"])")
"""With blanks in it, as Rust's `tracing` prints the value of a field."""
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.){1,2000}\"")
"""A message as klog writes it before its fields."""
_PAIR: Final = re.compile(
    r"(?:^|\s)\"?(err|error|msg|message|reason)\"?=(\"(?:[^\"\\]|\\.){0,4000}\"|\S{1,2000})", re.IGNORECASE
)


def errors_said(log: Log, traces: Sequence[Found]) -> Iterator[Found]:
    """The lines of level ERROR and worse that belong to none of the traces that were found in the log."""
    begun = sorted({one.at for one in traces})
    yield from _end_of_cut_trace(log, begun)
    firsts = {record.first: record for record in log.records}
    for run in _runs(log.records):
        inside = any(run[0].first <= at <= run[-1].end for at in begun)
        if len(run) > 1 and inside and any(shows_row(log.lines[each.first]) for each in run):
            continue  # a logger that puts its level before every row of a trace
        for record in run:
            end = _end(log, record, firsts)
            if record.grave and not any(record.first <= at < end or (at == end and at not in firsts) for at in begun):
                said = _said(log.lines[record.first : record.end], log.lines[record.end : end])
                if said is not None:
                    yield Found(_language(said, log.lines[record.first : end]), (said,), record.first)


def _end_of_cut_trace(log: Log, begun: Sequence[int]) -> Iterator[Found]:
    """The line right above the first record that announces a type of a known language: the rows above it were cut off."""
    at = log.records[0].first - 1 if log.records else -1
    said = announced(log.lines[at]) if at >= 0 and not any(one <= at for one in begun) else None
    language = language_of(said.type, said.message) if said is not None and not said.start else None
    if said is not None and language is not None:
        yield Found(language, (Failure(type=said.type, message=said.message[:MAX_MESSAGE]),), at)


def _language(said: Failure, lines: Sequence[str]) -> str | None:
    """The language that the lines of a record tell."""
    told = Announced(said.type or "", said.message, 0)
    return plain.language_told(told, lines, [frame for frame in said.frames if _is_file(frame.path)])


def _is_file(path: str) -> bool:
    """Whether it names a file and no host: countries have the endings of Python and Rust."""
    return "/" in path or not path.endswith((".py", ".rs"))


def error_said(row: str) -> Found | None:
    """What one line of a log says when it is of level ERROR or worse, or begins with a type that one language has; else None."""
    row = row[1:-1] if len(row) > 1 and row[:1] == row[-1:] == "`" else row  # as people quote one line
    level = level_of(row) or level_of(without_prefix(row))
    if level is None:
        return _typed(without_prefix(row))
    lines = read_log(row).lines if level.grave else ()
    said = _said(lines, ()) if lines else None
    return Found(_language(said, lines), (said,), 0) if said is not None else None


def _typed(line: str) -> Found | None:
    printed = plain.inspected(line)
    said = printed or announced(line.strip())
    language = language_of(said.type, said.message) if said is not None and (printed or not said.start) else None
    if said is None or language is None or not said.message:
        return None
    return Found(language, (Failure(type=said.type, message=said.message[:MAX_MESSAGE]),), 0)


def _runs(records: Sequence[Record]) -> Iterator[list[Record]]:
    """Errors that follow each other without anything between them."""
    run: list[Record] = []
    for record in records:
        if not record.grave:
            continue
        if run and run[-1].end != record.first:
            yield run
            run = []
        run.append(record)
    if run:
        yield run


def _end(log: Log, record: Record, firsts: Collection[int]) -> int:
    """Where the next line stands that begins a record of its own, such as one of `firsts`."""
    for index in range(record.end, len(log.lines)):
        if index in firsts or ends_message(log, index):
            return index
    return len(log.lines)


def _said(lines: Sequence[str], below: Sequence[str]) -> Failure | None:
    first, *others = [line.strip() for line in lines if line.strip()] or [""]
    message = without_logger(first)
    more = [each for each in others if each not in message]
    if _NAME_ALONE.fullmatch(message):
        message = ""
    if not message or message.endswith(":"):
        more += [line.strip() for line in below[:MAX_LINES] if any(map(str.isalpha, line))][:1]
    message = ": ".join(part.rstrip(":") for part in (message, *more) if part)
    frames = plain.places((*lines, *below[:MAX_LINES])) or listed_places(below)
    alone = _alone(below)
    if alone is not None:
        return Failure(type=alone.type, message=alone.message[:MAX_MESSAGE], frames=frames)
    raised = plain.raised(message)
    if raised is not None:
        return Failure(type=raised[0], message=raised[1], frames=frames)
    if language_of(None, message) is None:
        frames = plain.places_told((*lines, *below[:MAX_LINES])) or listed_places(below)
    return Failure(message=message[:MAX_MESSAGE], frames=frames) if message.strip(" .:-") else None


def _alone(below: Sequence[str]) -> Announced | None:
    """A type with its package that a logger prints on a line of its own when it has no rows to print."""
    first = next((line.strip() for line in below[:MAX_LINES] if line.strip()), "")
    said = announced(first) if _PACKAGED.match(first) else None
    return said if said is not None and not said.start else None


def without_logger(line: str) -> str:
    """The message of a line, without its level, thread, logger and fields."""
    level = level_of(line)
    pairs = dict((name.lower(), _unquoted(value)) for name, value in _PAIR.findall(line))
    if pairs and ("msg=" in line or '"msg"=' in line or ("err" in line and "level=" in line)):
        said = pairs.get("msg") or pairs.get("message") or ""
        return ": ".join(filter(None, (said, pairs.get("err") or pairs.get("error") or pairs.get("reason") or "")))
    if (
        level is not None
        and (rest := _IN_BRACKET.match(line[: level.end][::-1]))
        and (close := _CLOSE.match(line, level.end))
    ):
        line = line[: level.end - rest.end()] + line[close.end() :]
        return without_logger(f"ERROR {line}")
    behind = _BEHIND_LEVEL.match(line, level.end) if level is not None else None
    text = _CONNECTION.sub("", line[behind.end() :] if behind is not None else line)
    logger = _LOGGER.match(text)
    if logger and logger.end() and not (logger["name"] and not _is_logger(logger["name"])):
        text = text[logger.end() :]
    return "" if _CATEGORY.fullmatch(text.strip()) else _with_error(_without_fields(text).strip())


def _with_error(text: str) -> str:
    """A message whose fields stand behind it as pairs: without them, but for the error."""
    said, error = _parted(text)
    quoted = _QUOTED.fullmatch(said) is not None and len(said) < len(text)
    if not (error and said) and not quoted:
        return text
    return ": ".join(filter(None, (_unquoted(said) if quoted else said, error)))


def _parted(text: str) -> tuple[str, str]:
    """What stands before the pairs at a text's end, and the error among them."""
    fields = _fields_behind(text)
    error = next((_unquoted(value) for name, value in _PAIR.findall(fields) if name.lower() in ("err", "error")), "")
    free = None if error else _ERROR_UNQUOTED.search(text)
    value = text[free.end() :].rstrip("\n") if free is not None else ""
    if free is None or "\n" in value:
        return text[: len(text) - len(fields)].strip(), error
    said = text[: free.start()]
    error = value[: len(value) - len(_fields_behind(value))]
    return said[: len(said) - len(_fields_behind(said))].strip(), error.strip()


def _fields_behind(text: str) -> str:
    """The pairs that follow each other down to the end of a text."""
    start = end = 0
    for field in _FIELD.finditer(text):
        start = start if field.start() == end else field.start()
        end = field.end()
    return text[start:] if end == len(text) else ""


def _is_logger(name: str) -> bool:
    return _QUALIFIED.search(name) is not None and not _TYPE.search(name)


def _without_fields(text: str) -> str:
    """Without the JSON behind a message; the error in it belongs to the message."""
    whole = text.rstrip().removesuffix(" []").removesuffix(" {}")
    fields = _FIELDS.search(whole, max(0, len(whole) - _LONGEST_FIELDS)) if whole.endswith("}") else None
    if fields is None:
        return text
    try:
        value = json.loads(whole[fields.end() :], strict=False)
    except (ValueError, RecursionError):
        return text
    error = next((value[key] for key in ("error", "err", "reason") if isinstance(value.get(key), str)), "")
    return ": ".join(filter(None, (text[: fields.start()].strip(), error)))


def _unquoted(value: str) -> str:
    return value[1:-1].replace('\\"', '"').replace("\\n", "\n") if value.startswith('"') else value
