"""Google Cloud: a webhook channel of Monitoring (an incident opens or closes) or of Error Reporting; also by Pub/Sub."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from service.intake.adapter import Source
from service.intake.envelopes import from_pubsub
from service.intake.free_text import trace_in
from service.intake.label_shapes import labelled
from service.intake.labels import SERVICE, WORKLOAD, about, first_of, revision_in, service_in
from service.intake.lenient import WITHOUT, Anything, Draft, Labels, Moment, Part, Sent, Text, parsed, said
from service.intake.sdk_frames import Raised, trace_of

_RESOURCE = (
    *("service_name", "module_id", "function_name", "job_name", "configuration_name", "database_id", "api", "host"),
)
"""Labels of a monitored resource that name a service, such as that of Cloud Run or App Engine."""
_NO_SEVERITY = "no severity"


class Resource(Sent):
    """What is monitored."""

    type: Text
    labels: Labels


class Metadata(Sent):
    """What the project's people and the platform say of it."""

    user_labels: Labels
    system_labels: Labels


class Incident(Sent):
    """What the policy saw."""

    incident_id: Text
    scoping_project_id: Text
    url: Text
    state: Text
    severity: Text
    summary: Text
    started_at: Moment
    policy_name: Text
    condition_name: Text
    resource_name: Text
    resource_display_name: Text
    resource: Annotated[Resource, Part, WITHOUT]
    metadata: Annotated[Metadata, Part, WITHOUT]
    policy_user_labels: Labels
    documentation: Anything


class Body(Sent):
    """One incident."""

    version: Text
    incident: Incident


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The one alert of the body."""
    document = from_pubsub(document)
    if "exception_info" in document or "group_info" in document:
        return [_of_error(ErrorReport.model_validate(document))]
    return [_of_incident(Body.model_validate(document))]


def _of_incident(sent: Body) -> Draft:
    """Its name is that of the condition, project, environment and service: an incident is one of a pod."""
    incident, resource = sent.incident, sent.incident.resource.labels
    metadata = incident.metadata
    labels = {**resource, **metadata.system_labels, **metadata.user_labels, **incident.policy_user_labels}
    text = _documented(incident.documentation)
    labels = {**_written_for_machines(text), **{name: value for name, value in labels.items() if value}}
    service = first_of(labels, SERVICE) or first_of(resource, (*_RESOURCE, *WORKLOAD)) or service_in(labels)
    service = service or ("" if resource else incident.resource_display_name)
    named = about(labels, service=service)
    project = incident.scoping_project_id or resource.get("project_id", "")
    key = (
        *(incident.policy_name, incident.condition_name, project, named["environment"]),
        service or incident.incident_id,
    )
    trace = trace_in(text)
    severity = "" if incident.severity.lower() == _NO_SEVERITY else incident.severity
    over = incident.state.lower() == "closed"
    return Draft(
        **named,
        state="test" if sent.version.lower() == "test" else "resolved" if over else "firing",
        key="/".join(key) if incident.policy_name or incident.condition_name or incident.incident_id else "",
        message=incident.summary or incident.condition_name or incident.policy_name,
        stack_trace=trace,
        error_text=bool(trace),
        first_seen=incident.started_at,
        url=incident.url,
        severity=severity or labels.get("severity", ""),
        details=said(
            policy=incident.policy_name,
            condition=incident.condition_name,
            resource=incident.resource_name,
            description="" if trace else text,
        ),
    )


def _documented(documentation: object) -> str:
    """The policy's own text: an object with its content, or the bare text."""
    content = documentation.get("content") if isinstance(documentation, Mapping) else documentation
    return content if isinstance(content, str) else ""


def _written_for_machines(text: str) -> dict[str, str]:
    """The labels of a policy's text that is an object of JSON."""
    return labelled(text) if isinstance(parsed(text), Mapping) else {}


class Group(Sent):
    """The errors that are alike."""

    project_id: Text
    detail_link: Text


class Thrown(Sent):
    """What was raised."""

    type: Text
    message: Text


class Occurrence(Sent):
    """Where it was raised. `log_message` holds the trace."""

    log_message: Text
    service: Text
    version: Text
    request_url: Text


class ErrorReport(Sent):
    """Error Reporting's own notification."""

    subject: Text
    group_info: Annotated[Group, Part, WITHOUT]
    exception_info: Annotated[Thrown, Part, WITHOUT]
    event_info: Annotated[Occurrence, Part, WITHOUT]


def _of_error(report: ErrorReport) -> Draft:
    raised, event = report.exception_info, report.event_info
    trace = trace_in(event.log_message)
    return Draft(
        key=report.group_info.detail_link or report.subject,
        service=event.service,
        message=report.subject,
        stack_trace=trace,
        trace=None if trace or not raised.type else trace_of("", [Raised(raised.type, raised.message)]),
        error_text=bool(trace),
        revision=revision_in(event.version),
        url=report.group_info.detail_link,
        details=said(project=report.group_info.project_id, release=event.version),
    )


SOURCE = Source("google", read, takes="Google Cloud Monitoring's webhook with an `incident`, or Error Reporting's")
