"""An error document of Elastic APM: exceptions and frames as objects."""

from collections.abc import Mapping, Sequence
from typing import Any

from incidents.trace import StackTrace
from service.intake.lenient import at_path
from service.intake.sdk_frames import Raised, SentFrame, dict_frames, line_number, text_line, trace_of


def apm_trace(document: Mapping[str, Any]) -> StackTrace | None:
    """The trace of `error.exception`, or of `error.log` when only that has frames; None when there are none."""
    error = document.get("error")
    if not isinstance(error, Mapping):
        return None
    raised = [_one(each) for each in reversed(_flat(error.get("exception")))]
    if not any(each.frames for each in raised):
        log = error.get("log")
        raised = [_one(log)] if isinstance(log, Mapping) else []
    if not any(each.frames for each in raised):
        return None
    platform = at_path(document, "service.language.name") or at_path(document, "agent.name")
    return trace_of(platform if isinstance(platform, str) else "", raised)


def _flat(exceptions: object, depth: int = 0) -> list[Mapping[str, Any]]:
    """What surfaced first, then what caused it: as a list, or nested under `cause`."""
    items: Sequence[object] = exceptions if isinstance(exceptions, list) else [exceptions]
    found: list[Mapping[str, Any]] = []
    for each in items:
        if isinstance(each, Mapping) and depth < 20:
            found += [each, *_flat(each.get("cause"), depth + 1)]
    return found


def _one(exception: Mapping[str, Any]) -> Raised:
    """Its frames are sent innermost first; agents put the type before the message as well."""
    kind, message = text_line(exception.get("type")), str(exception.get("message") or "")
    bare = message.removeprefix(f"{kind}: ") if kind else message
    return Raised(kind, bare, dict_frames(exception.get("stacktrace"), _frame)[::-1])


def _frame(sent: Mapping[str, Any]) -> SentFrame:
    line = sent.get("line")
    place: Mapping[str, Any] = line if isinstance(line, Mapping) else {"number": line}
    return SentFrame(
        file=text_line(sent.get("filename") or sent.get("abs_path")),
        line=line_number(place.get("number")),
        function=text_line(sent.get("function")),
        module=text_line(sent.get("classname") or sent.get("module")),
        source=text_line(place.get("context")),
        column=line_number(place.get("column")),
    )
