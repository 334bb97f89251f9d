"""Everything that is known of an incident without a language model: the one entry is `gather`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from incidents.evidence import Commit, Evidence, RuledOut, Signal, Suspect
from incidents.rollout import Rollout
from incidents.trace import StackTrace
from tools.git.partial import PartialRepository
from tools.git.repository import Repository
from tools.impact.collect import read_window
from tools.impact.commit_facts import Change
from tools.impact.context import SignalContext
from tools.impact.failure_site import survey
from tools.impact.prior_commits import earlier_commits
from tools.ranking.explanations import reason_against, reasons_for
from tools.ranking.ranker import Weights, load_weights, rank
from tools.signals.registry import measure, vector, window_features
from tools.traces.paths import PathIndex, map_to_repository

_SUSPECTS = 5
_WORTH_A_LOOK = 0.02
_MOST_SUSPECTS = 12
_OLDER = 0.15
_CLOCKS_DIFFER = timedelta(minutes=10)


def gather(
    repository: Repository,
    base: str,
    deployed: str,
    trace: StackTrace,
    *,
    first_seen: datetime | None = None,
    innocent: Mapping[str, str] | None = None,
    rollouts: Sequence[Rollout] = (),
    weights: Weights | None = None,
) -> Evidence:
    """What the repository tells about `trace`, thrown at `deployed`, where `base` was the last good revision.

    Raises UnknownRevision, NotAnAncestor. `first_seen` (with offset) rules out commits made after it, `innocent` those
    it maps to a proof. `rollouts` tell when the window's commits went live.
    """
    start, end = repository.resolve(base), repository.resolve(deployed)
    commits = repository.window(start, end)
    mapped = map_to_repository(trace, PathIndex(repository.paths(end)))
    if not commits:
        return Evidence(trace=mapped, base=start, deployed=end, none_probability=1.0, missing=("The window is empty.",))
    outlook = replace(look(repository, commits, end, mapped), live_for=_live_for(rollouts, first_seen))
    signals = [measure(outlook, change) for change in outlook.changes]
    before = [measure(outlook, change) for change in outlook.earlier]
    weights = weights or load_weights()
    proofs = [(innocent or {}).get(commit.sha) or _too_late(commit, first_seen) for commit in commits]
    # Who is proven innocent does not compete: what speaks for it must not take from the others.
    rows = [vector(row) for row, proof in zip(signals, proofs, strict=True) if not proof]
    found = rank(rows, window_features(outlook), weights, [vector(row) for row in before])
    left = iter(found.commits)
    chances = [0.0 if proof else next(left) for proof in proofs]
    suspects, ruled_out = _sorted_out(commits, chances, proofs, signals, weights)
    blamed = [change for change, proof in zip(outlook.changes, proofs, strict=True) if not proof]
    return Evidence(
        trace=mapped,
        base=start,
        deployed=end,
        suspects=suspects,
        ruled_out=ruled_out,
        none_probability=min(1.0, found.none),
        older=_older(outlook, before, found.earlier),
        missing=_missing(mapped, outlook),
        hit_failing_line=_shas(change for change in blamed if change.hits_failing_line),
        unread=_shas(change for change in blamed if change.truncated),
    )


def look(repository: Repository, commits: Sequence[Commit], deployed: str, mapped: StackTrace) -> SignalContext:
    """The scene of a mapped trace, what each of `commits` (oldest first) did to it, and what those before them did."""
    reader = PartialRepository(repository.raw)
    scene = survey(reader, deployed, mapped)
    base = commits[0].parents[:1]
    before = earlier_commits(reader, base[0], scene.paths) if base else ()
    changes = read_window(reader, scene, (*before, *commits), deployed, earlier=len(before))
    return SignalContext(scene, changes[len(before) :], changes[: len(before)])


def _shas(changes: Iterable[Change]) -> tuple[str, ...]:
    return tuple(change.commit.sha for change in changes)


def _live_for(rollouts: Sequence[Rollout], first_seen: datetime | None) -> dict[str, timedelta]:
    """How long each commit had been live. Git's own times are left out: a commit's age is not when it was deployed."""
    if first_seen is None or first_seen.tzinfo is None:
        return {}
    return {sha: first_seen - rollout.at for rollout in rollouts if rollout.source != "git" for sha in rollout.commits}


def _older(outlook: SignalContext, signals: Sequence[Sequence[Signal]], chances: Sequence[float]) -> Suspect | None:
    best = max(range(len(chances)), key=lambda n: chances[n], default=None)
    if best is None or chances[best] < _OLDER or not (reasons := reasons_for(signals[best])):
        return None
    commit = outlook.earlier[best].commit
    return Suspect(commit=commit, probability=min(1.0, chances[best]), reasons=reasons, signals=tuple(signals[best]))


def _too_late(commit: Commit, first_seen: datetime | None) -> str | None:
    if first_seen is None or first_seen.tzinfo is None or commit.committed_at <= first_seen + _CLOCKS_DIFFER:
        return None
    return "made after the error was first seen"


def _sorted_out(
    commits: Sequence[Commit],
    chances: Sequence[float],
    proofs: Sequence[str | None],
    signals: Sequence[Sequence[Signal]],
    weights: Weights,
) -> tuple[tuple[Suspect, ...], tuple[RuledOut, ...]]:
    suspects: list[Suspect] = []
    ruled_out: dict[int, RuledOut] = {}
    for number in sorted(range(len(commits)), key=lambda n: (-chances[n], commits[n].sha)):
        reasons = reasons_for(signals[number])
        wanted = len(suspects) < _SUSPECTS or chances[number] >= _WORTH_A_LOOK
        if not proofs[number] and reasons and wanted and len(suspects) < _MOST_SUSPECTS:
            row = tuple(signals[number])
            suspects.append(Suspect(commit=commits[number], probability=chances[number], reasons=reasons, signals=row))
        else:
            reason = proofs[number] or reason_against(signals[number], weights)
            ruled_out[number] = RuledOut(commit=commits[number], reason=reason)
    return tuple(suspects), tuple(ruled_out[number] for number in sorted(ruled_out))


def _missing(trace: StackTrace, outlook: SignalContext) -> tuple[str, ...]:
    notes: list[str] = []
    if not trace.frames:
        notes.append("The log holds no stack trace: only the words of the message could be compared.")
    elif not outlook.scene.places:
        notes.append("No frame of the trace lies in a file of the repository at the deployed revision.")
    cut = [change.commit.sha[:10] for change in outlook.changes if change.truncated]
    if cut:
        notes.append(f"Too large to read in full, or not all there: {', '.join(cut[:5])}.")
    return tuple(notes)
