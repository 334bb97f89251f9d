"""Bugsnag's webhook: an error of a project, with the frames of the event that triggered it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.label_shapes import labelled
from service.intake.labels import revision_in, revision_of
from service.intake.lenient import (
    WITHOUT,
    Count,
    Draft,
    Fields,
    Items,
    Moment,
    NotUnderstood,
    Part,
    Sent,
    Text,
    named,
    said,
)
from service.intake.names import folded
from service.intake.printed_trace import traced
from service.intake.sdk_frames import Raised, text_line, trace_of
from service.intake.tracker_frames import frames_in

_NO_ALERT = frozenset({"comment", "release", "projectsamplingstarted", "projectapproachingratelimit", "errorassigned"})
_OVER = frozenset({"fixed", "resolved"})
_OPEN = frozenset({"open", "reopened", ""})
_TABS = frozenset({"app", "build", "deploy", "deployment", "git", "release", "vcs", "version"})
"""Of the meta data, what the program says of itself; others hold what was sent to it (`request`, `params`, `user`)."""


class Project(Sent):
    """Whose error it is."""

    name: Text
    url: Text


class Trigger(Sent):
    """Why it is sent."""

    type: Text
    message: Text
    state_change: Text


class Error(Sent):
    """The error and its latest event."""

    id: Text
    error_id: Text
    exception_class: Text = named("exception_class", "error_class", "class")
    message: Text
    context: Text
    first_received: Moment
    received_at: Moment
    url: Text
    severity: Text
    status: Text
    occurrences: Count = named("occurrences", "events_count", "total_occurrences", "events")
    release_stage: Text
    app_version: Text
    app: Fields
    stack_trace: Items
    exceptions: Items
    meta_data: Fields


class Body(Sent):
    """One trigger."""

    project: Annotated[Project, Part, WITHOUT]
    trigger: Annotated[Trigger, Part, WITHOUT]
    error: Annotated[Error, Part] | None = None
    release: Fields


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alert, or none: comments, assignments and releases are none."""
    sent = Body.model_validate(document)
    kind = folded(sent.trigger.type)
    if kind in _NO_ALERT:
        return []
    if sent.error is None:
        if kind != "projectspiking":
            raise NotUnderstood("error")
        return [_of_project(sent)]
    state = _state(sent.trigger, sent.error)
    return [] if state is None else [_draft(state, sent, sent.error)]


def _state(trigger: Trigger, error: Error) -> State | None:
    """Snoozing or ignoring an error says nothing of it."""
    if folded(trigger.type) != "errorstatemanualchange":
        return "firing"
    word = (trigger.state_change or error.status).lower()
    return "resolved" if word in _OVER else "firing" if word in _OPEN else None


def _draft(state: State, sent: Body, error: Error) -> Draft:
    raised = [_one(each) for each in reversed(error.exceptions) if isinstance(each, Mapping)]
    raised = raised or [Raised(error.exception_class, error.message, frames_in(error.stack_trace)[::-1])]
    trace = trace_of(str(error.app.get("type") or ""), raised)
    tabs = (part for tab, part in error.meta_data.items() if folded(tab) in _TABS)
    meta = {name: each for part in tabs for name, each in labelled(part).items()}
    version = str(error.app.get("version") or "") or error.app_version
    again = folded(sent.trigger.type) == "reopened"
    return Draft(
        **traced(trace),
        state=state,
        key=error.error_id or error.id,
        service=sent.project.name,
        environment=str(error.app.get("releaseStage") or "") or error.release_stage,
        message=f"{error.exception_class}: {error.message}".strip(": "),
        first_seen=(error.received_at if again else None) or error.first_received or error.received_at,
        last_seen=error.received_at,
        count=max(error.occurrences, 1),
        revision=revision_of(meta) or revision_in(version),
        url=error.url,
        severity=error.severity,
        details=said(culprit=error.context, release=version, reason=sent.trigger.message),
    )


def _of_project(sent: Body) -> Draft:
    """Errors of all kinds become more: no one of them is named."""
    return Draft(
        key=f"project-{sent.project.name}",
        service=sent.project.name,
        message=sent.trigger.message,
        error_text=False,
        url=sent.project.url,
    )


def _one(exception: Mapping[str, Any]) -> Raised:
    kind = exception.get("errorClass") or exception.get("exceptionClass")
    frames = exception.get("stacktrace") or exception.get("stackTrace")
    return Raised(text_line(kind), str(exception.get("message") or ""), frames_in(frames)[::-1])


SOURCE = Source("bugsnag", read, takes="Bugsnag's webhook, with a `project` and an `error`")
