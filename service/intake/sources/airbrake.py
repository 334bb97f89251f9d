"""Airbrake's webhook, and Errbit's, which has the same error under `problem`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from service.intake.adapter import Source
from service.intake.label_shapes import labelled
from service.intake.labels import about, revision_in
from service.intake.lenient import (
    WITHOUT,
    Anything,
    Count,
    Draft,
    Fields,
    Moment,
    NotUnderstood,
    Part,
    Sent,
    Text,
    named,
    said,
)
from service.intake.printed_trace import traced
from service.intake.sdk_frames import Raised, SentFrame, line_number, trace_of
from service.intake.tracker_frames import frames_in

_OVER = frozenset({"resolved", "true"})


class Notice(Sent):
    """The latest of an error. Its backtrace begins with the innermost call."""

    backtrace: Anything
    context: Fields
    request_url: Text


class Error(Sent):
    """A group of errors."""

    id: Text = named("id", "_id")
    error_class: Text = named("error_class", "type")
    message: Text = named("error_message", "message")
    environment: Text
    project: Anything
    app_name: Text
    first_seen: Moment = named("first_occurred_at", "first_notice_at", "created_at")
    last_seen: Moment = named("last_occurred_at", "last_notice_at")
    count: Count = named("times_occurred", "notices_count")
    resolved: Text
    severity: Text
    file: Text
    line_number: Anything
    url: Text
    last_notice: Annotated[Notice, Part, WITHOUT]


class Body(Sent):
    """One error."""

    error: Annotated[Error, Part] | None = named("error", "problem")
    url: Text = named("airbrake_error_url", "url")


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The one alert of the body."""
    sent = Body.model_validate({"error": None, **document})
    if sent.error is None:
        raise NotUnderstood("error")
    if not (sent.error.error_class or sent.error.message):
        raise NotUnderstood("error.error_message")
    return [_draft(sent, sent.error)]


def _draft(sent: Body, error: Error) -> Draft:
    bare = error.message.removeprefix(f"{error.error_class}: ")
    frames = frames_in(error.last_notice.backtrace)[::-1] or _place(error)
    trace = trace_of("", [Raised(error.error_class, bare, frames)])
    project = error.project.get("name") if isinstance(error.project, Mapping) else error.project
    context = labelled(error.last_notice.context)
    seen = about(context, service=str(project or "") or error.app_name)
    return Draft(
        **traced(trace),
        state="resolved" if error.resolved.lower() in _OVER else "firing",
        key=f"error-{error.id}" if error.id else "",
        service=seen["service"],
        environment=error.environment or seen["environment"],
        message=error.message or error.error_class,
        first_seen=error.first_seen,
        last_seen=error.last_seen,
        count=max(error.count, 1),
        repository=seen["repository"],
        revision=seen["revision"] or revision_in(context.get("version", "")),
        url=sent.url or error.url,
        severity=error.severity or context.get("severity", ""),
        details=said(culprit=error.file),
    )


def _place(error: Error) -> list[SentFrame]:
    """Where it was thrown, which stands beside the error as well."""
    line = line_number(error.line_number)
    return frames_in([{"file": error.file, "line": line}]) if error.file and line else []


SOURCE = Source("airbrake", read, takes="Airbrake's webhook, with an `error`")
