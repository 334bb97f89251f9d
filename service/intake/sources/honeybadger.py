"""Honeybadger's webhook: a fault with a notice of it, a site that is down, a check-in that is missing, an alarm."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.label_shapes import labelled
from service.intake.labels import About, about, revision_in
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
from service.intake.printed_trace import traced
from service.intake.sdk_frames import Raised, trace_of
from service.intake.tracker_frames import frames_in

_STATES: dict[str, State] = {
    **dict.fromkeys(
        (
            *("occurred", "unresolved", "rate_exceeded", "volume_spike"),
            *("down", "check_in_missing", "cert_will_expire", "alarm_alert"),
        ),
        "firing",
    ),
    **dict.fromkeys(("resolved", "up", "check_in_reporting", "alarm_ok", "alarm_resolved"), "resolved"),
    **dict.fromkeys(("test", "ping"), "test"),
}

_PARTS = frozenset(
    {"project", "fault", "notice", "site", "outage", "check_in", "deploy", "actor", "alarm", "volume_spike"}
)
"""One of them is in each of its bodies."""
_TOLD = frozenset({"fault", "site", "outage", "check_in", "alarm", "volume_spike"})
_NO_ALERT = frozenset({"assigned", "commented", "deployed", "ignored", "paused", "snoozed", "merged"})


class Fault(Sent):
    """A group of errors."""

    id: Text
    project_name: Text
    klass: Text
    component: Text
    action: Text
    environment: Text
    message: Text
    url: Text
    notices_count: Count
    created_at: Moment
    last_notice_at: Moment
    deploy: Fields


class Notice(Sent):
    """One of them. `backtrace` begins with the innermost call."""

    id: Text
    message: Text
    created_at: Moment
    url: Text
    revision: Text
    environment: Fields
    backtrace: Items
    causes: Items
    deploy: Fields
    context: Fields


class Watched(Sent):
    """A site, a check-in or an alarm."""

    id: Text
    name: Text
    details_url: Text
    url: Text
    missed_at: Moment = named("missed_at", "expected_at")


class Outage(Sent):
    """When a site did not answer."""

    details_url: Text
    down_at: Moment


class Project(Sent):
    """Whose event it is."""

    name: Text
    github_project: Text


class Body(Sent):
    """One event."""

    event: Text
    message: Text
    project: Annotated[Project, Part, WITHOUT]
    fault: Annotated[Fault, Part] | None = None
    notice: Annotated[Notice, Part, WITHOUT]
    site: Annotated[Watched, Part, WITHOUT]
    outage: Annotated[Outage, Part, WITHOUT]
    check_in: Annotated[Watched, Part, WITHOUT]
    alarm: Annotated[Watched, Part, WITHOUT]
    volume_spike: Fields
    context: Fields


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alert, or none: deploys, comments and assignments are none."""
    sent = Body.model_validate(document)
    if not sent.event:
        raise NotUnderstood("event")
    state = _STATES.get(sent.event.lower())
    if state is None and not _PARTS & document.keys():
        raise NotUnderstood("event")
    if state is None and (sent.event.lower() in _NO_ALERT or not _TOLD & document.keys()):
        return []
    state = state or "firing"  # a new kind of event about an error is no reason to lose it
    if sent.fault is not None:
        return [_of_fault(state, sent, sent.fault)]
    if not sent.message:
        raise NotUnderstood("fault")
    return [_of_watched(state, sent)]


def _of_fault(state: State, sent: Body, fault: Fault) -> Draft:
    notice = sent.notice
    message = fault.message or notice.message
    causes = [_cause(each) for each in reversed(notice.causes) if isinstance(each, Mapping)]
    trace = trace_of("", [*causes, Raised(fault.klass, message, frames_in(notice.backtrace)[::-1])])
    seen = _place(sent)
    return Draft(
        **traced(trace),
        state=state,
        key=f"fault-{fault.id}" if fault.id else "",
        service=seen["service"],
        environment=fault.environment or seen["environment"],
        message=f"{fault.klass}: {message}".strip(": "),
        first_seen=fault.created_at or notice.created_at,
        last_seen=fault.last_notice_at or notice.created_at,
        count=max(fault.notices_count, 1),
        repository=seen["repository"],
        revision=_revision(notice, fault) or seen["revision"],
        url=fault.url or notice.url,
        details=said(culprit="#".join(filter(None, (fault.component, fault.action))), reason=sent.message),
    )


def _place(sent: Body) -> About:
    """What the client says of itself, else the project; a context holds what the program had at hand, and fills gaps."""
    context = about(labelled({**sent.notice.context, **sent.context}))
    own = about(labelled(sent.notice.environment), service=_project(sent))
    own["repository"] = own["repository"] or sent.project.github_project
    return About(
        service=own["service"] or context["service"],
        environment=own["environment"] or context["environment"],
        repository=own["repository"] or context["repository"],
        revision=own["revision"] or context["revision"],
    )


def _cause(cause: Mapping[str, Any]) -> Raised:
    return Raised(
        str(cause.get("class") or ""), str(cause.get("message") or ""), frames_in(cause.get("backtrace"))[::-1]
    )


def _project(sent: Body) -> str:
    """Its name; the schema without a project has it in the message's brackets."""
    head = sent.message.removeprefix("[").partition("]")[0] if sent.message.startswith("[") else ""
    return sent.project.name or (sent.fault.project_name if sent.fault else "") or head.partition("/")[0]


def _revision(notice: Notice, fault: Fault) -> str:
    """What the client says it runs, else the deploy after which it happened."""
    said_there = (
        notice.revision,
        notice.environment.get("revision"),
        *(each.get("revision") for each in (notice.deploy, fault.deploy)),
    )
    return next((revision_in(each) for each in said_there if isinstance(each, str) and each), "")


def _of_watched(state: State, sent: Body) -> Draft:
    parts = (sent.site, sent.check_in, sent.alarm)
    watched = next((each for each in parts if each.id or each.name), sent.site)
    spike = f"errors of {sent.project.name}" if sent.volume_spike else ""
    return Draft(
        state=state,
        key=watched.id or watched.name or spike or sent.message,
        service=_project(sent) or watched.name,
        message=sent.message,
        error_text=False,
        repository=sent.project.github_project,
        first_seen=sent.outage.down_at or watched.missed_at,
        url=sent.outage.details_url or watched.details_url or watched.url,
        details=said(name=watched.name),
    )


SOURCE = Source("honeybadger", read, takes="Honeybadger's webhook, with an `event` and a `fault`")
