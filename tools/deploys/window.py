"""The blame window: the commits that may have caused an error.

It ends with the revision that was live where the error occurs when it began, and starts at the last healthy one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import Field

from incidents.errors import IncompleteRepository, NotAnAncestor, UnknownRevision, WindowUnknown
from incidents.evidence import Commit, RuledOut
from incidents.frozen import Frozen
from incidents.rollout import Rollout
from tools.git.repository import Repository

AFTER_ONSET: Final = "deployed after the errors began"
NOT_RUNNING: Final = "not running where it fails"
_MOST_LATER = 60
_RECENT = timedelta(hours=1)


class WindowLimits(Frozen):
    """How far back to look for a cause."""

    healthy_minutes: float = Field(
        default=30.0, ge=0, description="A revision that ran this long before its replacement was healthy."
    )
    lookback_hours: float = Field(
        default=24.0, gt=0, description="How far before the onset deploys (or, without any, commits) are suspected."
    )
    commits: int = Field(default=300, ge=1, description="Most commits suspected when only commit times are known.")


@dataclass(frozen=True, slots=True)
class Began:
    """When the error began, and the versions of its first documents, as the log names them.

    `first_version` is the version of the very first document.
    """

    earliest: datetime
    latest: datetime
    versions: tuple[str, ...] = ()
    first_version: str = ""


@dataclass(frozen=True, slots=True)
class DeployWindow:
    """Base and deployed revision (full ids), what went live when, and what is proven innocent.

    `innocent` maps commits inside the window to their proof; `later` are commits outside of it, with theirs. `guessed`:
    no deploy, tag or person says where it begins.
    """

    base: str
    deployed: str
    rollouts: tuple[Rollout, ...] = ()
    innocent: dict[str, str] = field(default_factory=dict)
    later: tuple[RuledOut, ...] = ()
    missing: tuple[str, ...] = ()
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    """A deploy whose revision exists in the repository."""

    sha: str
    rollout: Rollout


def live_revisions(reported: Sequence[Rollout], began: datetime, base: str = "", deployed: str = "") -> tuple[str, str]:
    """Return base and deployed revision from the reported deploys alone (oldest first), without git and the log.

    `deployed` is the last revision that went live at or before `began`; `base` is the last other revision before it.
    Values that are given are used unchanged; "" means that the deploys do not say. `window_of` decides again when git
    and the log are available.
    """
    before = [each for each in reported if each.at <= began]
    live = next((each for each in reversed(before) if deployed in ("", each.revision)), None)
    deployed = deployed or (live.revision if live else "")
    if base or not deployed:
        return base, deployed
    went_live = live.at if live else began
    others = (each.revision for each in reversed(before) if each.at <= went_live and each.revision != deployed)
    return next(others, ""), deployed


def window_of(
    repository: Repository, reported: Sequence[Rollout], began: Began, limits: WindowLimits, base: str, deployed: str
) -> DeployWindow:
    """Return the window from the deploys (oldest or newest first). `base` and `deployed` are used when given.

    A deploy counts as before the onset unless it came after the latest possible onset. Where versions are known, the
    version that fails is the failing revision, so that a canary is distinguished from the rest. Walking back from it,
    the base is the first revision that ran for `healthy_minutes` and is not failing. Raises WindowUnknown when neither
    the deploys nor the alert say.
    """
    lives, missing = _resolved(repository, reported)
    before = [each for each in lives if each.rollout.at <= began.latest]
    failing = _failing(repository, before, began.versions)
    first = (_failing(repository, before, (began.first_version,)) or ("",))[0] if began.first_version else ""
    end = repository.resolve(deployed) if deployed else _deployed(repository, before, failing, first)
    start = repository.resolve(base) if base else _base(repository, before, end, failing, began, limits)
    window = [commit.sha for commit in repository.window(start, end)]
    rollouts = _rollouts(repository, lives, window, began, failing, end, first)
    brought = {sha: each.innocent for each in rollouts for sha in each.commits}
    innocent = {sha: proof for sha, proof in brought.items() if proof}
    later = _later(repository, rollouts, lives, window, start, end)
    return DeployWindow(start, end, rollouts, innocent, later, missing)


def _resolved(repository: Repository, reported: Sequence[Rollout]) -> tuple[list[Live], tuple[str, ...]]:
    found: list[Live] = []
    unknown: dict[str, None] = {}
    for each in sorted(reported, key=lambda one: one.at):
        try:
            found.append(Live(repository.resolve(each.revision), each))
        except UnknownRevision:
            unknown[f"The repository does not hold {each.revision[:40]}, deployed at {clock(each.at)}."] = None
    return found, tuple(unknown)[-3:]


def _failing(repository: Repository, before: Sequence[Live], versions: Sequence[str]) -> tuple[str, ...]:
    """Return the failing commits, most frequent first; empty when git knows none of the versions."""
    by_name = {each.rollout.revision: each.sha for each in before}
    found = (by_name.get(version) or revision_of(repository, version) for version in versions)
    return tuple(dict.fromkeys(sha for sha in found if sha))


def revision_of(repository: Repository, version: str) -> str | None:
    """Return the commit of a version: `1.4.2`, `v1.4.2`, `checkout@3f9a1c2`, `1.4.2+3f9a1c2`, or a commit id."""
    for name in (version, version.rpartition("@")[2], version.rpartition("+")[2], f"v{version}"):
        try:
            return repository.resolve(name)
        except (UnknownRevision, IncompleteRepository):
            continue
    return None


def _deployed(repository: Repository, before: Sequence[Live], failing: Sequence[str], first: str) -> str:
    there = [each for each in before if each.sha in failing]
    if there:
        # The revision of the first error was live then, even if its deploy was reported late or never.
        return first if first and holds(repository, first, there[-1].sha) else there[-1].sha
    if failing:  # the log names the failing version, whether or not its deploy was reported
        newest = failing[0]
        for sha in failing[1:]:
            newest = sha if holds(repository, sha, newest) else newest
        return newest
    if before:
        return before[-1].sha
    raise WindowUnknown("deployed: left out, and no deploy before the error is known")


def _base(
    repository: Repository,
    before: Sequence[Live],
    end: str,
    failing: Sequence[str],
    began: Began,
    limits: WindowLimits,
) -> str:
    """Return the last healthy revision before `end`.

    Beyond the lookback or the first known deploy, the oldest revision found is used without that check.
    """
    went_live = next((each.rollout.at for each in before if each.sha == end), began.latest)
    healthy = timedelta(minutes=limits.healthy_minutes)
    oldest = began.earliest - timedelta(hours=limits.lookback_hours)
    replaced, last = went_live, ""
    for each in reversed([one for one in before if one.rollout.at <= went_live and one.sha != end]):
        ran = replaced - each.rollout.at
        replaced = each.rollout.at
        if not holds(repository, end, each.sha):
            continue
        last = each.sha
        if each.sha not in failing and (ran >= healthy or each.rollout.at < oldest):
            break
    if last:
        return last
    raise WindowUnknown(f"base: left out, and no deploy before {end[:12]} is known")


def _rollouts(
    repository: Repository,
    lives: Sequence[Live],
    window: Sequence[str],
    began: Began,
    failing: Sequence[str],
    end: str,
    first: str,
) -> tuple[Rollout, ...]:
    """Return each deploy of the window, and of the time after it, with the commits it shipped first."""
    places = {sha: place for place, sha in enumerate(window)}
    seen, found = 0, []
    went_live = max(
        (each.rollout.at for each in lives if each.sha == end and each.rollout.at <= began.latest), default=None
    )
    for each in lives:
        reach = _reach(repository, each.sha, window, places) + 1
        proof = _proof(each, began, failing, went_live) if each.sha != first else None
        elsewhere = reach == 0 and (proof is None or each.rollout.at < began.earliest - _RECENT)
        older = each.sha not in places and reach <= seen and proof is None
        if elsewhere or older:
            continue
        found.append(each.rollout.model_copy(update={"commits": tuple(window[seen:reach]), "innocent": proof}))
        seen = max(seen, reach)
    return tuple(found)


def _reach(repository: Repository, sha: str, window: Sequence[str], places: dict[str, int]) -> int:
    """Return the index of the last commit of the window that a revision contains; -1 for none."""
    if sha in places:
        return places[sha]
    if not window or not holds(repository, sha, window[0]):
        return -1
    low, high = 0, len(window) - 1
    while low < high:  # containing a commit is monotonic along first parents
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(repository, sha, window[middle]) else (low, middle - 1)
    return low


def _proof(each: Live, began: Began, failing: Sequence[str], went_live: datetime | None) -> str | None:
    """Return why a deploy cannot have caused the failure; None when it can."""
    at = each.rollout.at
    if at > began.latest:
        return f"{AFTER_ONSET}: at {clock(at)}, they began by {clock(began.latest)}"
    if failing and each.sha not in failing and went_live is not None and at > went_live:
        return f"{NOT_RUNNING}: deployed at {clock(at)}, but the errors come from {failing[0][:9]}"
    return None


def _later(
    repository: Repository,
    rollouts: Sequence[Rollout],
    lives: Sequence[Live],
    window: Sequence[str],
    start: str,
    end: str,
) -> tuple[RuledOut, ...]:
    """Return the commits after the window whose deploy is proven innocent."""
    shas = {(each.rollout.revision, each.rollout.at): each.sha for each in lives}
    found: dict[str, RuledOut] = {}
    for each in rollouts:
        if each.innocent is None or (sha := shas[(each.revision, each.at)]) == end:
            continue
        for commit in _since(repository, (end, start), sha):
            if commit.sha not in window:
                found.setdefault(commit.sha, RuledOut(commit=commit, reason=each.innocent))
    return tuple(found.values())[:_MOST_LATER]


def holds(repository: Repository, revision: str, sha: str) -> bool:
    """Return whether it is proven that `revision` contains the commit `sha`."""
    try:
        return repository.is_ancestor(sha, revision)
    except IncompleteRepository:  # missing objects: the ancestry cannot be proven
        return False


def _since(repository: Repository, olders: Sequence[str], sha: str) -> tuple[Commit, ...]:
    """Return the commits since the first of `olders` that is an ancestor; empty when none is."""
    for older in olders:
        try:
            return repository.window(older, sha)[-_MOST_LATER:]
        except (NotAnAncestor, IncompleteRepository):
            continue
    return ()


def clock(at: datetime) -> str:
    """Return a time as the report shows it."""
    return f"{at.astimezone(UTC):%H:%M:%S} UTC"
