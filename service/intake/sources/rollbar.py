"""Rollbar's webhook: an item (what it groups) with an occurrence, whose body brings the trace.

It does not name the project: write the service into the address, /alerts/rollbar?service=checkout.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.labels import ENVIRONMENT, REPOSITORY, REVISION, SERVICE, first_of, revision_in
from service.intake.lenient import (
    Count,
    Draft,
    Fields,
    Labels,
    Moment,
    NotUnderstood,
    Part,
    Sent,
    Text,
    at_path,
    json_object,
)
from service.intake.printed_trace import printed
from service.intake.sdk_frames import Raised, SentFrame, dict_frames, headline, line_number, text_line, trace_of

_STATES: dict[str, State] = {
    **dict.fromkeys(("new_item", "occurrence", "exp_repeat_item", "item_velocity"), "firing"),
    **dict.fromkeys(("reactivated_item", "reopened_item"), "firing"),
    "resolved_item": "resolved",
    "test": "test",
}
_LEVELS = {"50": "critical", "40": "error", "30": "warning", "20": "info", "10": "debug"}
_PAGE = "https://rollbar.com/instance/uuid?uuid={}"


class Occurrence(Sent):
    """One error, as a client sent it."""

    uuid: Text = ""
    language: Text = ""
    platform: Text = ""
    level: Text = ""
    timestamp: Moment = None
    environment: Text = ""
    code_version: Text = ""
    server: Labels = Field(default_factory=dict)
    custom: Labels = Field(default_factory=dict)
    body: Fields = Field(default_factory=dict)


class Item(Sent):
    """A group of occurrences. `level` is a number."""

    id: Text = ""
    title: Text = ""
    level: Text = ""
    environment: Text = ""
    total: Count = Field(default=0, alias="total_occurrences")
    first: Moment = Field(default=None, alias="first_occurrence_timestamp")
    activated: Moment = Field(default=None, alias="last_activated_timestamp")
    last: Moment = Field(default=None, alias="last_occurrence_timestamp")
    last_occurrence: Annotated[Occurrence, Part] = Occurrence()


class Data(Sent):
    """What the event is about."""

    item: Annotated[Item, Part] | None = None
    occurrence: Annotated[Occurrence, Part] | None = None
    url: Text = ""
    message: Text = ""


class Body(Sent):
    """One event."""

    event_name: Text = ""
    data: Data = Data()


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The alert, or none: a deploy is none."""
    sent = Body.model_validate(json_object(body))
    if not sent.event_name:
        raise NotUnderstood("event_name")
    state = _STATES.get(sent.event_name)
    if state is None:
        return []
    data = sent.data
    if data.item is None and data.occurrence is None and state != "test":
        raise NotUnderstood("item")
    item = data.item or Item()
    return [_draft(state, data, item, data.occurrence or item.last_occurrence)]


def _draft(state: State, data: Data, item: Item, one: Occurrence) -> Draft:
    title = item.title or data.message
    raised, text = _raised(one.body), text_line(at_path(one.body, "message.body"))
    head = headline(text or title)
    trace = trace_of(one.language or one.platform, raised or ([head] if head.type else []))
    framed = trace is not None and bool(trace.frames)
    crash = at_path(one.body, "crash_report.raw")
    about = {**one.server, **one.custom}
    return Draft(
        state=state,
        key=f"item-{item.id}" if item.id else one.uuid,
        service=first_of(one.custom, SERVICE),
        environment=one.environment or item.environment or first_of(one.custom, ENVIRONMENT),
        message=text or title,
        stack_trace=printed(trace) if trace and framed else crash if isinstance(crash, str) else "",
        trace=trace,
        error_text=framed or isinstance(crash, str),
        # An occurrence happened once; an item goes on since it was activated.
        first_seen=one.timestamp if data.occurrence else item.activated or item.first,
        last_seen=item.last,
        count=max(item.total, 1),
        repository=first_of(about, REPOSITORY),
        revision=revision_in(one.code_version or first_of(about, REVISION)),
        url=data.url or (_PAGE.format(one.uuid) if one.uuid.replace("-", "").isalnum() else ""),
        severity=one.level or _LEVELS.get(item.level, item.level),
    )


def _raised(body: Mapping[str, Any]) -> list[Raised]:
    """Root cause first: `trace_chain` begins with what surfaced."""
    chain = body.get("trace_chain")
    traces = chain if isinstance(chain, list) else [body.get("trace")]
    return [_one(trace) for trace in reversed(traces) if isinstance(trace, Mapping)]


def _one(trace: Mapping[str, Any]) -> Raised:
    exception = trace.get("exception")
    about: Mapping[str, Any] = exception if isinstance(exception, Mapping) else {}
    message = about.get("message") or about.get("description") or ""
    return Raised(text_line(about.get("class")), str(message), dict_frames(trace.get("frames"), _frame))


def _frame(sent: Mapping[str, Any]) -> SentFrame:
    owner, method = text_line(sent.get("class_name")), text_line(sent.get("method"))
    mark = "::" if "\\" in owner else "."
    return SentFrame(
        file=text_line(sent.get("filename")),
        line=line_number(sent.get("lineno")),
        function=mark.join(filter(None, (owner, method))) if method else "",
        source=text_line(sent.get("code")),
        column=line_number(sent.get("colno")),
    )


SOURCE = Source("rollbar", read, takes="Rollbar's webhook, with an `event_name` and `data`")
