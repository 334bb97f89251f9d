"""The one thing that a verdict says is to be done now."""

from collections.abc import Iterable
from typing import NamedTuple

from graph.names import short
from graph.older_rival import older_rival
from graph.ruling import Ruling, giver_of_null, givers_of_value
from graph.thresholds import THRESHOLDS
from graph.unstated import cleared_by_guess, how_to_give, led_over
from incidents.evidence import Evidence, Suspect

REVERT = "Revert"
"""How it begins where nothing has to be read first."""
_CHANGED = "Check what changed without a deploy"
_THINGS = "configuration, data, traffic, dependencies"
_POSSIBLE = 0.05  # nobody reads a commit that is less likely than this for where it made its change
_OUTSIDE = f"{_CHANGED} ({_THINGS}) or give an older base."


class NextStep(NamedTuple):
    """What is to be done now, as a sentence, and the commits that it names."""

    says: str
    commits: tuple[str, ...] = ()


def next_step(final: Ruling, evidence: Evidence, against: Ruling | None, *, to_read: bool) -> NextStep:
    """The one thing to do now; `to_read`: the named commit is read before it is reverted."""
    if final.outcome == "culprit":
        return _revert(final, evidence, to_read=to_read)
    if final.outcome == "not_enough":
        return _give(evidence)
    if final.outcome == "unsure":
        read = _to_read(final, evidence, against)
        if not read.commits:
            return NextStep(_OUTSIDE)
        return NextStep(f"Read {read.says} against the {_told_by(evidence)} before reverting anything.", read.commits)
    if evidence.older is not None:
        older = evidence.older.commit.sha
        return NextStep(
            f"Read {short(older)}, which was live before: what reached it may have changed. {_OUTSIDE}", (older,)
        )
    if not final.suspects:
        return NextStep(f"{_CHANGED}: {_THINGS}; or give an older base.")
    best = final.suspects[0]
    worth = [best.commit.sha] if best.probability >= THRESHOLDS.worth_reading else []
    named = [against.named] if against is not None and against.named is not None else []
    doubtful = (*evidence.hit_failing_line, *givers_of_value(final.suspects), *evidence.read_in_part)
    also = tuple(dict.fromkeys([*worth, *named, *doubtful]))[:2]
    return NextStep(f"{_OUTSIDE} Read {_names(also)} too." if also else _OUTSIDE, also)


def _give(evidence: Evidence) -> NextStep:
    """What to give so that more can be seen, and the older commit to read where only the window is not known."""
    asked, older = how_to_give(evidence), evidence.older
    if older is None or not cleared_by_guess(evidence):
        return NextStep(asked)
    read = f"Or read {short(older.commit.sha)}, which is older than the commits that were compared."
    return NextStep(f"{asked} {read}", (older.commit.sha,))


def _names(shas: Iterable[str]) -> str:
    return " and ".join(short(sha) for sha in shas)


def _to_read(final: Ruling, evidence: Evidence, against: Ruling | None) -> NextStep:
    """Git's two best suspects, or one from before the deploy that explains it better and the best of them; when opinions
    contradict git, its first and theirs; then what nobody could read."""
    first = [each.commit.sha for each in final.suspects[:1]]
    first += [each.commit.sha for each in final.suspects[1:2] if _is_worth_reading(each, evidence)]
    both = "both " if len(first) > 1 and _rivals(final, evidence) else ""
    if against is not None and against.named is not None:
        of_git = max(evidence.suspects, key=lambda each: each.probability)
        cleared = of_git.probability < min(evidence.none_probability, THRESHOLDS.worth_reading)
        first, both = [*([] if cleared else [of_git.commit.sha]), against.named], ""
    elif (rival := older_rival(evidence)) and not evidence.doubts:
        older = rival.commit.sha
        rest = tuple(dict.fromkeys((*first[:1], *evidence.unread[:1])))
        names = [f"{short(older)} (from before the deploy)", *map(short, rest)]
        return NextStep(" and ".join(names), (older, *rest))
    shas = tuple(dict.fromkeys((*(each.commit for each in led_over(final, evidence)[:2]), *first, *evidence.unread)))[
        :3
    ]
    return NextStep((both if len(shas) == 2 else "") + _names(shas), shas)


def _is_worth_reading(second: Suspect, evidence: Evidence) -> bool:
    """Whether anybody should spend time on the runner-up: it is likely enough, or not unlikely and changed what fails or
    what that is given, or nobody could read it in full."""
    sha = second.commit.sha
    doubtful = (*evidence.hit_failing_line, *givers_of_value([second]))
    doubted = sha in doubtful and second.probability >= _POSSIBLE
    return second.probability >= THRESHOLDS.worth_reading or doubted or sha in evidence.read_in_part


def _told_by(evidence: Evidence) -> str:
    """What there is to read a commit against."""
    return "trace" if evidence.trace.frames else "error"


def _revert(final: Ruling, evidence: Evidence, *, to_read: bool) -> NextStep:
    """What to do about a culprit: a runner-up that could as well be it is read first, and so is one that was only named."""
    first = final.suspects[0].commit.sha
    if other := _overruled(final, evidence):
        return _one_of(first, other)
    if final.word == "high" or not _rivals(final, evidence):
        told = _told_by(evidence)
        read = (
            f"Read {short(first)} against the {told}; if it explains the failure, revert it"
            if to_read
            else f"{REVERT} {short(first)}"
        )
        return NextStep(f"{read}, then watch whether the errors stop.", (first,))
    rival = giver_of_null(evidence, final.suspects) or final.suspects[1]
    return _one_of(first, rival.commit.sha)


def _one_of(*shas: str) -> NextStep:
    return NextStep(f"Read both {_names(shas)}, revert the one that did it, then watch whether the errors stop.", shas)


def _overruled(final: Ruling, evidence: Evidence) -> str | None:
    """The commit that git alone suspects first and likely enough to be read, where opinions named another one."""
    by_git = max(evidence.suspects, key=lambda each: each.probability)
    overruled = by_git.commit.sha != final.named and by_git.probability >= THRESHOLDS.rival
    return by_git.commit.sha if overruled else None


def _rivals(final: Ruling, evidence: Evidence) -> bool:
    """Whether the runner-up is likely too, or changed code at the failing line, or another one what it is given."""
    if len(final.suspects) < 2:
        return False
    if giver_of_null(evidence, final.suspects) is not None:
        return True
    second = final.suspects[1]
    return second.probability >= THRESHOLDS.rival or second.commit.sha in evidence.hit_failing_line
