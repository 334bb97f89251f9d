"""What travels through the graph (domain objects only, each checkpointed) and what every node may use."""

import asyncio
import operator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Protocol, TypedDict

from pydantic import Field

from agents.limits import Limits
from incidents.advice import Advice
from incidents.evidence import Evidence, RuledOut
from incidents.frozen import Frozen
from incidents.incident import Incident
from incidents.log import LogFindings
from incidents.opinion import Opinion
from incidents.reasoning import Step
from incidents.report import Report
from incidents.rollout import Rollout
from incidents.verdict import Verdict
from tools.git.repository import Repository

if TYPE_CHECKING:
    from agents.case import Case
    from models.door import LanguageModel
    from tools.logs.agent_tools import LogQuestions


class Request(Frozen):
    """What is to be investigated: log text and the revisions between which the cause is looked for."""

    trace: str = Field(description="Log text with the stack trace; any language, any length.")
    base: str
    deployed: str
    repository: str = Field(default="", description="Name of the repository these revisions are of.")
    incident: str = ""
    service: str = "service"
    environment: str = "production"
    first_seen: datetime | None = None
    count: int = 1
    alert_url: str | None = None
    log: LogFindings | None = Field(default=None, description="What the log tells of the error.")
    rollouts: tuple[Rollout, ...] = Field(default=(), description="When the window's commits went live.")
    innocent: dict[str, str] = Field(default_factory=dict, description="Commit of the window -> proof of innocence.")
    later: tuple[RuledOut, ...] = Field(default=(), description="Commits proven innocent that are outside the window.")
    notes: tuple[str, ...] = Field(default=(), description="What could not be had before the evidence.")
    revert_command: str | None = Field(
        default=None, description="What a person types to revert the culprit; None: the git command itself."
    )

    @property
    def ground(self) -> tuple[str, str, str]:
        """What is investigated: opinions about the commits of one ground say nothing about those of another."""
        return self.repository, self.base, self.deployed

    @classmethod
    def of(cls, incident: Incident) -> "Request":
        """The request for a stored incident; its revert goes through `redtide revert`."""
        alert = incident.alert
        parts = (alert.message, alert.stack_trace)
        return cls(
            trace=alert.stack_trace if alert.message in alert.stack_trace else "\n".join(filter(None, parts)),
            base=incident.base,
            deployed=incident.deployed,
            repository=alert.repository,
            incident=incident.id,
            service=alert.service,
            environment=alert.environment,
            first_seen=alert.first_seen,
            count=alert.count,
            alert_url=alert.url,
            revert_command=f"redtide revert {incident.id}",
        )


class Assignment(Frozen):
    """One commit for one agent: what a fanned-out node is sent. `question` is the judge's, `notes` the first look's."""

    request: Request
    evidence: Evidence
    commit: str
    question: str = ""
    notes: str = ""


class State(TypedDict, total=False):
    """Written once by the node that makes it, but for the lists, which grow."""

    request: Request
    evidence: Evidence
    judged: tuple[str, ...]
    shortlist: tuple[str, ...]
    opinions: Annotated[list[Opinion], operator.add]
    advice: Advice | None
    rounds: int
    verdict: Verdict
    report: Report
    steps: Annotated[list[Step], operator.add]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the caller lends to one investigation.

    `model` None is evidence-only mode, `log` None an incident without a log to ask.
    `head` is where a revert would go, the deployed revision when left out.
    """

    repository: Repository
    model: "LanguageModel | None" = None
    model_name: str | None = None
    limits: Limits = field(default_factory=Limits)
    head: str | None = None
    log: "LogQuestions | None" = None


@dataclass(frozen=True, slots=True)
class RunContext:
    """The run-time context of the nodes: what was lent, and the incident's case, opened once."""

    context: Context
    _cases: "list[Case]" = field(default_factory=list)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def case(self, request: Request, evidence: Evidence) -> "Case":
        """The case the agents share. After a resume it is opened anew from the checkpointed evidence."""
        async with self._opening:
            if not self._cases:
                self._cases.append(await asyncio.to_thread(_open, self.context, request, evidence))
            return self._cases[0]


class NodeRuntime(Protocol):
    """What a node is called with beside its state: LangGraph's `Runtime[RunContext]`, or a stand-in without LangGraph."""

    @property
    def context(self) -> RunContext:
        """What every node may use."""


def _open(context: Context, request: Request, evidence: Evidence) -> "Case":
    from agents.case import open_case  # here: a run without a model imports no agent

    case = open_case(
        evidence,
        context.repository,
        context.limits,
        raw_trace=request.trace,
        service=request.service,
        environment=request.environment,
        count=request.count,
        first_seen=request.first_seen,
        log=context.log,
    )
    for suspect in case.suspects:
        case.diff(suspect.commit.sha)  # read here, off the event loop; prompts then find it
    return case
