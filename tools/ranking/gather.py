"""Gathers the evidence of an incident without a language model. The one entry is `gather`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from incidents.evidence import Commit, Evidence, Suspect
from incidents.rollout import Rollout
from incidents.trace import StackTrace
from tools.git.partial import PartialRepository
from tools.git.repository import Repository
from tools.impact.collect import read_window
from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.impact.failure_site import FailureSite, survey
from tools.impact.line_origins import line_origins
from tools.impact.prior_commits import earlier_commits, newest_before, older_writers
from tools.impact.producers import value_producers
from tools.impact.step_check import remember
from tools.ranking.doubts import doubts, with_doubts
from tools.ranking.elsewhere import elsewhere
from tools.ranking.left_out import hidden, left_out, notes, unreadable
from tools.ranking.masking import without_secret_paths
from tools.ranking.proofs import proofs_of
from tools.ranking.quoted_lines import rewritten_since
from tools.ranking.ranker import Weights, load_weights, rank
from tools.ranking.suspects import Candidate, excluded, older_suspect, sort_out
from tools.ranking.visibility import how_much_is_seen, missing
from tools.signals.registry import is_excused, measure, vector, window_features
from tools.traces.places.paths import PathIndex, map_to_repository
from tools.traces.places.unclear_paths import Unclear, unclear_file


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
    commits = reader.window(start, end)
    index = PathIndex(reader.paths(end), read=partial(reader.text, end))
    mapped = map_to_repository(trace, index)
    if not commits:
        return _nothing_deployed(mapped, start, end)
    unread = unreadable(reader, start, end, commits)
    readable = [commit for commit in commits if commit.sha not in unread]
    read = read_context(reader, readable, end, mapped, base=commits[0].parents[:1])
    context = replace(read, live_for=_live_for(rollouts, first_seen))
    rewritten = rewritten_since(reader, readable, end, mapped)
    proofs = proofs_of(commits, rewritten | dict(innocent or {}), first_seen)
    window = _Window(reader, start, end, commits, unread, proofs, unclear_file(mapped, index))
    return without_secret_paths(_evidence(window, mapped, context, weights or load_weights()))


class _Window(NamedTuple):
    """The commits of base..deployed, oldest first. `unread` and `proofs`: sha -> why it was not read, or is innocent.
    `unclear`: which file a path of the trace may mean, where no frame has one."""

    reader: PartialRepository
    base: str
    deployed: str
    commits: Sequence[Commit]
    unread: dict[str, str]
    proofs: Mapping[str, str]
    unclear: Unclear | None


def _evidence(window: _Window, mapped: StackTrace, context: SignalContext, weights: Weights) -> Evidence:
    """Rank what was read, and say what was not."""
    doubted = doubts(context, window.proofs)
    ranked = _ranked(context, window.proofs, weights, [each.commit for each in doubted])
    seen = how_much_is_seen(mapped, context, len(window.reader.absent))
    why = {each.commit: each.why for each in doubted}
    suspects, ruled_out = sort_out(ranked.commits, weights, seen.visibility, why)
    older = older_suspect(ranked.earlier, weights)
    remember(window.base, window.deployed, mapped, context.site, context.changes)
    unread = window.unread | hidden(context.changes)
    unseen = {sha: unclear for sha, unclear in unread.items() if sha not in window.proofs}
    suspected = [change for change in context.changes if change.commit.sha not in window.proofs]
    return Evidence(
        trace=mapped,
        base=window.base,
        deployed=window.deployed,
        suspects=suspects,
        ruled_out=(*ruled_out, *left_out(window.commits, window.unread, window.proofs)),
        none_probability=min(1.0, ranked.none),
        older=older,
        seen=seen,
        instead=()
        if doubted
        else elsewhere(context, rival_of(older, suspects), excluded(ranked.commits, weights), window.proofs),
        missing=(*missing(seen, context, window.unclear), *notes(unseen, window.reader.unread)),
        doubts=doubted,
        hit_failing_line=_shas(change for change in suspected if change.hits_failing_line),
        unread=tuple(unseen),
        read_in_part=_shas(change for change in suspected if change.truncated),
        producers=tuple(each for each in value_producers(context) if each.commit not in window.proofs),
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
    return earlier_commits(reader, base, site.paths) if site.located else newest_before(reader, base)


class _Ranked(NamedTuple):
    """The window's commits, those from before it, and the probability of none of the window's."""

    commits: list[Candidate]
    earlier: list[Candidate]
    none: float


def _ranked(context: SignalContext, proofs: Mapping[str, str], weights: Weights, doubted: Collection[str]) -> _Ranked:
    signals = [measure(context, change) for change in context.changes]
    before = [measure(context, change) for change in context.earlier]
    rows = zip(context.changes, signals, strict=True)
    # A commit that is proven innocent does not compete: it must not take probability from the others.
    competing = {change.commit.sha: vector(row) for change, row in rows if change.commit.sha not in proofs}
    found = rank(list(competing.values()), window_features(context), weights, [vector(row) for row in before])
    found = with_doubts(found, [n for n, sha in enumerate(competing) if sha in doubted])
    left = iter(found.commits)
    candidates = [
        Candidate(change.commit, 0.0 if proof else next(left), row, proof, change.only_beside)
        for change, row in zip(context.changes, signals, strict=True)
        for proof in [proofs.get(change.commit.sha)]
    ]
    earlier = zip((change.commit for change in context.earlier), found.earlier, before, strict=True)
    return _Ranked(candidates, [Candidate(*row) for row in earlier], found.none)


def _shas(changes: Iterable[CommitFacts]) -> tuple[str, ...]:
    return tuple(change.commit.sha for change in changes)


def _live_for(rollouts: Sequence[Rollout], first_seen: datetime | None) -> dict[str, timedelta]:
    """How long each commit had been live. Times from git do not count: a commit is older than its deploy."""
    if first_seen is None or first_seen.tzinfo is None:
        return {}
    return {sha: first_seen - rollout.at for rollout in rollouts if rollout.source != "git" for sha in rollout.commits}


def rival_of(older: Suspect | None, suspects: Sequence[Suspect]) -> Suspect | None:
    """The commit from before the window, where it explains the failure at least as well as each of the window's, and none
    of these gave its code a reason to fail. Its reasons are those that the best of the window does not share, word for word:
    without one it explains nothing better."""
    if older is not None and is_excused(vector(older.signals)):
        return None
    best = max(suspects, key=lambda each: each.probability, default=None)
    if older is None or best is None:
        return older
    own = tuple(each for each in older.reasons if each not in best.reasons)
    return older.model_copy(update={"reasons": own}) if own and older.probability >= best.probability else None


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
