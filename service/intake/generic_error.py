"""The error in a body of no known form: its type, its message and its trace, as text or as frames."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from incidents.trace import StackTrace
from service.intake.field_names import ERROR_MESSAGES, ERROR_TYPES, ERRORS, TRACES
from service.intake.field_search import FieldSearch
from service.intake.lenient import NotUnderstood, parsed
from service.intake.names import folded
from service.intake.printed_trace import printed
from service.intake.sdk_frames import Raised, SentFrame, headline, text_line, trace_of
from service.intake.thrown_place import place_in, place_of, with_place
from service.intake.tracker_frames import frames_in
from tools.traces import parse
from tools.traces.unwrap.told_apart import on_one_line

_BESIDE = ("message", "msg", "detail", "description")
_LONGEST_TYPE = 200
_BARE_TYPE = re.compile(
    r"\\?(?:[A-Za-z_]\w*(?:\.|::|\\))*[A-Z]\w*(?:Error|Exception|Failure|Fault|Panic|Interrupt|Exit|Warning)"
    r"|\\?(?:[A-Za-z_]\w*(?:\.|::|\\))+[A-Z]\w*"
)
"""A class, and no word such as `Timeout`."""
_OF_ANY_KIND = ("class", "type")
_CLASS_OF_ERROR = re.compile(r"(?:[A-Za-z_]\w{0,50}(?:\.|::|\\)){0,8}[A-Z]\w{0,80}(?:Error|Exception)")
_MOST_TEXTS = 50
_LONGEST_TEXT = 100_000
_MOST_READ = 200_000
_MOST_OF_BODY = 2_000_000
"""Characters of one alert, and of all of a body, in which a trace is looked for: 500,000 take about a second."""


class Found(NamedTuple):
    """`text` is the trace as it was sent, or as its frames are printed. `said` is what the error says of itself.

    `sent` is the text before its message was put on one line, if it was.
    """

    text: str
    trace: StackTrace | None
    said: str
    sent: str = ""


class Traces:
    """Which texts of a body hold a trace. One that many of its alerts share is read once."""

    def __init__(self) -> None:
        self._read: dict[str, StackTrace] = {}
        self._left, self._of_body = _MOST_READ, _MOST_OF_BODY

    def next_alert(self) -> None:
        """Each alert may have so much text of its own."""
        self._left = _MOST_READ

    def of(self, text: str) -> StackTrace | None:
        """What a language's parser reads in it; None when that is nothing, or it is too much for one alert.

        Raises NotUnderstood when it is too much for one body: whose trace was left out could not be told from others.
        """
        if text not in self._read:
            start = text[:_LONGEST_TEXT]
            if "\n" not in text or len(start) > self._left:
                return None
            self._left, self._of_body = self._left - len(start), self._of_body - len(start)
            if self._of_body < 0:
                raise NotUnderstood("", "holds too much text in which there may be a trace: send fewer alerts at once")
            self._read[text] = parse(start)
        trace = self._read[text]
        return trace if trace.language else None


def error_in(fields: FieldSearch, platform: str, traces: Traces) -> Found:
    """The error, as far as it is told."""
    kind, message = _kind(fields), fields.text(ERROR_MESSAGES)
    words = fields.text(ERRORS)
    bare = "" if kind else _bare_type(fields)
    if bare:
        kind, message, words = bare, message or fields.text((*_BESIDE, "title")), ""
    if not message and words and "\n" not in words.strip():
        head = headline(words)
        kind, message = kind or head.type, head.message if head.type else words
    message = message or (_beside(fields, kind) or fields.text(("message", "msg")) if kind else "")
    message = message.removeprefix(f"{kind}: ") if kind else message
    frames = _frames(fields)
    if frames:
        trace = trace_of(platform, [Raised(kind, message, frames)])
        return Found(printed(trace), trace, message)
    text = _text(fields, traces)
    if text and _is_words(text, kind, message):
        text = ""
    if text:
        own = on_one_line(text, message or fields.text(_BESIDE))
        if own != text:
            return Found(_headed(own, kind, message, traces), None, text_line(message), text)
        return Found(_headed(text, kind, message, traces), None, message)
    place = place_of(fields, kind) if kind else None
    if place is not None:
        trace = trace_of(platform, [Raised(kind, message, [place])])
        return Found(printed(trace), trace, message)
    return Found("", trace_of(platform, [Raised(kind, message)]) if kind else None, message)


def _is_words(text: str, kind: str, message: str) -> bool:
    """Whether the only rows stand in a message that is told apart from its type: whoever wrote the value drew them.

    Some send the whole stack as the message: that begins with its type, or as Python's do.
    """
    first = text.lstrip().partition("\n")[0]
    return bool(kind) and text == message and kind.rpartition(".")[2] not in first and not first.startswith("Traceback")


def holders_of(error: Found, fields: FieldSearch) -> frozenset[tuple[str, ...]]:
    """The paths of the objects in which the error may be told; none when it has neither type nor trace."""
    if not error.text and not error.trace:
        return frozenset()
    named = frozenset(map(folded, (*TRACES, *ERROR_TYPES)))
    texts = (error.text, error.sent or error.text)
    return frozenset(field.path for field in fields.every() if field.name in named or field.value in texts) | {()}


def _kind(fields: FieldSearch) -> str:
    """A class; else what else is told as a type, which may be a code."""
    found = str(fields.first(ERROR_TYPES, lambda value: isinstance(value, str) and _is_type(value.strip())) or "")
    found = found.strip() or fields.word(ERROR_TYPES)
    return text_line(found) if len(found) <= _LONGEST_TYPE and " " not in found else ""


def _beside(fields: FieldSearch, kind: str) -> str:
    """What the object that names the type says of it."""
    path = next((field.path for field in fields.every() if field.value == kind), None)
    told = {field.name: field.value for field in reversed(fields.every()) if field.path == path}
    return next((text for name in (*_BESIDE, "value") if isinstance(text := told.get(name), str) and text.strip()), "")


def _bare_type(fields: FieldSearch) -> str:
    """The class that stands where others send the error itself, or where any thing's kind is told."""
    found = fields.first(
        ("exception", "error", "err", "*exception"), lambda value: isinstance(value, str) and _is_type(value.strip())
    )
    kind = fields.first(
        _OF_ANY_KIND, lambda value: isinstance(value, str) and _CLASS_OF_ERROR.fullmatch(value) is not None
    )
    return str(found or kind or "").strip()


def _is_type(text: str) -> bool:
    return len(text) <= _LONGEST_TYPE and _BARE_TYPE.fullmatch(text) is not None


def _frames(fields: FieldSearch) -> Sequence[Any]:
    """Frames as objects, the outermost call first. `frames` and Python's `traceback` are sent so; all others begin with the innermost."""
    listed = fields.first(TRACES, lambda value: bool(frames_in(_list(value))))
    if listed is None:
        return []
    found = frames_in(_list(listed))
    under_frames = fields.first(("frames", "traceback"), lambda value: value is listed) is not None
    own = isinstance(listed, Mapping) and "frames" in listed
    outermost_first = under_frames or own
    outermost = found if outermost_first else found[::-1]
    return with_place(outermost, None if own else _thrown(fields, listed))


def _thrown(fields: FieldSearch, listed: object) -> SentFrame | None:
    """The line that threw, as told beside the calls."""
    path = next((field.path for field in fields.every() if field.value is listed), ())
    return place_in(fields, path)


def _list(value: object) -> object:
    value = parsed(value)
    return value.get("frames") if isinstance(value, Mapping) else value


def _text(fields: FieldSearch, traces: Traces) -> str:
    """The first text that a language's parser reads: under a name for traces, else anywhere."""
    named = fields.first(TRACES, lambda value: bool(_traced(value, traces)))
    if named is not None:
        return _traced(named, traces)
    texts = [field.value for field in fields.every() if isinstance(field.value, str) and "\n" in field.value]
    return next((text for text in texts[:_MOST_TEXTS] if traces.of(text)), "")


def _traced(value: object, traces: Traces) -> str:
    lines = value if isinstance(value, list) else [value]
    texts = [line for line in lines if isinstance(line, str)]
    text = "\n".join(texts) if len(texts) == len(lines) else ""
    return text if traces.of(text) else ""


def _headed(text: str, kind: str, message: str, traces: Traces) -> str:
    """Some send the calls alone, and what was raised beside them."""
    trace = traces.of(text)
    return text if not kind or (trace and trace.exception) else f"{kind}: {text_line(message)}\n{text}"
