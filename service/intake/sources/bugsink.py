"""Bugsink: an issue from its webhook backend, or from the backend for Slack, which says less."""

import re
from collections.abc import Mapping, Sequence

from pydantic import Field

from service.intake.adapter import Source
from service.intake.lenient import Count, Draft, Items, Moment, NotUnderstood, Sent, Text, json_object, said
from service.intake.sdk_frames import Raised, headline, trace_of

_PROJECT = re.compile(r"\*project\*: (.+)")
_LINK = re.compile(r"<(https?://[^|>\s]{1,1000})\|")


class Issue(Sent):
    """A group of errors. `alert_reason` says why it is told."""

    id: Text = ""
    friendly_id: Text = ""
    project_name: Text = ""
    first_seen: Moment = None
    last_seen: Moment = None
    count: Count = Field(default=0, alias="digested_event_count")
    type: Text = Field(default="", alias="calculated_type")
    value: Text = Field(default="", alias="calculated_value")
    transaction: Text = ""
    title: Text = ""
    url: Text = ""
    alert_reason: Text = ""


class ChatMessage(Sent):
    """What the backend for Slack makes of it."""

    text: Text = ""
    blocks: Items


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The one issue of the body."""
    whole = json_object(body)
    if "blocks" in whole and "id" not in whole:
        return [_of_chat(ChatMessage.model_validate(whole))]
    issue = Issue.model_validate(whole)
    if not issue.id:
        raise NotUnderstood("id")
    if not (issue.title or issue.type):
        raise NotUnderstood("title")
    return [_of_issue(issue)]


def _of_issue(issue: Issue) -> Draft:
    """A new issue began when it was first seen; one that came back, when it was last seen."""
    reason = issue.alert_reason.upper()
    raised = Raised(issue.type, issue.value)
    return Draft(
        state="test" if reason == "TEST" else "firing",
        key=issue.id,
        service=issue.project_name,
        message=issue.title,
        trace=trace_of("", [raised]) if issue.type else None,
        error_text=False,
        first_seen=issue.last_seen if reason in ("REGRESSED", "UNMUTED") else issue.first_seen,
        last_seen=issue.last_seen,
        count=max(issue.count, 1),
        url=issue.url,
        details=said(issue=issue.friendly_id, transaction=issue.transaction, reason=issue.alert_reason),
    )


def _of_chat(message: ChatMessage) -> Draft:
    texts = "\n".join(_texts(message.blocks))
    project, link, head = _PROJECT.search(texts), _LINK.search(texts), headline(message.text)
    return Draft(
        state="test" if "TEST issue" in texts else "firing",
        key=link[1] if link else message.text,
        service=project[1].replace("\\", "").strip() if project else "",
        message=message.text,
        trace=trace_of("", [head]) if head.type else None,
        error_text=False,
        url=link[1] if link else "",
    )


def _texts(blocks: Sequence[object]) -> list[str]:
    """The texts of a message's sections and their fields."""
    sections = [block for block in blocks if isinstance(block, Mapping)]
    fields = [each for section in sections for each in _list(section.get("fields"))]
    parts = [part for part in (*(section.get("text") for section in sections), *fields) if isinstance(part, Mapping)]
    return [text for part in parts if isinstance(text := part.get("text"), str)]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


SOURCE = Source("bugsink", read, takes="Bugsink's webhook backend, with the `id` and `title` of an issue")
