"""Checks the places an agent cites: are they the commit's own code, and does the failing execution run through them?

A file and a line that exist are cheap to cite, also for a model that was talked into something by what it read. What
cannot be faked is that git says the commit wrote that line, and that it lies on the way of the trace.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from incidents.errors import IncompleteRepository, UnknownRevision
from incidents.evidence import Commit, Evidence
from incidents.opinion import Proof, ProofStep
from incidents.trace import StackTrace
from tools.commits.analysis import read_commit
from tools.commits.touched_lines import touches_of
from tools.git.partial import PartialRepository
from tools.git.repository import Repository
from tools.impact.collect import read_window
from tools.impact.commit_facts import CommitFacts, Reached
from tools.impact.failure_site import FailureSite, survey
from tools.impact.older_way import OlderWay
from tools.impact.proof_check import ProofCheck
from tools.source.outline import Outline
from tools.source.outline_cache import outline_at
from tools.text.cache import Cache
from tools.text.comments import is_directive

_MOVED: Final = 0.25  # the novelty of a line that stood elsewhere before (`tools.commits.line_novelty`)


_INCIDENTS: Final = 16
_Key = tuple[str, str, StackTrace]


class _Reading(NamedTuple):
    """The failure site, and what each commit of the window reaches from there."""

    site: FailureSite
    reached: Mapping[str, Sequence[Reached]]


_read_before: Final = Cache[_Key, _Reading](_INCIDENTS)


def remember(base: str, deployed: str, trace: StackTrace, site: FailureSite, changes: Iterable[CommitFacts]) -> None:
    """Cache what was read of a window, so that its citations are checked without reading it again: that would take as
    long as all the evidence."""
    reached = {change.commit.sha: change.reached for change in changes}
    _read_before.put((base, deployed, trace), _Reading(site, reached))


@dataclass(frozen=True)
class StepCheck:
    """What can be checked about one incident's citations. The window is read at the first question, unless it was read
    before (`remember`)."""

    repository: Repository
    evidence: Evidence
    _written: dict[tuple[str, str], frozenset[int]] = field(default_factory=dict, repr=False)
    _ways: dict[tuple[ProofStep, ...], bool] = field(default_factory=dict, repr=False)

    def calls_away(self, sha: str, path: str, line: int) -> int | None:
        """How far from the trace the commit newly wrote or cut code at that line: 0 in a function of the trace, or in
        a directive that governs one of its files; 1 or 2 in what such a function uses, at once or in turn. None when it
        did not, or the failing execution is not known to come there."""
        if line not in self._written_by(sha, path):
            return None
        return 0 if self._governs_or_in_trace(path, line) else self._reached(sha, path, line)

    def clears(self, sha: str, path: str, line: int) -> bool:
        """Whether the line lies in a function of the trace and is not the commit's. Says nothing for a commit that hits
        the failing line."""
        if sha in self.evidence.hit_failing_line:
            return False
        return line not in self._written_by(sha, path) and self._in_function_of_trace(path, line)

    def wrote(self, sha: str, path: str, line: int) -> bool:
        """Whether the commit newly wrote that line, or cut something beside it."""
        return line in self._written_by(sha, path)

    def in_trace(self, path: str, line: int) -> bool:
        """Whether the line lies in a function of the trace."""
        return self._in_function_of_trace(path, line)

    def checked(self, sha: str, proof: Proof) -> Proof:
        """The proof with every part marked as found in code, or not. Its last step must lie in a function of the trace; of a
        trace without one in this code it cannot be told to arrive."""
        found = self._proofs.checked(sha, proof)
        if not found.steps:
            return found
        arrives = self.in_trace(found.steps[-1].path, found.steps[-1].line)
        if arrives or not self._site.located:
            return found.model_copy(update={"arrives": arrives})
        last = found.steps[-1].model_copy(update={"checked": False})
        return found.model_copy(update={"steps": (*found.steps[:-1], last), "arrives": False})

    def older_way(self, proof: Proof) -> bool:
        """Whether two of the proof's lines are a way through older code that bears on the failure (`tools.impact.older_way`)."""
        if proof.steps not in self._ways:
            places = [place for step in proof.steps if (place := self._proofs.place(step)) is not None]
            self._ways[proof.steps] = self._older.leads(places)
        return self._ways[proof.steps]

    def from_before(self, beginning: str) -> bool:
        """Whether an id begins so that is a commit's from before the deploy."""
        try:
            found = self.repository.resolve(beginning)
            return found.startswith(beginning) and self.repository.is_ancestor(found, self.evidence.base)
        except (UnknownRevision, IncompleteRepository):
            return False

    @property
    def _proofs(self) -> ProofCheck:
        return ProofCheck(self._reader, self.evidence.deployed, self.in_trace, self.wrote)

    @cached_property
    def _older(self) -> OlderWay:
        return OlderWay(self._reader, self.evidence.deployed, self._window, self._site)

    @cached_property
    def _reader(self) -> PartialRepository:
        return PartialRepository(self.repository.raw)

    @cached_property
    def _window(self) -> tuple[Commit, ...]:
        return tuple(self._reader.window(self.evidence.base, self.evidence.deployed))

    @cached_property
    def _site(self) -> FailureSite:
        known = _read_before.get(self._key)
        return known.site if known else survey(self._reader, self.evidence.deployed, self.evidence.trace)

    @property
    def _key(self) -> _Key:
        return self.evidence.base, self.evidence.deployed, self.evidence.trace

    @cached_property
    def _reading(self) -> _Reading:
        if known := _read_before.get(self._key):
            return known
        changes = read_window(self._reader, self._site, self._window, self.evidence.deployed)
        return _Reading(self._site, {change.commit.sha: change.reached for change in changes})

    def _outline(self, path: str) -> Outline | None:
        return outline_at(self._reader, self.evidence.deployed, path)

    def _written_by(self, sha: str, path: str) -> frozenset[int]:
        """The lines of the deployed file that the commit newly wrote, and those beside which it cut something."""
        if (sha, path) not in self._written:
            self._written[sha, path] = self._read_written(sha, path)
        return self._written[sha, path]

    def _read_written(self, sha: str, path: str) -> frozenset[int]:
        outline = self._outline(path)
        if outline is None:
            return frozenset()
        read = [read_commit(self._reader, commit.sha, (path, *self._site.paths)) for commit in self._window]
        rows = [
            row
            for touch in touches_of(read, path, len(outline.lines))
            if touch.sha == sha
            for row in touch.lines
            if row.novelty > _MOVED
        ]
        wrote = {row.line for row in rows if row.added and row.survives}
        cut = {line for row in rows if not row.added for line in (row.line - 1, row.line)}
        return frozenset(wrote | cut)

    def _governs_or_in_trace(self, path: str, line: int) -> bool:
        if self._in_function_of_trace(path, line):
            return True
        outline = self._outline(path) if path in self._site.paths else None
        return outline is not None and is_directive(outline.text(line, line), path)

    def _in_function_of_trace(self, path: str, line: int) -> bool:
        return any(
            frame.path == path and frame.start <= line <= frame.end and not frame.documents(line)
            for frame in (self._site.frames if self._site.located else ())
        )

    def _reached(self, sha: str, path: str, line: int) -> int | None:
        outline, reached = self._outline(path), self._reading.reached.get(sha)
        if outline is None or reached is None:
            return None
        around = {(each.name, each.owner) for each in (*outline.around(line), outline.constant(line)) if each}
        mine = (each for each in reached if each.known and each.path == path)
        return min((each.hops for each in mine if (each.name, each.owner) in around and each.hops <= 2), default=None)
