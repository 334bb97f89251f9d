"""Gathers the evidence of an incident without a language model. The one entry is `gather`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from incidents.evidence import Commit, Evidence, Suspect
from incidents.rollout import Rollout
from incidents.seen import Seen
from incidents.trace import StackTrace
from tools.git.partial import PartialRepository
from tools.git.repository import Repository
from tools.impact.collect import read_window
from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.impact.failure_site import FailureSite, FrameSite, survey
from tools.impact.line_origins import line_origins
from tools.impact.prior_commits import earlier_commits, newest_before, older_writers
from tools.impact.producers import value_producers
from tools.impact.step_check import remember
from tools.ranking.elsewhere import elsewhere
from tools.ranking.left_out import hidden, left_out, notes, unreadable
from tools.ranking.masking import without_secret_paths
from tools.ranking.quoted_lines import rewritten_since
from tools.ranking.ranker import Weights, load_weights, rank
from tools.ranking.suspects import Candidate, excluded, older_suspect, sort_out
from tools.signals.registry import measure, vector, window_features
from tools.traces.paths import PathIndex, map_to_repository

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
    """The evidence about `trace`, thrown at `deployed`, where `base` was the last good revision.

    Raises UnknownRevision, NotAnAncestor. `first_seen` (with offset) rules out commits made after it, `innocent` those
    it maps to a proof. `rollouts` say when the window's commits went live.
    """
    reader = PartialRepository(repository.raw)
    start, end = reader.resolve(base), reader.resolve(deployed)
    window = reader.window(start, end)
    mapped = map_to_repository(trace, PathIndex(reader.paths(end), read=partial(reader.text, end)))
    if not window:
        return _nothing_deployed(mapped, start, end)
    unread = unreadable(reader, start, end, window)
    commits = [commit for commit in window if commit.sha not in unread]
    read = read_context(reader, commits, end, mapped, base=window[0].parents[:1])
    context = replace(read, live_for=_live_for(rollouts, first_seen))
    weights = weights or load_weights()
    proofs = _proofs(window, rewritten_since(reader, commits, end, mapped) | dict(innocent or {}), first_seen)
    candidates, earlier, none = _ranked(context, proofs, weights)
    seen = how_much_is_seen(mapped, context, len(reader.absent))
    suspects, ruled_out = sort_out(candidates, weights, seen.visibility)
    older = older_suspect(earlier, weights)
    remember(start, end, mapped, context.site, context.changes)
    unseen = {sha: why for sha, why in (unread | hidden(context.changes)).items() if sha not in proofs}
    blamed = [change for change in context.changes if change.commit.sha not in proofs]
    return without_secret_paths(
        Evidence(
            trace=mapped,
            base=start,
            deployed=end,
            suspects=suspects,
            ruled_out=(*ruled_out, *left_out(window, unread, proofs)),
            none_probability=min(1.0, none),
            older=older,
            seen=seen,
            instead=elsewhere(context, _rival(older, suspects), excluded(candidates, weights)),
            missing=(*_missing(seen, context), *notes(unseen, reader.unread)),
            hit_failing_line=_shas(change for change in blamed if change.hits_failing_line),
            unread=tuple(unseen),
            read_in_part=_shas(change for change in blamed if change.truncated),
            producers=tuple(each for each in value_producers(context) if each.commit not in proofs),
        )
    )


def read_context(
    repository: Repository,
    commits: Sequence[Commit],
    deployed: str,
    mapped: StackTrace,
    *,
    base: tuple[str, ...] | None = None,
) -> SignalContext:
    """The failure site of a mapped trace, what each of `commits` (oldest first) did there, and what those before did.

    `base` is the commit before the window, where that is not the parent of the first of them.
    """
    reader = repository if isinstance(repository, PartialRepository) else PartialRepository(repository.raw)
    site = survey(reader, deployed, mapped)
    base = commits[0].parents[:1] if base is None else base
    before = _before(reader, base[0], site) if base else ()
    before = (*older_writers(reader, line_origins(reader, site, commits, deployed), before), *before)
    changes = read_window(reader, site, (*before, *commits), deployed, earlier=len(before))
    return SignalContext(site, changes[len(before) :], changes[: len(before)])


def _before(reader: Repository, base: str, site: FailureSite) -> tuple[Commit, ...]:
    return earlier_commits(reader, base, site.paths) if site.frames else newest_before(reader, base)


def _ranked(
    context: SignalContext, proofs: Mapping[str, str], weights: Weights
) -> tuple[list[Candidate], list[Candidate], float]:
    """(the window's commits, those from before it, probability of none of the window's)."""
    signals = [measure(context, change) for change in context.changes]
    before = [measure(context, change) for change in context.earlier]
    rows = zip(context.changes, signals, strict=True)
    # A commit that is proven innocent does not compete: it must not take probability from the others.
    competing = [vector(row) for change, row in rows if change.commit.sha not in proofs]
    found = rank(competing, window_features(context), weights, [vector(row) for row in before])
    left = iter(found.commits)
    candidates = [
        Candidate(change.commit, 0.0 if proof else next(left), row, proof)
        for change, row in zip(context.changes, signals, strict=True)
        for proof in [proofs.get(change.commit.sha)]
    ]
    earlier = zip((change.commit for change in context.earlier), found.earlier, before, strict=True)
    return candidates, [Candidate(*row) for row in earlier], found.none


def _shas(changes: Iterable[CommitFacts]) -> tuple[str, ...]:
    return tuple(change.commit.sha for change in changes)


def _live_for(rollouts: Sequence[Rollout], first_seen: datetime | None) -> dict[str, timedelta]:
    """How long each commit had been live. Times from git do not count: a commit is older than its deploy."""
    if first_seen is None or first_seen.tzinfo is None:
        return {}
    return {sha: first_seen - rollout.at for rollout in rollouts if rollout.source != "git" for sha in rollout.commits}


def _proofs(window: Sequence[Commit], innocent: Mapping[str, str], first_seen: datetime | None) -> dict[str, str]:
    return {each.sha: proof for each in window if (proof := _proof(each, innocent, first_seen))}


def _proof(commit: Commit, innocent: Mapping[str, str], first_seen: datetime | None) -> str | None:
    """Why a commit cannot have caused the failure; None when it can."""
    return innocent.get(commit.sha) or _too_late(commit, first_seen)


def _too_late(commit: Commit, first_seen: datetime | None) -> str | None:
    if first_seen is None or first_seen.tzinfo is None or commit.committed_at <= first_seen + _CLOCKS_DIFFER:
        return None
    return "made after the error was first seen"


def _rival(older: Suspect | None, suspects: Sequence[Suspect]) -> Suspect | None:
    """The commit from before the window, where it explains the failure at least as well as each of the window's."""
    best = max((each.probability for each in suspects), default=0.0)
    return older if older is not None and older.probability >= best else None


def _nothing_deployed(mapped: StackTrace, base: str, deployed: str) -> Evidence:
    """The evidence of an empty window."""
    why = "Nothing was deployed between the two revisions."
    return Evidence(
        trace=mapped,
        base=base,
        deployed=deployed,
        none_probability=1.0,
        instead=(why,),
        missing=("The window is empty.",),
    )


def how_much_is_seen(mapped: StackTrace, context: SignalContext, absent: int = 0) -> Seen:
    """What could be seen of the failure; `absent` counts the files that this clone lacks."""
    frames = mapped.frames
    return Seen(
        confirmed=_confirmed(mapped, context.site.frames),
        frames=len(frames),
        mapped=sum(frame.in_app for frame in frames),
        read=len(context.site.frames),
        words=len(context.site.message_words),
        absent=absent,
    )


def _confirmed(mapped: StackTrace, read: Sequence[FrameSite]) -> bool:
    """Whether the printed lines are those of the deployed revision, as far as the trace tells."""
    inner = next((frame for frame in mapped.frames if frame.in_app and frame.source), None)
    if read and inner is not None and inner.source and inner.repo_path == read[0].path:
        return read[0].source.startswith(inner.source.strip()[:40])  # where it failed, another line is another revision
    quoted = tuple(frame.source.strip()[:40] for frame in mapped.frames if frame.in_app and frame.source)
    calls = [frame.leads_to is not None for frame in read[1:]]
    return any(frame.source.startswith(quoted) for frame in read) or (bool(calls) and 2 * sum(calls) >= len(calls))


def _missing(seen: Seen, context: SignalContext) -> tuple[str, ...]:
    notes: list[str] = []
    if not seen.frames:
        notes.append("The log holds no stack trace: only the words of the message could be compared.")
    elif not seen.mapped:
        notes.append("No frame of the trace lies in a file of the repository at the deployed revision.")
    elif not seen.read:
        notes.append("No file of the trace could be read at the deployed revision.")
    if seen.absent:
        number = "a file" if seen.absent == 1 else f"{seen.absent} files"
        notes.append(f"This clone is not complete: the content of {number} is not in it.")
    cut = [change.commit.sha[:10] for change in context.changes if change.truncated]
    if cut:
        notes.append(f"Too large to read in full, or not all there: {', '.join(cut[:5])}.")
    return tuple(notes)
