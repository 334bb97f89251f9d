"""Google Cloud Monitoring, a webhook channel (versions 1.1 and 1.2): an incident of a policy opens or closes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from service.intake.adapter import Source
from service.intake.free_text import trace_in
from service.intake.labels import REPOSITORY, REVISION, SERVICE, WORKLOAD, environment_in, first_of, revision_in
from service.intake.lenient import Draft, Labels, Moment, Part, Sent, Text, json_object, said

_RESOURCE = (
    "service_name",
    "module_id",
    "function_name",
    "job_name",
    "configuration_name",
    "database_id",
    "api",
    "host",
)
"""Labels of a monitored resource that name a service, such as that of Cloud Run or App Engine."""
_NO_SEVERITY = "no severity"


class Resource(Sent):
    """What is monitored."""

    type: Text = ""
    labels: Labels = Field(default_factory=dict)


class Metadata(Sent):
    """What the project's people and the platform say of it."""

    user_labels: Labels = Field(default_factory=dict)
    system_labels: Labels = Field(default_factory=dict)


class Incident(Sent):
    """What the policy saw."""

    incident_id: Text = ""
    project: Text = Field(default="", alias="scoping_project_id")
    url: Text = ""
    state: Text = ""
    severity: Text = ""
    summary: Text = ""
    started_at: Moment = None
    policy_name: Text = ""
    condition_name: Text = ""
    resource_name: Text = ""
    resource: Annotated[Resource, Part] = Resource()
    metadata: Annotated[Metadata, Part] = Metadata()
    policy_user_labels: Labels = Field(default_factory=dict)
    documentation: Any = None


class Body(Sent):
    """One incident."""

    version: Text = ""
    incident: Incident


def read(body: bytes, headers: Mapping[str, str]) -> Sequence[Draft]:
    """The one alert of the body. Its name is that of the condition, project, environment and service: an incident is one of a pod."""
    sent = Body.model_validate(json_object(body))
    incident, about, resource = sent.incident, sent.incident.metadata, sent.incident.resource.labels
    labels = {**resource, **about.system_labels, **about.user_labels, **incident.policy_user_labels}
    labels = {name: value for name, value in labels.items() if value}
    labels.setdefault("namespace", labels.get("namespace_name", ""))
    service = first_of(labels, SERVICE) or first_of(resource, (*_RESOURCE, *WORKLOAD)) or first_of(labels, WORKLOAD)
    environment = environment_in(labels)
    project = incident.project or resource.get("project_id", "")
    name = (incident.policy_name, incident.condition_name, project, environment, service or incident.incident_id)
    text = _documented(incident.documentation)
    trace = trace_in(text)
    severity = "" if incident.severity.lower() == _NO_SEVERITY else incident.severity
    state = "resolved" if incident.state.lower() == "closed" else "firing"
    return [
        Draft(
            state="test" if sent.version.lower() == "test" else "resolved" if state == "resolved" else "firing",
            key="/".join(name),
            service=service,
            environment=environment,
            message=incident.summary or incident.condition_name or incident.policy_name,
            stack_trace=trace,
            error_text=bool(trace),
            first_seen=incident.started_at,
            repository=first_of(labels, REPOSITORY),
            revision=revision_in(first_of(labels, REVISION)),
            url=incident.url,
            severity=severity or labels.get("severity", ""),
            details=said(
                policy=incident.policy_name,
                condition=incident.condition_name,
                resource=incident.resource_name,
                description="" if trace else text,
            ),
        )
    ]


def _documented(documentation: object) -> str:
    """The policy's own text: an object with its content, or the bare text."""
    content = documentation.get("content") if isinstance(documentation, Mapping) else documentation
    return content if isinstance(content, str) else ""


SOURCE = Source("google", read, takes="Google Cloud Monitoring's webhook, with an `incident`")
