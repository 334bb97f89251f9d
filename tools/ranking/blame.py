"""Who last changed what a failing execution depends on, without a window: any age, bounded work."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from incidents.blame import Blame, Changer
from incidents.evidence import Commit, Signal
from incidents.trace import StackTrace
from tools.git.block_history import BlockChange, BlockHistory
from tools.git.first_parents import FirstParents
from tools.git.gaps import Gaps
from tools.git.partial import PartialRepository
from tools.git.repository import Repository
from tools.impact.collect import read_window
from tools.impact.context import SignalContext
from tools.impact.dependencies import Dependency, dependencies_of
from tools.impact.failure_site import FailureSite, survey
from tools.ranking.explanations import reasons_for, sentence
from tools.ranking.ranker import Weights, load_weights, score
from tools.ranking.visibility import incomplete, which_file
from tools.signals.declaration import Topic
from tools.signals.registry import SIGNALS, measure, vector
from tools.traces.places.paths import PathIndex, map_to_repository
from tools.traces.places.unclear_paths import Unclear, unclear_file

_NEWEST: Final = 30  # commits that are compared whatever they touch: what was removed leaves no line
_MOST: Final = 100
_LAST: Final = {"function": 3, "callee": 2, "value": 2, "text": 1}  # changes of a block that are compared
_UNTIL_WRITTEN: Final = 12  # changes of a failing function that are read to find who wrote the failing line
_JUST_BELOW: Final = 0.001
_OF_CODE: Final = (Topic.LINE, Topic.PRODUCER, Topic.RAN, Topic.FUNCTION, Topic.NULL)


class Touched(NamedTuple):
    """A commit's change of a block that the failing execution depends on."""

    dependency: Dependency
    change: BlockChange

    @property
    def wrote_line(self) -> bool:
        """Whether the commit wrote the line that matters."""
        return self.dependency.line in self.change.wrote


def blame(
    repository: Repository, revision: str, trace: StackTrace, *, weights: Weights | None = None, most: int = 10
) -> Blame:
    """The commits that last changed what `trace`, thrown at `revision`, depends on; at most `most`, likeliest first.

    Raises UnknownRevision. The newest 30 commits are compared too: a removed guard leaves no line.
    """
    reader = PartialRepository(repository.raw)
    head = reader.resolve(revision)
    index = PathIndex(reader.paths(head), read=partial(reader.text, head))
    mapped = map_to_repository(trace, index)
    site = survey(reader, head, mapped)
    history = BlockHistory(reader, FirstParents(reader, head))
    dependencies = dependencies_of(reader, site, head)
    touched = _touched(history, dependencies)
    commits = _candidates(reader, history, touched)
    changes = read_window(reader, site, list(commits), head, between=Gaps(reader, head).between)
    context = SignalContext(site, changes)
    weights = weights or load_weights()
    found = [
        _changer(commit, back, measure(context, change), touched.get(commit.sha, ()), weights)
        for (commit, back), change in zip(commits.items(), changes, strict=True)
    ]
    found = _makers_last([each for each in found if each.reasons], touched)
    ranked = sorted(found, key=lambda each: (-each.score, each.back))
    return Blame(
        trace=mapped,
        revision=head,
        changers=tuple(ranked[:most]),
        looked_at=len(dependencies),
        commits=len(commits),
        oldest=min((commit.committed_at for commit in commits), default=None),
        missing=(
            *_unseen(mapped, site, unclear_file(mapped, index)),
            *incomplete(len(reader.absent)),
            *_unfound(history, dependencies),
        ),
    )


def _touched(history: BlockHistory, dependencies: Sequence[Dependency]) -> dict[str, list[Touched]]:
    """sha -> what it changed of the dependencies: the last changes of each, and who wrote the line that matters."""
    found: dict[str, list[Touched]] = defaultdict(list)
    for dependency in dependencies:
        for each in _last_changes(history, dependency):
            found[each.change.sha].append(each)
    return found


def _last_changes(history: BlockHistory, dependency: Dependency) -> Iterator[Touched]:
    last = _LAST[dependency.relation]
    for number, change in enumerate(history.changes(dependency.block), 1):
        each = Touched(dependency, change)
        if number <= last or each.wrote_line:
            yield each
        if number >= last and (each.wrote_line or not dependency.line or number >= _UNTIL_WRITTEN):
            return


def _candidates(
    repository: Repository, history: BlockHistory, touched: Mapping[str, Sequence[Touched]]
) -> dict[Commit, int]:
    """The commits that are compared, oldest first, and how many commits each lies back; the newest 100 of them."""
    back = {rows[0].change.sha: rows[0].change.back for rows in touched.values()}
    for number in range(_NEWEST):
        commit = history.line.at(number)
        if commit is not None:
            back.setdefault(str(commit.id), number)
    ordered = sorted(back, key=lambda sha: back[sha])[:_MOST]
    return {repository.commit(sha): back[sha] for sha in reversed(ordered)}


def _changer(
    commit: Commit, back: int, signals: Sequence[Signal], touched: Sequence[Touched], weights: Weights
) -> Changer:
    measured = reasons_for(signals, weights)
    told = "\n".join(measured)
    code = [each for each in signals if each.name in SIGNALS and SIGNALS[each.name].topic in _OF_CODE]
    history = [sentence(_reason(each)) for each in touched]
    more = [text for text, each in zip(history, touched, strict=True) if each.dependency.block.path not in told]
    return Changer(
        commit=commit,
        back=back,
        score=score(vector(signals), weights.signals) - math.log1p(back),
        reasons=tuple(dict.fromkeys((*measured[:2], *more, *measured[2:])))[:3],
        changed=next(iter((*reasons_for(code, weights), *history)), ""),
    )


def _makers_last(found: Sequence[Changer], touched: Mapping[str, Sequence[Touched]]) -> list[Changer]:
    """Who made a block comes after those who changed it later and have something against them: it had worked before."""
    known = {each.commit.sha: each for each in found}
    changers: dict[Dependency, list[Changer]] = defaultdict(list)
    for sha, rows in touched.items():
        for row in rows:
            if sha in known and not row.change.created and known[sha].score + math.log1p(known[sha].back) > 0:
                changers[row.dependency].append(known[sha])

    def capped(maker: Changer) -> Changer:
        rows = [row for row in touched.get(maker.commit.sha, ()) if row.change.created]
        later = [each.score for row in rows for each in changers[row.dependency] if each.back < maker.back]
        return maker.model_copy(update={"score": min([maker.score, *(score - _JUST_BELOW for score in later)])})

    return list(map(capped, found))


def _reason(touched: Touched) -> str:
    dependency, block = touched.dependency, touched.dependency.block
    place = f"{block.path}:{dependency.line or block.start}"
    if touched.wrote_line and dependency.relation == "function":
        return f"wrote the line {place}"
    if dependency.relation == "function":
        return f"changed `{dependency.name}`, {block.path}:{_line_written(touched)}"
    if dependency.relation == "callee":
        return f"changed `{dependency.name}`, {place}, which the failing code calls"
    if dependency.relation == "value":
        return f"changed `{dependency.name}`, {place}, which the failing line uses"
    return f"changed `{dependency.name}`, {place}, which holds the words of the message"


def _line_written(touched: Touched) -> int:
    """The line that matters, or that of the commit's next to it: a sentence names no line that the commit left alone."""
    line, wrote = touched.dependency.line or touched.dependency.block.start, touched.change.wrote
    return line if touched.wrote_line or not wrote else min(wrote, key=lambda each: (abs(each - line), each))


def _unseen(mapped: StackTrace, site: FailureSite, unclear: Unclear | None) -> list[str]:
    if not mapped.frames:
        return ["The text holds no stack trace: only the words of its message could be looked for."]
    if site.located:
        return []
    why = "No frame of the trace lies in a file of the repository"
    if unclear is not None:
        why = which_file(unclear)
    elif any(frame.in_app for frame in mapped.frames):
        why = "No file of the trace could be read"
    return [f"{why}: only the message could be looked for."]


def _unfound(history: BlockHistory, dependencies: Sequence[Dependency]) -> list[str]:
    notes: list[str] = []
    if not dependencies:
        notes.append("Nothing in the repository was found that the error depends on; the newest commits were compared.")
    if history.looks <= 0:
        notes.append("The history is longer than what was looked at: older changes are not listed.")
    return notes
