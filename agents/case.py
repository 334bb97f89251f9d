"""What every agent receives about one incident: the facts, the evidence and the deployed code."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from agents.excerpts import code_excerpt, diff_excerpt, places, trace_excerpt
from agents.limits import Limits
from incidents.errors import IncompleteRepository
from incidents.evidence import Evidence, Suspect
from incidents.trace import StackTrace
from tools.git.diff import commit_diff
from tools.git.repository import Repository
from tools.logs.agent_tools import LogQuestions
from tools.source.code import CodeTools
from tools.source.index import SourceIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident as the agents see it. It is read-only, except that diffs are read once each and then cached.

    `trace_text` and `code_text` are rendered once, so that every prompt of the incident starts with the same bytes.
    """

    service: str
    environment: str
    count: int
    first_seen: datetime | None
    evidence: Evidence
    limits: Limits
    repository: Repository
    code: CodeTools
    trace_text: str
    code_text: str
    log: LogQuestions | None = None
    one_look_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _diffs: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def suspects(self) -> tuple[Suspect, ...]:
        """The candidates that the agents judge, best first. A judge names one by its position here, from 1."""
        return self.evidence.suspects[: self.limits.judged_commits]

    def suspect(self, sha: str) -> Suspect:
        """Return the candidate with this sha. Raises KeyError when there is none."""
        for suspect in self.suspects:
            if suspect.commit.sha == sha:
                return suspect
        raise KeyError(sha)

    def message(self, sha: str) -> str:
        """Return the commit's whole message. It is untrusted text."""
        return self.repository.message(sha)

    def diff(self, sha: str) -> str:
        """Return the commit's diff as text, within the limit; hunks nearest to the trace come first."""
        if sha not in self._diffs:
            named = places(self.evidence.trace)
            try:
                diff = commit_diff(self.repository, sha, wanted=tuple(named))
                self._diffs[sha] = diff_excerpt(diff, named, self.limits.diff_characters)
            except IncompleteRepository as error:  # the evidence and the agents can work without this diff
                self._diffs[sha] = f"(this diff cannot be read: {error})"
        return self._diffs[sha]


def open_case(
    evidence: Evidence,
    repository: Repository,
    limits: Limits,
    *,
    raw_trace: str,
    service: str,
    environment: str,
    count: int = 1,
    first_seen: datetime | None = None,
    log: LogQuestions | None = None,
) -> Case:
    """Build the case. `raw_trace` is shown in the prompts when no stack trace was recognised in it."""
    window = repository.window(evidence.base, evidence.deployed)
    index = SourceIndex(repository, evidence.deployed)
    return Case(
        service=service,
        environment=environment,
        count=count,
        first_seen=first_seen,
        evidence=evidence,
        limits=limits,
        repository=repository,
        code=CodeTools(index, repository, window, _frames(evidence.trace), limits.observation_characters * 9 // 10),
        trace_text=trace_excerpt(evidence.trace, raw_trace),
        code_text=code_excerpt(repository, evidence.deployed, evidence.trace, limits.code_characters),
        log=log,
    )


def _frames(trace: StackTrace) -> tuple[tuple[str, int], ...]:
    """Return (path, line) of the trace's frames inside the repository, innermost first."""
    return tuple((frame.repo_path, frame.line) for frame in trace.frames if frame.repo_path and frame.line)
