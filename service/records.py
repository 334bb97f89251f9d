"""What the store gives back and the HTTP interface answers: the nouns of `incidents/` with where they stand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field, TypeAdapter

from incidents.alert import Alert
from incidents.frozen import Frozen
from incidents.incident import Incident, Status
from incidents.reasoning import ModelCall, Step, ToolCall
from incidents.report import Report
from incidents.verdict import Outcome, Verdict

STEPS: TypeAdapter[tuple[Step, ...]] = TypeAdapter(tuple[Step, ...])


@dataclass(frozen=True, slots=True)
class Claim:
    """An incident that one triage replica has taken. `attempt` fences off what an earlier holder may still bring."""

    incident: Incident
    attempt: int


class Accepted(Frozen):
    """The answer to an alert: it is stored and will be worked on."""

    id: str
    status: Status
    url: str = Field(description="Where the incident can be looked at.")


class Recorded(Frozen):
    """The answer to a deploy."""

    id: int


class IncidentSummary(Frozen):
    """One row of the list of incidents."""

    id: str
    status: Status
    service: str
    environment: str
    repository: str
    opened_at: datetime
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    culprit: str | None = None


class IncidentPage(Frozen):
    """Incidents, newest first. `next` is the query of the next page, or None on the last."""

    incidents: tuple[IncidentSummary, ...]
    next: str | None = None


class StoredIncident(Frozen):
    """All that is known of one incident. `version` counts its verdicts; the last one holds."""

    id: str
    status: Status
    alert: Alert
    base: str
    deployed: str
    opened_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    attempts: int = 0
    failure: str | None = Field(default=None, description="Why the incident could not be investigated.")
    version: int = 0
    seconds: float | None = Field(default=None, description="How long the verdict took.")
    verdict: Verdict | None = None
    report: Report | None = None


class Totals(Frozen):
    """What a reasoning trace adds up to."""

    nodes: int = 0
    model_calls: int = 0
    tool_calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


class ReasoningTrace(Frozen):
    """Every node, prompt, reply and tool call of one attempt at an incident, in the order they ended."""

    incident: str
    status: Status
    attempt: int
    totals: Totals
    steps: tuple[Step, ...]


class ModelHealth(Frozen):
    """Whether agents can take part. `reachable` is None when no model is configured."""

    configured: bool
    name: str | None = None
    reachable: bool | None = None
    detail: str = ""


class Health(Frozen):
    """Whether alerts are taken, and what an incident would get now."""

    status: Literal["ok", "draining", "store unavailable"]
    mode: Literal["agents", "evidence-only"]
    model: ModelHealth
    incidents: dict[Status, int] = Field(default_factory=dict, description="How many incidents have each status.")


def totals(steps: tuple[Step, ...]) -> Totals:
    """Count the steps by kind and add up the tokens."""
    calls = [step for step in steps if isinstance(step, ModelCall)]
    tools = sum(isinstance(step, ToolCall) for step in steps)
    return Totals(
        nodes=len(steps) - len(calls) - tools,
        model_calls=len(calls),
        tool_calls=tools,
        prompt_tokens=sum(call.prompt_tokens for call in calls),
        cached_tokens=sum(call.cached_tokens for call in calls),
        completion_tokens=sum(call.completion_tokens for call in calls),
    )
