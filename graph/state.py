"""What travels through the graph (domain objects only, each checkpointed) and what every node may use."""

import asyncio
import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Protocol, TypedDict

from agents.limits import Limits
from graph.commit_window import open_with
from graph.ports import DeployHistory, LogReader, Repositories
from graph.request import CommitWindow, Request
from incidents.advice import Advice
from incidents.evidence import Evidence
from incidents.frozen import Frozen
from incidents.opinion import Opinion
from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Verdict
from tools.deploys.window import WindowLimits
from tools.git.repository import Repository
from tools.logs.log_reading import LogReading

if TYPE_CHECKING:
    from agents.case import Case
    from models.door import LanguageModel


class Assignment(Frozen):
    """One commit for one agent: what a fanned-out node is sent. `question` is the judge's, `notes` the first look's."""

    request: Request
    log: LogReading
    window: CommitWindow
    evidence: Evidence
    commit: str
    question: str = ""
    notes: str = ""


class Heard(Frozen):
    """What agents said of a window in an earlier run: counted again when this run finds the same window."""

    revisions: tuple[str, str, str]
    opinions: tuple[Opinion, ...]
    steps: tuple[Step, ...]


class State(TypedDict, total=False):
    """Each value is written by the node that makes it, and `request` once more by the nodes that know better. The
    lists grow. `version` says which program wrote the checkpoint (see `graph.resuming`)."""

    version: int
    request: Request
    heard: Heard | None
    log: LogReading
    window: CommitWindow
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

    `logs` None: there is no log to read. `deploys` None: the alert names both revisions, and they are taken as they are.
    `model` None is evidence-only mode. `head` is where a revert would go, the deployed revision when left out.
    """

    repositories: Repositories
    logs: LogReader | None = None
    deploys: DeployHistory | None = None
    window: WindowLimits = field(default_factory=WindowLimits)
    model: "LanguageModel | None" = None
    model_name: str | None = None
    limits: Limits = field(default_factory=Limits)
    head: str | None = None


@dataclass(frozen=True, slots=True)
class RunContext:
    """The run-time context of the nodes: what was lent, and what several nodes need, opened once."""

    context: Context
    _repositories: dict[str, Repository] = field(default_factory=dict)
    _cases: "list[Case]" = field(default_factory=list)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def repository(self, window: CommitWindow) -> Repository:
        """The window's repository. After a resume it is opened anew, and fetched where this replica's clone is older."""
        async with self._opening:
            name = window.repository
            if name not in self._repositories:
                revisions = (window.base, window.deployed)
                self._repositories[name] = await open_with(self.context.repositories, name, revisions)
            return self._repositories[name]

    async def case(self, request: Request, log: LogReading, window: CommitWindow, evidence: Evidence) -> "Case":
        """The case the agents share. After a resume it is opened anew from the checkpointed evidence."""
        async with self._reading:
            if not self._cases:
                repository = await self.repository(window)
                self._cases.append(await asyncio.to_thread(_open, self.context, repository, request, log, evidence))
            return self._cases[0]


class NodeRuntime(Protocol):
    """What a node is called with beside its state: LangGraph's `Runtime[RunContext]`, or a stand-in without LangGraph."""

    @property
    def context(self) -> RunContext:
        """What every node may use."""


def _open(context: Context, repository: Repository, request: Request, log: LogReading, evidence: Evidence) -> "Case":
    from agents.case import open_case  # here: a run without a model imports no agent

    case = open_case(
        evidence,
        repository,
        context.limits,
        raw_trace=request.text,
        service=request.service,
        environment=request.environment,
        count=request.count,
        first_seen=request.first_seen,
        log=context.logs.questions(log) if context.logs is not None else None,
    )
    for suspect in case.suspects:
        case.diff(suspect.commit.sha)  # read here, off the event loop; prompts then find it
    return case
