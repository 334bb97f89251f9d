"""What every agent receives about one incident: the facts, the evidence and the deployed code."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from posixpath import basename

from agents.candidates import candidates_of
from agents.excerpts import frame_lines, trace_excerpt
from agents.fact_lines import as_deployed
from agents.hunks import ChangeReader
from agents.limits import Limits
from agents.named_places import NamedPlace, places_in
from agents.named_source import named_source
from agents.said_source import said_source
from agents.source_excerpt import SourceReader
from incidents.errors import IncompleteRepository
from incidents.evidence import Commit, Evidence, Producer, Suspect
from tools.git.changed_files import changed_files
from tools.git.repository import Repository
from tools.logs.agent_tools import LogQuestions
from tools.signals.registry import is_negative
from tools.source.code import CodeTools
from tools.source.file_kinds import HARMLESS, kind_of
from tools.source.index import SourceIndex
from tools.source.line_numbers import LineNumbers

_HIGHEST_NUMBER = 99  # what a reply can name
_FACTS = 5
_FILES = 2  # of a commit that is only listed
_TELL_MORE = 2


@dataclass(frozen=True, slots=True)
class Listed:
    """A commit of the deploy that is no candidate, as the prompts list it."""

    number: int
    commit: Commit
    reason: str


_MARKED = re.compile(r"^[> ] *\d+ #\w", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident as the agents see it. It is read-only.

    All texts are rendered once, so that every prompt of the incident starts with the same bytes. `changes` holds what
    each candidate changed: sha -> hunks. `named_code` stands in for `code_text` where no frame lies in the repository,
    and `said_code` are the lines in which the error's own words stand.
    `window` are the commits of the deploy, oldest first.
    """

    service: str
    environment: str
    count: int
    first_seen: datetime | None
    evidence: Evidence
    limits: Limits
    repository: Repository
    code: CodeTools
    window: tuple[Commit, ...]
    trace_text: str
    code_text: str
    named_code: str
    said_code: str
    changes: Mapping[str, str]
    log: LogQuestions | None = None
    one_look_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    rendered: dict[str, str] = field(default_factory=dict, repr=False)  # parts of prompts, by the name of the template

    @property
    def suspects(self) -> tuple[Suspect, ...]:
        """The candidates: the commits that the agents compare, best first."""
        return candidates_of(self.evidence)[: self.limits.judged_commits]

    @property
    def numbered(self) -> tuple[Commit, ...]:
        """The commits that a reply can name by number, from 1: the candidates, then the other commits of the deploy."""
        return numbered(self.evidence, self.window)

    @property
    def others(self) -> tuple[Listed, ...]:
        """The other commits of the deploy with the reasons why they are no candidates."""
        reasons = {each.commit.sha: each.brief or each.reason for each in self.evidence.ruled_out}
        after = len(self.suspects)
        return tuple(
            Listed(number, commit, reasons.get(commit.sha, "less likely than the candidates"))
            for number, commit in enumerate(self.numbered[after:], after + 1)
        )

    @property
    def listed(self) -> tuple[Listed, ...]:
        """As many of them as a prompt lists; the developer finds the rest by searching."""
        return self.others[: self.limits.listed_commits]

    @property
    def listed_by_reason(self) -> list[tuple[str, list[Listed]]]:
        """The same, those with one reason together, after those with a reason of their own: what is said of many is said
        once."""
        found: dict[str, list[Listed]] = {}
        for each in self.listed:
            found.setdefault(each.reason, []).append(each)
        return sorted(found.items(), key=lambda one: len(one[1]) > 1)

    @property
    def unlisted(self) -> int:
        """How many commits of the deploy are in no list of the prompt."""
        return len(self.window) - len(self.suspects) - len(self.listed)

    def place(self, sha: str) -> int:
        """Return the commit's place in the order of the deploy, from 1 for the oldest."""
        return next(place for place, commit in enumerate(self.window, 1) if commit.sha == sha)

    def number(self, sha: str) -> int | None:
        """Return the number of a commit in the lists, or None."""
        return next((number for number, each in enumerate(self.numbered, 1) if each.sha == sha), None)

    def commit(self, number: int) -> Commit | None:
        """Return the commit with that number in the lists, or None."""
        return self.numbered[number - 1] if 1 <= number <= len(self.numbered) else None

    def named(self, text: str) -> Commit | None:
        """Return the commit of the deploy that a reply names: by number, or by the beginning of its id; None for
        anything else."""
        word = text.strip().lstrip("#").lower()
        if word.isdecimal() and len(word) <= 2:
            return self.commit(int(word))
        found = [commit for commit in self.window if len(word) >= 7 and commit.sha.startswith(word)]
        return found[0] if len(found) == 1 else None

    def line(self, path: str, line: int) -> str:
        """Return one line of a file as deployed, without its indentation; nothing when it cannot be read."""
        try:
            lines = (self.repository.text(self.evidence.deployed, path) or "").splitlines()
        except IncompleteRepository:
            return ""
        return lines[line - 1].strip() if line <= len(lines) else ""

    def body(self, sha: str) -> str:
        """Return the commit's message below its subject. It is untrusted text."""
        return self.repository.message(sha).partition("\n")[2].strip()

    def files(self, sha: str) -> str:
        """Return the names of the first code files that a commit changed, and how many more; nothing without any."""
        try:
            changed = changed_files(self.repository, self.repository.raw_commit(sha))
        except IncompleteRepository:
            return ""
        code = [basename(file.path.rstrip("/")) for file in changed if kind_of(file.path) not in HARMLESS]
        more = f" +{len(code) - _FILES}" if len(code) > _FILES else ""
        return ", ".join(code[:_FILES]) + more

    def facts(self, suspect: Suspect) -> tuple[str, ...]:
        """Return what was measured about a candidate: what speaks for it, strongest first, then what speaks against."""
        signals = (each for each in suspect.signals if each.against and each.value >= 1 and is_negative(each))
        against = dict.fromkeys(f"against: {each.detail}" for each in signals)
        facts = (*suspect.reasons, *list(against)[: _FACTS - len(suspect.reasons)])
        return tuple(as_deployed(each, partial(self._numbers.of, suspect.commit.sha)) for each in facts)

    @property
    def producers(self) -> tuple[tuple[str, Producer], ...]:
        """What the deploy changed on the way of the failing line's values, and where that stands as deployed; not what only
        says that a line uses itself. Who only works on an attribute of that name comes last, and is left out beside two
        that tell more."""
        told = [each for each in self.evidence.producers if each.used_at != f"{each.path}:{each.line}"]
        more = [each for each in told if each.kind != "worked"]
        shown = more if len(more) >= _TELL_MORE else sorted(told, key=lambda each: each.kind == "worked")
        return tuple((self._place_now(each), each) for each in shown)

    def _place_now(self, producer: Producer) -> str:
        """The file and the line as deployed; of a line that is gone only the file."""
        line = self._numbers.of(producer.commit, producer.path)(producer.line)
        return f"{producer.path}:{line}" if line else producer.path

    @property
    def _numbers(self) -> LineNumbers:
        return LineNumbers(self.repository, self.evidence.deployed)

    @property
    def deploy_wrote_shown_lines(self) -> bool:
        """Whether a line of `code_text` bears the mark of a commit of the deploy, behind its number."""
        return _MARKED.search(self.code_text) is not None

    def suspect(self, sha: str) -> Suspect:
        """Return the candidate with this sha. Raises KeyError when there is none."""
        for suspect in self.suspects:
            if suspect.commit.sha == sha:
                return suspect
        raise KeyError(sha)


def numbered(evidence: Evidence, window: tuple[Commit, ...]) -> tuple[Commit, ...]:
    """Return the candidates, best first, then the weaker suspects, then the commits that were ruled out, newest first:
    those without enough evidence before those that a fact excludes (only documents, undone, ...)."""
    suspects = [each.commit for each in candidates_of(evidence)]
    inside = {commit.sha for commit in window} - {commit.sha for commit in suspects}
    dropped = [each.commit for each in evidence.ruled_out if each.commit.sha in inside]
    order = {commit.sha: place for place, commit in enumerate(window)}
    facts = {each.commit.sha for each in evidence.ruled_out if each.kind == "fact"}
    dropped.sort(key=lambda commit: (commit.sha in facts, -order[commit.sha]))
    return (*suspects, *dropped)[:_HIGHEST_NUMBER]


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
    marks = {commit.sha: f"#{place}" for place, commit in enumerate(numbered(evidence, window), 1)}
    source = SourceReader(repository, evidence, window, marks, index)
    changes = ChangeReader(repository, evidence.trace, source.names, evidence.deployed)
    code = CodeTools(
        index, repository, window, frame_lines(evidence.trace), limits.observation_characters * 9 // 10, marks
    )
    trace_text, code_text = trace_excerpt(evidence.trace, raw_trace), source.excerpt(limits.code_characters)
    named = "" if code_text else named_source(code, index, evidence.trace, raw_trace, limits.code_characters)
    left = limits.code_characters - len(code_text or named)
    return Case(
        service=service,
        environment=environment,
        count=count,
        first_seen=first_seen,
        evidence=evidence,
        limits=limits,
        repository=repository,
        code=code,
        window=window,
        trace_text=trace_text,
        code_text=code_text,
        named_code=named,
        said_code=said_source(code, evidence.trace, left),
        changes={
            each.commit.sha: changes.excerpt(
                each.commit.sha, limits.change_characters * (2 if place < 2 else 1), _places_of(evidence, each)
            )
            for place, each in enumerate(candidates_of(evidence)[: limits.judged_commits])
        },
        log=log,
    )


def _places_of(evidence: Evidence, suspect: Suspect) -> tuple[NamedPlace, ...]:
    """The places of code that the facts about a candidate name: what its diff must show."""
    made = (each for each in evidence.producers if each.commit == suspect.commit.sha)
    return (*places_in(suspect.reasons), *(NamedPlace(each.path, each.line, "") for each in made))
