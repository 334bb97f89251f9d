"""The results of the store and the answers of the HTTP interface: the types of `incidents/` with their state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, TypeAdapter, model_validator

from incidents.alert import Alert
from incidents.confirmation import StoredConfirmation
from incidents.frozen import Frozen
from incidents.incident import Incident, Status
from incidents.reasoning import ModelCall, Step, ToolCall
from incidents.report import Report
from incidents.revert import RevertStep
from incidents.verdict import Outcome, Verdict
from service.intake.alert_event import Effect
from service.store.rounds import Round
from service.store.stored_decision import StoredDecision

Sha = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{7,64}$")]
Label = Literal["right", "wrong", "not_a_deploy"]
OBSERVED: Final = "observed"
"""Who gives feedback when no person does: the errors after a revert, which stopped or went on."""
STEPS: TypeAdapter[tuple[Step, ...]] = TypeAdapter(tuple[Step, ...])


@dataclass(frozen=True, slots=True)
class Claim:
    """An incident that one triage replica has claimed. `attempt` is a fence: results of an earlier claim are rejected.

    `tries` counts the starts of this `round` (a new deploy or a new trace starts another). `agents` says whether the
    agents are asked; without them the claim is for a quick verdict from the evidence. `agent_retries` counts how often
    in this round they could not be asked.
    """

    incident: Incident
    attempt: int
    tries: int = 1
    owner: str = ""
    agents: bool = True
    round: int = 1
    agent_retries: int = 0

    @property
    def thread(self) -> str:
        """The thread of the checkpoints: the same for every replica that continues the work."""
        return self.in_round.thread(self.agents)

    @property
    def in_round(self) -> Round:
        """The round of this claim."""
        return Round(self.incident.id, self.round)


class Accepted(Frozen):
    """The answer to an alert: it is stored, and its incident will be investigated.

    `id`, `status` and `url` are None when it belongs to no incident: a test, or the end of something unknown.
    """

    id: str | None
    status: Status | None
    url: str | None = Field(description="Address of the incident.")
    effect: Effect = Field(description="What the alert did to the incident.")


class AllAccepted(Frozen):
    """The answer to a body with possibly several alerts, in their order."""

    alerts: tuple[Accepted, ...]
    note: str | None = None
    """Why there are none, although the body was understood."""


class Recorded(Frozen):
    """The answer to a deploy."""

    id: int


class RefusedBody(Frozen):
    """A body that was answered with 422, as far as it is stored: redacted and cut."""

    source: str
    first_at: datetime
    last_at: datetime
    times: int = Field(description="How often this very body came.")
    field: str
    problem: str
    body: str


class RefusedBodiesPage(Frozen):
    """The latest refused bodies, newest first."""

    refused: tuple[RefusedBody, ...]


NotificationState = Literal["waiting", "sent", "given_up"]


class Notification(Frozen):
    """The message about one incident in one channel."""

    incident: str
    channel: str
    state: NotificationState
    shows: str = Field(description="What it shows, or has to show: investigating, the outcome, failed, wrong.")
    changed_at: datetime = Field(description="When the incident changed.")
    sent_at: datetime | None = Field(description="When the channel last took it.")
    attempts: int = Field(description="Tries that the receiver answered with an error.")
    muted_until: datetime | None = None
    problem: str | None = Field(description="Why the last try failed.")


class Notifications(Frozen):
    """The latest messages, newest change first, and how many there are by channel and state."""

    notifications: tuple[Notification, ...]
    counts: dict[str, dict[NotificationState, int]]


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
    error: str = Field(default="", description="What the first alert says failed, in a line.")
    feedback: Label | None = Field(default=None, description="What a person last said about the verdict.")
    group: str = Field(default="", description="Shared by related incidents: the id of the first of them.")
    alerts: int = Field(default=1, description="How many alerts belong to it.")
    errors: int = Field(default=1, description="How many errors these alerts represent.")
    last_seen_at: datetime | None = None


class IncidentPage(Frozen):
    """Incidents, newest first. `next` is the query of the next page, or None on the last."""

    incidents: tuple[IncidentSummary, ...]
    next: str | None = None


class Feedback(Frozen):
    """A person's feedback on a verdict. It labels the incident for evaluation and training."""

    label: Label = Field(description="The commit is right; it is wrong; or no deploy caused the error.")
    commit: Sha | None = Field(default=None, description="The right commit, when the verdict is wrong.")
    note: str = Field(default="", max_length=2_000)
    version: int | None = Field(
        default=None,
        ge=1,
        lt=2**31,
        description="The version of the verdict, as shown with the incident: the agents may have replaced it meanwhile. "
        "Default: the latest.",
    )

    @model_validator(mode="after")
    def _commit_only_when_wrong(self) -> Self:
        if self.commit is not None and self.label != "wrong":
            raise ValueError("`commit` names the right one, so it goes with the label `wrong`")
        return self


class GivenFeedback(Feedback):
    """Feedback as it is stored: who gave it, and when."""

    actor: str = Field(default="", description="The name of the token that it was given with.")
    at: datetime | None = None


class Judgement(GivenFeedback):
    """Stored feedback with the answer of the verdict that it is about."""

    outcome: Outcome | None = Field(default=None, description="Of the verdict that it is about.")
    culprit: str | None = Field(default=None, description="The commit that this verdict named.")


class Audit(Frozen):
    """One action on an incident: by whom, when, what."""

    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]


class Audits(Frozen):
    """The audit records of one incident, oldest first."""

    incident: str
    records: tuple[Audit, ...]


class StoredIncident(Frozen):
    """Everything known about one incident. `version` counts its verdicts; the last one is valid."""

    id: str
    status: Status
    alert: Alert
    base: str
    deployed: str
    opened_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    attempts: int = 0
    group: str = Field(default="", description="Shared by related incidents: the id of the first of them.")
    related: tuple[str, ...] = Field(default=(), description="The latest other incidents of its group.")
    alerts: int = Field(default=1, description="How many alerts belong to it.")
    errors: int = Field(default=1, description="How many errors these alerts represent.")
    last_seen_at: datetime | None = None
    resolved_at: datetime | None = Field(default=None, description="When the sender reported the end of the error.")
    log_lookup: bool = Field(
        default=False, description="The alert had no text of the error; the log is searched for it."
    )
    agents_due: bool = Field(default=False, description="Agents are still to be asked; then a new verdict follows.")
    feedback: Judgement | None = Field(default=None, description="The latest feedback on the verdict.")
    disproved: tuple[str, ...] = Field(
        default=(), description="Commits that people said are not the cause: the report does not offer them."
    )
    revert: RevertStep | None = Field(default=None, description="How far the revert is that somebody proposed.")
    decision: StoredDecision | None = Field(default=None, description="The latest decision of the policy.")
    confirmation: StoredConfirmation | None = Field(
        default=None, description="The latest trials of the owner's command that decided something, else the latest."
    )
    failure: str | None = Field(default=None, description="Why the incident could not be investigated.")
    version: int = 0
    error: str = Field(default="", description="What the first alert says failed, in a line.")
    seconds: float | None = Field(default=None, description="How long the verdict took.")
    verdict: Verdict | None = None
    report: Report | None = None


class Totals(Frozen):
    """The sums over a reasoning trace."""

    nodes: int = 0
    model_calls: int = 0
    tool_calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


class ReasoningTrace(Frozen):
    """Every node, prompt, reply and tool call of the attempt that led to the verdict, in order of their end."""

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
    """Whether alerts are accepted, and in which mode a new incident would be investigated."""

    status: Literal["ok", "starting", "draining", "store unavailable"]
    mode: Literal["agents", "evidence-only"]
    model: ModelHealth
    store: str = Field(default="", description="Why the store cannot be used; alerts are answered 503 then.")
    policy: str = Field(default="", description="Why nothing is reverted automatically where a policy is set.")
    incidents: dict[Status, int] = Field(default_factory=dict, description="How many incidents have each status.")


def totals(steps: tuple[Step, ...]) -> Totals:
    """Return the number of steps of each kind and the sums of tokens."""
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
