"""Text of no known language: every `path:line` it contains, and the sentence that tells of an error."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from incidents.trace import Failure, Frame
from tools.traces.announced import Announced, announced
from tools.traces.any_language.banners import in_banner
from tools.traces.any_language.languages_told import names_module, of_endings, of_words, paths_alone
from tools.traces.any_language.listed_places import listed_places
from tools.traces.any_language.telling_lines import said_once, without_labels
from tools.traces.candidates import MAX_MESSAGE
from tools.traces.messages.ends import suggests
from tools.traces.messages.lone_sentences import sentence_in
from tools.traces.messages.mentions import without_mentions
from tools.traces.messages.of_database import lines_of_database
from tools.traces.messages.quoted_words import quoted_message
from tools.traces.messages.records import without_level
from tools.traces.messages.runtime_words import language_of
from tools.traces.messages.told_in_words import ended
from tools.traces.messages.trouble import TROUBLE
from tools.traces.places.locations import language_of_type, number, slashed
from tools.traces.unwrap.fences import fenced_lines, fences
from tools.traces.unwrap.lines import Log

MAX_FRAMES = 200
MAX_MESSAGE_LINES = 20
"""Fewer than elsewhere: nothing tells which of the lines belong to an error."""

_PLACE = re.compile(
    r"(?<![\w./\\<>~@+:\-])(?:file:///?(?=[A-Za-z]:|/))?((?:[A-Za-z]:(?=[\\/]))?[\w./\\<>~@+\-]{3,300}+)"
    r"['\"]?(?::(?: ?line |\[)?|\(|#(?=\d{1,7}$)| where line #|,? (?:on |at )?[Ll]ine:? ?)(\d{1,7})(?!\d)(?:[:,](\d{1,6}))?"
)
_CALLER: Final = re.compile(r"(?:\bat |`)(?:async )?(?:([A-Za-z_$][\w$.]{0,150})\.)?([A-Za-z_$][\w$]{0,80}) \(\Z")
"""The function whose place stands in brackets behind it, as in a row of JavaScript that was put into a sentence."""
_LONGEST_NAME: Final = 260
_EXTENSION = re.compile(r"\.(?:[a-z]\w{0,7}|[A-Z]{1,4}\d{0,2})$")  # `.Metadata` is a class
_VALUE: Final = re.compile(r"[^\n`\"“]{3,300}: [^\n`\"“]{0,300}\b(?:for|of|from)(?: [a-z]{1,30}){0,3} [`\"“]$")
"""What stands before a quoted value within a message: `refused for user "`."""
HOST = re.compile(
    r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.(?:com|org|net|io|local|internal|cloud|dev|svc|lan|eu|de|uk|fr|nl|info|localhost)"
)
"""A port stands behind it, no line."""
_RAISED = re.compile(
    r"(?<![\w.\\:$])((?:[A-Za-z_$][\w$]{0,80}(?:[.\\]|::)){0,8}"
    r"[A-Za-z_$][\w$]{0,80}(?:Error|Exception|Failure|Fault|Panic)) {0,2}: (\S.*)"
)
_IN_BRACKETS = re.compile(
    r"\s*((?:(?:[A-Z]\w{0,80}::){1,8}\w{0,80}|[A-Z]\w{1,80})(?:Error|Exception|Invalid|NotFound)) \((.{1,2000})\):?$"
)
_INSPECTED: Final = re.compile(
    r"(?:.{0,200}?[\s>|:{])?\[((?:[A-Za-z_$][\w$]{0,80}\.){0,5}(?:[A-Z][\w$]{0,80}(?:Error|Exception|Rejection|Warning)"
    r"|Error(?=: E[A-Z]{3,14}\b)))"
    r"(?: \[\w{1,80}\])?: (.{1,4000})\](?:,? ?[{}].{0,300}|,)?\s*$"
)
"""An error as Node.js and React Native print a value that has no stack."""
_OBJECT: Final = re.compile(
    r".{0,400}?#<((?:[A-Z]\w{0,80}::){0,8}[A-Z]\w{0,80}(?:Error|Exception|Invalid|NotFound|Timeout)): (.{1,4000})>\s*$"
)
"""An error as Ruby prints the object."""
_BRACKET_OPEN: Final = re.compile(
    r"\s{0,8}(?:\[[0-9a-f-]{8,40}\] )?((?:[A-Z]\w{0,80}::){1,8}[A-Z]\w{0,80}|NoMethodError|NameError) \("
    r"([^()]{3,2000}(?:\([^()]{0,200}\)[^()]{0,500}){0,4})$"
)
"""Rails' own form, behind the request's tag perhaps; its message goes on in the next line, with a suggestion or the place in a query."""
_TYPE_BEHIND: Final = re.compile(
    r"(?:^\s*+|[\"“`])([^\"“`\n]{3,400}?(?:[`'][^`'\n]{1,80}'[^\"“`\n]{0,200}?)?) "
    r"\(((?:[A-Z]\w{0,80}::){0,8}[A-Z]\w{0,80}(?:Error|Exception))\)(?=[\"”`]|\s*$)"
)
"""A message with its type in brackets behind it, as Ruby prints it and people quote it."""
_CONSTANT: Final = re.compile(r"\s{0,8}((?:[A-Z]\w{0,80}::){1,8}[A-Z]\w{0,80}): (\S.*)")
"""Ruby's types need not end as error types do."""
_PROPERTY: Final = re.compile(
    r"\b(line|lineNumber|column|columnNumber|sourceURL|fileName): ?(?:(\d{1,9})|'([^'\n]{1,1000})')"
)
_PLACE_BEHIND = re.compile(
    r"(?:\s{2,20}\S{1,300}?:\d{1,7}(?::\d{1,6})?| \(at \S{1,300}:\d{1,7}:\d{1,6}\)"
    r"| at (?:async )?[\w$.]{1,200} \([^\s()]{1,300}:\d{1,7}(?::\d{1,6})?\))$"
)  # as consoles put it
_REQUEST = re.compile(r"\"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S{1,2000} HTTP/[\d.]{1,3}\" \d{3}\b")
_CLOCK = re.compile(r"^\[ {0,8}\d{1,9}\.\d{6}\] ")  # of Linux's kernel
TYPE_ALONE = re.compile(r"\s*((?:[A-Za-z_$][\w$]{0,80}(?:[.\\]|::)){0,8}[A-Z][\w$]{0,80}(?:Error|Exception)):\s*$")
_POINT = re.compile(r"\s{0,8}[-*•] \S|\s{2,}\S")
_LABELS = frozenset({"Error", "Exception", "Warning", "Failure"})
_NODE: Final = re.compile(
    r"\(node:\d{1,9}\) |, js engine: \w|^This error is located at:"
    r"|\bUncaught (?:\(in promise\):? )?(?:[A-Z]\w{0,40})?Error\b|\[ERR_[A-Z_]{3,60}\]"
)

_ERROR = re.compile(r"\s{0,8}Error: (?=\S)")
"""What tools put before the one line that says it, above where and why."""


def read(log: Log) -> tuple[str | None, Failure]:
    """The language, where words of it are plain, and one failure out of any text; its frames stand in the order of the text.

    INFO lines and lines about requests say nothing of it, unless there are no others.
    """
    frames = places(log.lines) or listed_places(log.lines)
    lines = _worth_reading(log)
    best = next(((at, found) for at, line in enumerate(lines) if (found := told(line)) is not None), None)
    if best is None:
        best = next(_typed_above(lines), None)
    if best is None and (outside := _outside_fences(log)):
        best = next(((at, found) for at, line in enumerate(outside) if (found := told(line)) is not None), None)
        lines = outside if best is not None else lines
    if best is not None:
        at, said = best
        if inspected(lines[at]):
            frames = _place_told(lines[at : at + MAX_MESSAGE_LINES]) or frames
        goes_on = _in_bracket if _BRACKET_OPEN.match(lines[at]) else _goes_on_below
        message = "\n".join([said.message, *goes_on(said.message, lines[at + 1 :])])
        return language_told(said, lines, frames), Failure(type=said.type, message=message, frames=frames)
    quoted = quoted_message(log.lines)
    if quoted is not None:
        return of_words(quoted, frames), Failure(message=ended(quoted), frames=frames)
    sentence = sentence_in(lines)
    if sentence is not None:
        return of_words(sentence, frames), Failure(message=sentence, frames=places([sentence]) or frames)
    lines = in_banner(lines) or without_labels(lines)
    labelled = [line for line in lines if _ERROR.match(line)]
    if len(labelled) == 1 and frames:
        return of_words(labelled[0], frames), Failure(message=_ERROR.sub("", labelled[0]).strip(), frames=frames)
    ends = (at for at, line in enumerate(lines) if at and suggests(line))
    spoken = [without_level(_CLOCK.sub("", line.strip())) for line in lines[: next(ends, MAX_MESSAGE_LINES)]][
        :MAX_MESSAGE_LINES
    ]
    text = "\n".join(said_once(spoken))[:MAX_MESSAGE]
    language = of_words(text, frames)
    if frames and language is None and (told_of := places_told(log.lines)) != frames:
        return None, Failure(message=text, frames=told_of)
    return language, Failure(message=text if "\n" in text else ended(text), frames=frames)


def _typed_above(lines: Sequence[str]) -> Iterator[tuple[int, Announced]]:
    """A type on a line of its own, its message on the next one."""
    for at, (line, below) in enumerate(pairwise(lines)):
        alone = TYPE_ALONE.match(line)
        if alone is not None and announced(below) is None:
            yield at + 1, Announced(alone[1], below.strip(), 0)


def _outside_fences(log: Log) -> Sequence[str]:
    """The prose around fences that hold no error: an example, a configuration."""
    inside = fenced_lines(log.lines)
    return [line for at, line in enumerate(log.lines) if at not in inside and line.strip()] if inside else ()


def _worth_reading(log: Log) -> Sequence[str]:
    """Lines inside fences, when there are any; without those of level INFO and those about requests."""
    mute = {at for record in log.records if record.mute for at in range(record.first, record.end)}
    said = [at for at, line in enumerate(log.lines) if line.strip()]
    marks = [at for at in said if fences(log.lines[at])]
    ends = [*marks, len(log.lines)]
    inside = [
        at for first, end in zip(ends[::2], ends[1::2], strict=False) for at in range(first + 1, end) if at in said
    ]
    said = inside or [at for at in said if at not in marks]
    said = list(_of_speaking_record(log, said) or said)
    for spoken in (
        [log.lines[at] for at in said if at not in mute and not _REQUEST.search(log.lines[at])],
        [log.lines[at] for at in said if at not in mute],
    ):
        if spoken:
            return spoken
    return [log.lines[at] for at in said]


def _of_speaking_record(log: Log, said: Sequence[int]) -> Sequence[int]:
    """The lines of the first record that speaks of an error, where lines carry a time and others do not speak of one."""
    begun = [at for at in said if at in log.stamped]
    speaking = [at for at in begun if TROUBLE.search(log.lines[at])]
    if not speaking or len(begun) == len(speaking):
        return ()
    end = next((at for at in begun if at > speaking[0]), len(log.lines))
    return [at for at in said if speaking[0] <= at < end]


def _goes_on_below(message: str, below: Sequence[str]) -> Sequence[str]:
    """The points of a list that a message announces with a colon at its end, or what a database prints below."""
    if rows := lines_of_database(below):
        return rows
    ends = next((at for at, line in enumerate(below) if not _POINT.match(line)), len(below))
    return below[:ends] if message.rstrip().endswith((":", "：")) else ()


def _in_bracket(_: str, below: Sequence[str]) -> Sequence[str]:
    """What a bracket that is still open holds besides, down to a suggestion; where a database shows the query, that."""
    rows = below[:MAX_MESSAGE_LINES]
    ends = next((at for at, line in enumerate(rows) if suggests(line)), 0)
    return lines_of_database(rows) or [line.strip() for line in rows[:ends]]


def told(line: str) -> Announced | None:
    """The type and message of a line that announces an error and says more of it than its type."""
    printed = inspected(line)
    before = announced(line[: printed.start]) if printed is not None and ": " in line[: printed.start] else None
    if printed is not None and before is None:
        return printed
    behind = _TYPE_BEHIND.search(line) if ")" in line else None
    if behind is not None:
        return Announced(behind[2], behind[1], behind.start(2))
    constant = _CONSTANT.match(line)
    if constant is not None:
        return Announced(constant[1], ended(constant[2]), constant.start(1))
    bracketed = _IN_BRACKETS.match(line) or _BRACKET_OPEN.match(line)
    if bracketed is not None:
        return Announced(bracketed[1], bracketed[2], bracketed.start(1))
    named = _RAISED.search(line) if ": " in line else None
    if named is not None and _is_value(line, named.start()):
        return None
    if named is not None:
        message = ended(_PLACE_BEHIND.sub("", named[2][:MAX_MESSAGE]), line[: named.start()])
        return Announced(named[1], message, 0)
    said = announced(line) if ": " in line else None
    if (
        said is not None
        and said.type in _LABELS
        and not (_NODE.search(line) or _of_runtime(said) or names_module(said))
    ):
        return None  # a word that many programs put before any message
    inner = announced(said.message) if said is not None else None
    best = inner if inner is not None and inner.message else said
    best = best._replace(message=ended(_PLACE_BEHIND.sub("", best.message))) if best is not None else None
    return best if best is not None and best.message else None


def _is_value(line: str, at: int) -> bool:
    """Whether what begins there is quoted as a value within a message."""
    return at > 0 and _VALUE.match(line[:at]) is not None


def _of_runtime(said: Announced) -> bool:
    """Whether the words behind a bare `Error: ` are those of a run time that has this type."""
    return said.type == "Error" and language_of(None, said.message) in ("javascript", "php")


def inspected(line: str) -> Announced | None:
    """The type and message of `[TypeError: x is null] {`."""
    object_ = _OBJECT.match(line) if "#<" in line else None
    if object_ is not None:
        return Announced(object_[1], object_[2], object_.start(1))
    found = _INSPECTED.match(line) if "[" in line else None
    return Announced(found[1], found[2], found.start(1)) if found else None


def _place_told(lines: Sequence[str]) -> tuple[Frame, ...]:
    """The place that an error has as properties: `line: 12, column: 5, sourceURL: 'a.js'`."""
    told = {name: digits or text for line in lines for name, digits, text in _PROPERTY.findall(line)}
    path, row = told.get("sourceURL") or told.get("fileName"), told.get("line") or told.get("lineNumber")
    if path is None or row is None:
        return ()
    bare = path.partition("?")[0]
    return (Frame(path=slashed(bare), line=number(row), column=number(told.get("column") or told.get("columnNumber"))),)


def language_told(said: Announced, lines: Sequence[str], frames: Sequence[Frame]) -> str | None:
    """The language that words of the lines, the type's package or the endings of all places tell."""
    if any(map(_NODE.search, lines)) or any(map(_INSPECTED.match, lines)) or names_module(said):
        return "javascript"
    if any(map(_IN_BRACKETS.match, lines)) or any(map(_BRACKET_OPEN.match, lines)):
        return "ruby"
    return (
        language_of_type(said.type) or of_endings(frames or paths_alone(lines)) or language_of(said.type, said.message)
    )


def raised(line: str) -> tuple[str, str] | None:
    """The type and message that a line names, as in `worker: acme.PoolError: no connection is left`."""
    found = _RAISED.search(line) if ": " in line else None
    return (found[1], found[2][:MAX_MESSAGE]) if found and not _is_value(line, found.start()) else None


def places_told(lines: Iterable[str]) -> tuple[Frame, ...]:
    """The places of the lines without those that a sentence only mentions."""
    return places(map(without_mentions, lines))


def places(lines: Iterable[str]) -> tuple[Frame, ...]:
    """Every `path:line` of the lines, each once."""
    frames: dict[Frame, None] = {}
    for line in lines:
        if len(frames) < MAX_FRAMES and len(line) > 4:
            frames.update(dict.fromkeys(_frames(line)))
    return tuple(frames)[:MAX_FRAMES]


def _frames(line: str) -> list[Frame]:
    found: list[Frame] = []
    for place in _PLACE.finditer(line):
        path, row, column = place.groups()
        if _EXTENSION.search(path) and number(row) and not HOST.fullmatch(path):
            caller = _CALLER.search(line, max(place.start() - _LONGEST_NAME, 0), place.start())
            owner, function = caller.groups() if caller else (None, None)
            where = {"line": number(row), "column": number(column)}
            found.append(Frame(path=slashed(path), function=function, class_name=owner, **where))
    return found
