"""Sentry's integration platform (events, issues, metric alerts), and the body of its legacy webhooks plugin."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.intake.adapter import Source
from service.intake.label_shapes import labelled
from service.intake.labels import COMMIT, about, revision_in, revision_of
from service.intake.lenient import Draft, NotUnderstood, is_over, parsed, said
from service.intake.printed_trace import printed
from service.intake.sdk_frames import Raised, SentFrame, headline, raised_by, text_line, trace_of
from service.intake.sentry_event import raised_in
from service.intake.sentry_resources import Body, Data, Event, Issue, MetricAlert
from service.intake.webhook_signature import Signed

_SLUG = re.compile(r"/projects/[^/]+/([^/?#]+)/|/settings/[^/]+/projects/([^/?#]+)|^[^?#]*/projects/([^/?#]+)/?$")
_ISSUE_STATES = {"created": "firing", "unresolved": "firing", "triggered": "firing", "resolved": "resolved"}
_STATUSES = {"": "created", "unresolved": "unresolved", "resolved": "resolved"}
"""Of an issue without an action."""
_OF_ALERTS = frozenset({"triggered", "critical", "warning"})
"""What only alerts do: one that brings none is no other resource, and is refused."""
_METRIC_LEVELS = frozenset({"critical", "warning"})
_PLUGIN = frozenset({"id", "project", "message", "culprit"})
"""What the plugin has always sent; in its first years without an event."""


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The error, or none for other resources (installation, comment, ...), which are answered all the same."""
    if "data" not in document:
        if isinstance(document.get("issue"), dict) or (_itself(document) and "event" not in document):
            document = {**document, "data": document}
        elif isinstance(document.get("event"), dict) or document.keys() >= _PLUGIN:
            return [_of_plugin(document)]
    sent = Body.model_validate(document)
    data = sent.data if sent.data.project else sent.data.model_copy(update={"project": sent.project})
    event, metric = _resource(data.event) or _resource(data.error), _resource(data.metric_alert)
    if event:
        return [_of_event(event, sent.action, data)]
    if metric:
        return [_of_metric(data, MetricAlert.model_validate(metric), sent.action)]
    issue = _resource(data.issue) or _itself(document.get("data"))
    if issue:
        return _of_issue(Issue.model_validate(issue), sent.action, data)
    if not sent.action or sent.action in _OF_ALERTS:
        raise NotUnderstood("data.event" if sent.action else "action")
    return []


def _resource(value: object) -> Mapping[str, Any]:
    """The object, also in a text or in a list, as relays send it; {} when there is none."""
    found = parsed(value)
    found = found[0] if isinstance(found, list) and found else found
    return found if isinstance(found, Mapping) else {}


def _itself(data: object) -> Mapping[str, Any] | None:
    """The data themselves, or the body, where they are an issue, as some relays, guides and the API have it."""
    found = data if isinstance(data, Mapping) else {}
    return found if "title" in found and {"permalink", "culprit", "shortId"} & found.keys() else None


def _of_event(document: Mapping[str, Any], action: str, beside: Data) -> Draft:
    """Some send the issue and the project beside the event, which then lacks what they say."""
    issue = Issue.model_validate(beside.issue if isinstance(beside.issue, Mapping) else {})
    event, tags = Event.model_validate(document), _tags(document.get("tags"))
    trace = trace_of(event.platform, raised_in(document)) or raised_by(event.platform, event.title)
    version = _version(event.release) or tags.get("release", "")
    package = version.rpartition("@")[0]
    said_here = (event.project_slug, _slug(event.url), _slug(event.web_url))
    said_there = (_project(issue.project), _project(beside.project))
    projects = (*said_here, *said_there, package, _project(event.project))
    named = about(tags, service=next(filter(None, projects), ""))
    return Draft(
        state="resolved" if action == "resolved" else "firing",
        key=event.issue or issue.id or event.event_id,
        service=named["service"],
        environment=event.environment or named["environment"],
        message=_whole(event.title, event.message) or issue.title,
        trace=trace,
        stack_trace=printed(trace),
        error_text=trace is not None or bool(event.title),
        first_seen=event.datetime or event.timestamp or event.received or issue.first_seen,
        repository=named["repository"],
        # A tag that is called like a version says it of something else: `runtime`'s, or the release once more.
        revision=revision_of(tags, COMMIT) or revision_in(version),
        url=event.web_url or event.url or issue.address,
        severity=event.level or tags.get("level", "") or issue.level,
        details=said(culprit=event.culprit or issue.culprit, release=version),
    )


def _of_issue(issue: Issue, action: str, data: Data) -> Sequence[Draft]:
    """An issue that is opened, comes back or is resolved; assigning or archiving it changes nothing."""
    state = _ISSUE_STATES.get(action or _STATUSES.get(issue.status, ""))
    if state is None:
        return []
    return [
        Draft(
            state="resolved" if state == "resolved" else "firing",
            key=issue.id,
            service=_project(issue.project) or _project(data.project),
            environment=issue.environment,
            message=issue.title,
            trace=trace_of(issue.platform, [_raised(issue)]),
            error_text=False,
            first_seen=issue.last_seen if action == "unresolved" else issue.first_seen or issue.last_seen,
            last_seen=issue.last_seen,
            count=max(issue.count, 1),
            url=issue.address,
            severity=issue.level,
            details=said(culprit=issue.culprit),
        )
    ]


def _raised(issue: Issue) -> Raised:
    """What its metadata say, filled up from its title."""
    said_there = headline(issue.title)
    kind, value = (str(issue.metadata.get(name) or "") for name in ("type", "value"))
    if not value and said_there.type in ("", kind):
        value = said_there.message if said_there.message != kind else ""
    raised = Raised(kind, value) if kind or value else said_there
    return raised._replace(frames=_place(issue)) if raised.type else raised


def _place(issue: Issue) -> list[SentFrame]:
    """Where it was thrown, which an issue tells without a line."""
    file, function = (text_line(issue.metadata.get(name)) for name in ("filename", "function"))
    return [SentFrame(file=file, function=function)] if file else []


def _of_metric(data: Data, metric: MetricAlert, action: str) -> Draft:
    rule, number = metric.alert_rule, metric.identifier or metric.id
    listed = metric.projects or rule.get("projects")
    projects = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    return Draft(
        state="resolved" if is_over(action, metric.status) else "firing",
        key=f"metric-{number}" if number else "",
        service=projects[0] if len(projects) == 1 else _project(data.project),
        environment=str(rule.get("environment") or ""),
        message=data.description_title or metric.title or str(rule.get("name") or ""),
        error_text=False,
        first_seen=metric.date_started or metric.date_detected,
        url=data.web_url or metric.web_url,
        severity=next((word for word in (action, metric.status) if word in _METRIC_LEVELS), ""),
        details=said(description=data.description_text, rule=metric.title, query=str(rule.get("query") or "")),
    )


def _of_plugin(whole: Mapping[str, Any]) -> Draft:
    """The plugin puts the project and the address beside the event."""
    beside = {name: whole.get(name) for name in ("project_slug", "project", "culprit", "level", "message")}
    inside = whole.get("event")
    event = {**beside, "web_url": whole.get("url"), "issue_id": whole.get("id")}
    event |= inside if isinstance(inside, dict) else {}
    event["title"] = event.get("title") or whole.get("message")
    event |= {
        "web_url": whole.get("url") or event["web_url"],
        "project_slug": whole.get("project_slug") or whole.get("project"),
    }
    draft = _of_event(event, "triggered", Data.model_validate({}))
    return replace(draft, error_text=draft.error_text and isinstance(inside, dict))


def _project(project: object) -> str:
    """Its slug or name; a number names nothing."""
    if isinstance(project, Mapping):
        project = project.get("slug") or project.get("name")
    return project if isinstance(project, str) and not project.isdecimal() else ""


def _whole(title: str, message: str) -> str:
    """The title, or the message where that says the same and more: titles are cut."""
    start = title.removesuffix("...").removesuffix("…").rstrip()
    return message if not title or (len(message) > len(title) and message.startswith(start)) else title


def _version(release: object) -> str:
    found = release.get("version") if isinstance(release, dict) else release
    return found if isinstance(found, str) else ""


def _slug(address: str) -> str:
    found = _SLUG.search(address)
    return next((each for each in found.groups() if each), "") if found else ""


def _tags(tags: object) -> dict[str, str]:
    return {name.removeprefix("sentry:"): value for name, value in labelled(tags).items()}


SOURCE = Source(
    "sentry",
    read,
    signed=Signed("sentry-hook-signature", unique=True),
    delivery_header="request-id",
    takes="webhooks of a Sentry integration or of its legacy plugin",
)
