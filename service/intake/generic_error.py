"""The error in a body of no known form: its type, its message and its trace, as text or as frames."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from incidents.trace import StackTrace
from service.intake.anywhere import Fields
from service.intake.frames_anywhere import frames_in
from service.intake.free_text import trace_in
from service.intake.lenient import parsed
from service.intake.printed_trace import printed
from service.intake.sdk_frames import Raised, headline, text_line, trace_of
from tools.traces import parse

_TRACES = (
    *(
        "stack_trace",
        "stacktrace",
        "traceback",
        "backtrace",
        "stack",
        "trace",
        "exc_info",
        "error.stack",
        "exception.stacktrace",
    ),
    *(
        "callstack",
        "call_stack",
        "exception",
        "exceptions",
        "error",
        "frames",
        "log",
        "logs",
        "raw",
        "output",
        "stderr",
    ),
)
_TYPES = (
    *("error_type", "exception_type", "error_class", "exception_class", "exception_name", "error_name", "error_kind"),
    *("error.klass", "fault.klass", "klass", "exc_type", "exception.class", "fault.class", "fault.type"),
)
_MESSAGES = (
    *("error_message", "exception_message", "exc_message", "exc_value", "error_value", "exception_value"),
    *("error_description", "fault_message", "error_text", "errmsg", "err_msg", "error_msg", "error_details"),
)
_WORDS = ("error", "exception", "err", "failure_reason", "cause")
_LONGEST_TYPE = 200
_MOST_TEXTS = 50


class Found(NamedTuple):
    """`text` is the trace as it was sent, or as its frames are printed. `said` is what the error says of itself."""

    text: str
    trace: StackTrace | None
    said: str


def error_in(fields: Fields, platform: str) -> Found:
    """The error, as far as it is told."""
    kind, message = _kind(fields), fields.text(_MESSAGES)
    words = fields.text(_WORDS)
    if not message and words and "\n" not in words.strip():
        head = headline(words)
        kind, message = kind or head.type, head.message if head.type else words
    message = message.removeprefix(f"{kind}: ") if kind else message
    frames = _frames(fields)
    if frames:
        trace = trace_of(platform, [Raised(kind, message, frames)])
        return Found(printed(trace) if trace else "", trace, message)
    text = _text(fields)
    if text:
        return Found(_headed(text, kind, message), None, message)
    return Found("", trace_of(platform, [Raised(kind, message)]) if kind else None, message)


def _kind(fields: Fields) -> str:
    found = fields.word(_TYPES)
    return text_line(found) if len(found) <= _LONGEST_TYPE and " " not in found else ""


def _frames(fields: Fields) -> Sequence[Any]:
    """Frames as objects, the outermost call first. `frames` are sent so; all others begin with the innermost."""
    listed = fields.first(_TRACES, lambda value: bool(frames_in(_list(value))))
    ordered = fields.first(("frames",), lambda value: value is listed and listed is not None)
    found = frames_in(_list(listed))
    if isinstance(listed, Mapping) and "frames" in listed:
        return found
    return found if ordered is not None else found[::-1]


def _list(value: object) -> object:
    value = parsed(value)
    return value.get("frames") if isinstance(value, Mapping) else value


def _text(fields: Fields) -> str:
    """The first text that a language's parser reads: under a name for traces, else anywhere."""
    named = fields.first(_TRACES, lambda value: bool(_traced(value)))
    if named is not None:
        return _traced(named)
    texts = [field.value for field in fields.every() if isinstance(field.value, str) and "\n" in field.value]
    return trace_in(*texts[:_MOST_TEXTS])


def _traced(value: object) -> str:
    lines = value if isinstance(value, list) else [value]
    texts = [line for line in lines if isinstance(line, str)]
    return trace_in("\n".join(texts)) if len(texts) == len(lines) else ""


def _headed(text: str, kind: str, message: str) -> str:
    """Some send the calls alone, and what was raised beside them."""
    return text if not kind or parse(text).exception else f"{kind}: {text_line(message)}\n{text}"
