"""Sentry's integration platform: `event_alert` and `error` bring the exception with its frames."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from service.intake.adapter import Source
from service.intake.lenient import ENVIRONMENT, REPOSITORY, SERVICE, Draft, Fields, Items, Moment, Sent, Text, first_of
from service.intake.sdk_frames import Raised, SentFrame, trace_text
from service.intake.webhook_signature import Signed


class Event(Sent):
    """One error. `release` is `package@version`; tags are pairs."""

    event_id: Text = ""
    issue_id: Text = ""
    project: Text = ""
    project_slug: Text = ""
    platform: Text = ""
    title: Text = ""
    culprit: Text = ""
    datetime: Moment = None
    release: Text = ""
    environment: Text = ""
    web_url: Text = ""
    url: Text = ""
    tags: Items = Field(default_factory=list)
    exception: Fields = Field(default_factory=dict)


class Data(Sent):
    """Where the resources put it."""

    event: Event | None = None
    error: Event | None = None


class Body(Sent):
    """What every resource shares."""

    action: Text = ""
    data: Data = Data()


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The error, or none for other resources (installation, comment, issue, ...), which are answered all the same."""
    sent = Body.model_validate_json(body)
    event = sent.data.event or sent.data.error
    if event is None:
        return []
    tags = _tags(event.tags)
    raised = _raised(event.exception)
    package, _, version = event.release.rpartition("@")
    return [
        Draft(
            state="resolved" if sent.action == "resolved" else "firing",
            key=event.issue_id or event.event_id,
            service=first_of(tags, SERVICE) or package or event.project_slug or event.project,
            environment=event.environment or first_of(tags, ENVIRONMENT),
            message=event.title,
            stack_trace=trace_text(event.platform, raised),
            error_text=bool(raised or event.title),
            first_seen=event.datetime,
            repository=first_of(tags, REPOSITORY),
            revision=version,
            url=event.web_url or event.url,
        )
    ]


def _tags(items: Sequence[Any]) -> dict[str, str]:
    pairs = [item for item in items if isinstance(item, list) and len(item) == 2]
    return {str(name): str(value) for name, value in pairs}


def _raised(exception: Mapping[str, Any]) -> list[Raised]:
    values = exception.get("values")
    return [_one(value) for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _one(value: Mapping[str, Any]) -> Raised:
    stack = value.get("stacktrace")
    frames = stack.get("frames") if isinstance(stack, dict) else None
    read = [_frame(each) for each in frames if isinstance(each, dict)] if isinstance(frames, list) else []
    return Raised(_line(value.get("type")), _line(value.get("value")), [frame for frame in read if frame.file])


def _frame(sent: Mapping[str, Any]) -> SentFrame:
    number = sent.get("lineno")
    return SentFrame(
        file=_line(sent.get("filename") or sent.get("abs_path") or sent.get("module")),
        function=_line(sent.get("function")),
        module=_line(sent.get("module")),
        line=number if isinstance(number, int) and 0 < number < 10**7 else None,
        source=_line(sent.get("context_line")).strip(),
    )


def _line(value: object) -> str:
    """On one line, so that no text can draw frames of its own."""
    return " ".join(str(value).split())[:2_000] if value is not None else ""


SOURCE = Source("sentry", read, signed=Signed("sentry-hook-signature", unique=True), delivery_header="request-id")
