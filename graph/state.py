"""The state of the graph (domain types only; all of it is checkpointed) and the context of the nodes."""

import asyncio
import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Protocol, TypedDict

from agents.limits import Limits
from graph.commit_window import open_with, stale_clone_is_no_input_error
from graph.ports import DeployHistory, LogReader, Repositories
from graph.request import CommitWindow, Request
from incidents.advice import Advice
from incidents.evidence import Evidence
from incidents.frozen import Frozen
from incidents.opinion import Opinion, SelfCritique
from incidents.reasoning import Step
from incidents.reliability import Reliability
from incidents.report import Report
from incidents.verdict import Verdict
from tools.deploys.window import WindowLimits
from tools.git.repository import Repository
from tools.logs.log_reading import LogReading
from tools.ranking.ranker import Weights

if TYPE_CHECKING:
    from agents.case import Case
    from models.door import LanguageModel


class Assignment(Frozen):
    """The input of an agent node. `commit` is that of the zero-shot SRE; `question` is the judge's, `notes` are the
    developer's earlier notes and `named` the commits that it spoke of, for a second inquiry."""

    request: Request
    log: LogReading
    window: CommitWindow
    evidence: Evidence
    commit: str = ""
    question: str = ""
    notes: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class Heard(Frozen):
    """Opinions from an earlier run of the thread, with their steps, the developer's notes and what it said against its
    conclusion: reused when this run finds the same window."""

    revisions: tuple[str, str, str]
    opinions: tuple[Opinion, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    critique: SelfCritique = SelfCritique()


class State(TypedDict, total=False):
    """The state of one run.

    Each value is written by one node, except `request`, which `read_log` and `find_window` correct, and the lists,
    which grow. `judged` are the candidates, `asked` those about which the zero-shot SRE is asked; `notes` and
    `critique` are the developer's. `version` is that of the checkpoint (see `graph.resuming`).
    """

    version: int
    request: Request
    heard: Heard | None
    log: LogReading
    window: CommitWindow
    evidence: Evidence
    judged: tuple[str, ...]
    asked: tuple[str, ...]
    notes: tuple[str, ...]
    critique: SelfCritique
    opinions: Annotated[list[Opinion], operator.add]
    advice: Advice | None
    rounds: int
    verdict: Verdict
    report: Report
    steps: Annotated[list[Step], operator.add]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the caller provides for an investigation.

    `logs` None: there is no log to read. `deploys` None: the alert names both revisions, and they are used unchanged.
    `known_window`: the window was found before, and is used unchanged.
    `model` None: evidence-only mode. `head` is the revision a revert is planned against (default: the remote's
    default branch, as last fetched).
    `weights` None: the shipped ones rank the commits. `reliability` None: nobody measured what the model's word is worth.
    """

    repositories: Repositories
    logs: LogReader | None = None
    deploys: DeployHistory | None = None
    window: WindowLimits = field(default_factory=WindowLimits)
    model: "LanguageModel | None" = None
    model_name: str | None = None
    limits: Limits = field(default_factory=Limits)
    head: str | None = None
    known_window: CommitWindow | None = None
    weights: Weights | None = None
    reliability: Reliability | None = None


@dataclass(frozen=True, slots=True)
class RunContext:
    """The run-time context of the nodes: the caller's context, and resources that nodes share, opened once."""

    context: Context
    _repositories: dict[str, Repository] = field(default_factory=dict)
    _cases: "list[Case]" = field(default_factory=list)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def repository(self, window: CommitWindow) -> Repository:
        """Return the window's repository, opened once per run; fetched first if it lacks the revisions."""
        async with self._opening:
            name = window.repository
            if name not in self._repositories:
                repositories, revisions = self.context.repositories, (window.base, window.deployed)
                with stale_clone_is_no_input_error(repositories, name):
                    self._repositories[name] = await open_with(repositories, name, revisions)
            return self._repositories[name]

    async def case(self, request: Request, log: LogReading, window: CommitWindow, evidence: Evidence) -> "Case":
        """Return the case that all agents share, opened once per run from the checkpointed evidence."""
        async with self._reading:
            if not self._cases:
                repository = await self.repository(window)
                self._cases.append(await asyncio.to_thread(_open, self.context, repository, request, log, evidence))
            return self._cases[0]


class NodeRuntime(Protocol):
    """The second argument of a node: LangGraph's `Runtime[RunContext]`, or the same without LangGraph."""

    @property
    def context(self) -> RunContext:
        """The context of the run."""


def _open(context: Context, repository: Repository, request: Request, log: LogReading, evidence: Evidence) -> "Case":
    from agents.case import open_case  # here: a run without a model imports no agent

    return open_case(
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
