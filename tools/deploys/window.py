"""Which commits an error may be blamed on: what was live where it fails when it began, back to the last healthy one."""

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
    """How far back a cause is looked for."""

    healthy_minutes: float = Field(
        default=30.0, ge=0, description="A revision that ran this long before it was replaced was healthy."
    )
    lookback_hours: float = Field(
        default=24.0, gt=0, description="How far before the onset deploys (or, without any, commits) are suspected."
    )
    commits: int = Field(default=300, ge=1, description="Most commits suspected when git's own times must do.")


@dataclass(frozen=True, slots=True)
class Began:
    """When the error began, and the versions whose documents told of it then (as the log names them).

    `first_version` is that of the very first document.
    """

    earliest: datetime
    latest: datetime
    versions: tuple[str, ...] = ()
    first_version: str = ""


@dataclass(frozen=True, slots=True)
class DeployWindow:
    """Base and deployed revision (full ids), what went live when, and what is proven innocent.

    `innocent` maps commits inside the window to their proof; `later` are commits outside of it, with theirs.
    """

    base: str
    deployed: str
    rollouts: tuple[Rollout, ...] = ()
    innocent: dict[str, str] = field(default_factory=dict)
    later: tuple[RuledOut, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Live:
    """A deploy whose revision the repository holds."""

    sha: str
    told: Rollout


def live_revisions(reported: Sequence[Rollout], began: datetime, base: str = "", deployed: str = "") -> tuple[str, str]:
    """Base and deployed revision by the reported deploys alone (oldest first), when neither git nor the log was asked.

    `deployed` is what went live last at or before `began`; `base` is the last other revision before it. Where they are
    given they are taken as they are; "" is what the deploys do not tell. `window_of` decides once git and the log are
    known.
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
    repository: Repository, told: Sequence[Rollout], began: Began, limits: WindowLimits, base: str, deployed: str
) -> DeployWindow:
    """The window by what the deploys tell (oldest or newest first). `base` and `deployed` hold where they are given.

    A deploy counts as before the onset unless it came after its latest possible moment. Where versions are known, what
    runs there is the failing revision, so that a canary is told from the rest. Walking back from it, the base is the
    first revision that ran `healthy_minutes` and is not among the failing ones. Raises WindowUnknown when neither
    the deploys nor the alert tell.
    """
    lives, missing = _resolved(repository, told)
    before = [each for each in lives if each.told.at <= began.latest]
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


def _resolved(repository: Repository, told: Sequence[Rollout]) -> tuple[list[Live], tuple[str, ...]]:
    found: list[Live] = []
    unknown: dict[str, None] = {}
    for each in sorted(told, key=lambda one: one.at):
        try:
            found.append(Live(repository.resolve(each.revision), each))
        except UnknownRevision:
            unknown[f"The repository does not hold {each.revision[:40]}, deployed at {clock(each.at)}."] = None
    return found, tuple(unknown)[-3:]


def _failing(repository: Repository, before: Sequence[Live], versions: Sequence[str]) -> tuple[str, ...]:
    """The commits that run where it fails, most frequent first; empty when the versions say nothing git knows."""
    by_name = {each.told.revision: each.sha for each in before}
    found = (by_name.get(version) or revision_of(repository, version) for version in versions)
    return tuple(dict.fromkeys(sha for sha in found if sha))


def revision_of(repository: Repository, version: str) -> str | None:
    """The commit a version names: `1.4.2`, `v1.4.2`, `checkout@3f9a1c2`, `1.4.2+3f9a1c2`, or a commit id."""
    for name in (version, version.rpartition("@")[2], version.rpartition("+")[2], f"v{version}"):
        try:
            return repository.resolve(name)
        except (UnknownRevision, IncompleteRepository):
            continue
    return None


def _deployed(repository: Repository, before: Sequence[Live], failing: Sequence[str], first: str) -> str:
    there = [each for each in before if each.sha in failing]
    if there:
        # What the first error came from was live then, even if its deploy was told late or never.
        return first if first and holds(repository, first, there[-1].sha) else there[-1].sha
    if failing:  # the log names what runs there, whether or not its deploy was told
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
    """The last healthy revision before `end`. Beyond the lookback, or the first deploy known, it must do as it is."""
    went_live = next((each.told.at for each in before if each.sha == end), began.latest)
    healthy = timedelta(minutes=limits.healthy_minutes)
    oldest = began.earliest - timedelta(hours=limits.lookback_hours)
    replaced, last = went_live, ""
    for each in reversed([one for one in before if one.told.at <= went_live and one.sha != end]):
        ran = replaced - each.told.at
        replaced = each.told.at
        if not holds(repository, end, each.sha):
            continue
        last = each.sha
        if each.sha not in failing and (ran >= healthy or each.told.at < oldest):
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
    """Each deploy of the window with the commits it was the first to bring, and of what came after it."""
    places = {sha: place for place, sha in enumerate(window)}
    seen, found = 0, []
    went_live = max((each.told.at for each in lives if each.sha == end and each.told.at <= began.latest), default=None)
    for each in lives:
        reach = _reach(repository, each.sha, window, places) + 1
        proof = _proof(each, began, failing, went_live) if each.sha != first else None
        elsewhere = reach == 0 and (proof is None or each.told.at < began.earliest - _RECENT)
        older = each.sha not in places and reach <= seen and proof is None
        if elsewhere or older:
            continue
        found.append(each.told.model_copy(update={"commits": tuple(window[seen:reach]), "innocent": proof}))
        seen = max(seen, reach)
    return tuple(found)


def _reach(repository: Repository, sha: str, window: Sequence[str], places: dict[str, int]) -> int:
    """The last commit of the window that a revision holds; -1 for none."""
    if sha in places:
        return places[sha]
    if not window or not holds(repository, sha, window[0]):
        return -1
    low, high = 0, len(window) - 1
    while low < high:  # holding a commit is monotonous along first parents
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(repository, sha, window[middle]) else (low, middle - 1)
    return low


def _proof(each: Live, began: Began, failing: Sequence[str], went_live: datetime | None) -> str | None:
    """Why a deploy cannot have caused the failure; None when it can."""
    at = each.told.at
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
    """Commits that came after the window with a deploy that is proven innocent."""
    shas = {(each.told.revision, each.told.at): each.sha for each in lives}
    found: dict[str, RuledOut] = {}
    for each in rollouts:
        if each.innocent is None or (sha := shas[(each.revision, each.at)]) == end:
            continue
        for commit in _since(repository, (end, start), sha):
            if commit.sha not in window:
                found.setdefault(commit.sha, RuledOut(commit=commit, reason=each.innocent))
    return tuple(found.values())[:_MOST_LATER]


def holds(repository: Repository, revision: str, sha: str) -> bool:
    """Whether it is proven that `revision` holds the commit `sha`."""
    try:
        return repository.is_ancestor(sha, revision)
    except IncompleteRepository:  # damage hides the way
        return False


def _since(repository: Repository, olders: Sequence[str], sha: str) -> tuple[Commit, ...]:
    """The commits since the first of `olders` that is an ancestor; none when none is."""
    for older in olders:
        try:
            return repository.window(older, sha)[-_MOST_LATER:]
        except (NotAnAncestor, IncompleteRepository):
            continue
    return ()


def clock(at: datetime) -> str:
    """A moment as the report tells it."""
    return f"{at.astimezone(UTC):%H:%M:%S} UTC"
