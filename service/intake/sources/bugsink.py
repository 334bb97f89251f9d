"""Bugsink: an issue from its webhook backend, or from the backend for Slack, which says less."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from service.intake.adapter import Source
from service.intake.lenient import Count, Draft, Items, Moment, NotUnderstood, Sent, Text, said
from service.intake.sdk_frames import Raised, titled, trace_of

_PROJECT = re.compile(r"\*project\*: (.+)")
_LINK = re.compile(r"<(https?://[^|<>\s]{1,1000}+)\|")
_LOGGED = "Log Message"
"""The type that Bugsink gives to what was logged without an exception."""


class Issue(Sent):
    """A group of errors. `alert_reason` says why it is sent."""

    id: Text
    friendly_id: Text
    project_name: Text
    first_seen: Moment
    last_seen: Moment
    digested_event_count: Count
    calculated_type: Text
    calculated_value: Text
    transaction: Text
    title: Text
    url: Text
    alert_reason: Text


class ChatMessage(Sent):
    """What the backend for Slack makes of it."""

    text: Text
    blocks: Items


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The one issue of the body."""
    if "blocks" in document and "id" not in document:
        return [_of_chat(ChatMessage.model_validate(document))]
    issue = Issue.model_validate(document)
    if not issue.id:
        raise NotUnderstood("id")
    if not (issue.title or issue.calculated_type):
        raise NotUnderstood("title")
    return [_of_issue(issue)]


def _of_issue(issue: Issue) -> Draft:
    """A new issue began when it was first seen; one that came back, when it was last seen."""
    reason, logged = issue.alert_reason.upper(), issue.calculated_type == _LOGGED
    raised = Raised(issue.calculated_type, issue.calculated_value)
    return Draft(
        state="test" if reason == "TEST" else "firing",
        key=issue.id,
        service=issue.project_name,
        message=(issue.calculated_value if logged else "") or issue.title,
        trace=trace_of("", [raised]) if issue.calculated_type and not logged else None,
        error_text=False,
        first_seen=issue.last_seen if reason in ("REGRESSED", "UNMUTED") else issue.first_seen,
        last_seen=issue.last_seen,
        count=max(issue.digested_event_count, 1),
        url=issue.url,
        details=said(issue=issue.friendly_id, transaction=issue.transaction, reason=issue.alert_reason),
    )


def _of_chat(message: ChatMessage) -> Draft:
    texts = "\n".join(_texts(message.blocks))
    project, link = _PROJECT.search(texts), _LINK.search(texts)
    return Draft(
        state="test" if "TEST issue" in texts else "firing",
        key=link[1] if link else message.text,
        service=project[1].replace("\\", "").strip() if project else "",
        message=message.text,
        trace=titled("", message.text),
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
