"""Which commits of the window changed what the error itself speaks of: while there is one, "none of these" is not stated,
and not nearly certain."""

from collections.abc import Collection
from typing import Final

from incidents.evidence import Doubt
from tools.impact.clue_touches import ClueTouch
from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.impact.error_kind import ErrorKind
from tools.ranking.explanations import sentence
from tools.ranking.ranker import Probabilities
from tools.source.file_kinds import HARMLESS

_TELLING: Final = 0.4  # strength of a name: rarer ones place a failure, others stand in many files
SHARE: Final = 0.2  # of the probability of "none of these" and of them
_NAMED: Final = 0.8  # how surely the error is about a package: its whole name
_TAKEN: Final = 0.2  # that of one that was taken away: what is no longer there can be missed


def doubts(context: SignalContext, proven: Collection[str] = ()) -> tuple[Doubt, ...]:
    """Each such commit, the newest last, with what it did; where no commit did, those that changed how the program is
    deployed, for an error that can come of that. `proven` are the shas of those that are proven innocent."""
    suspected = [change for change in context.changes if change.commit.sha not in proven]
    said = [(change, _why(change) or _moved(context, change)) for change in suspected]
    found = [row for row in said if row[1]] or [(change, change.redeployed) for change in suspected]
    return tuple(Doubt(commit=change.commit.sha, why=sentence(why)) for change, why in found if why)


def with_doubts(found: Probabilities, doubted: Collection[int]) -> Probabilities:
    """`found`, where the commits at the places `doubted` have together at least that share of what they and "none of these"
    have: nobody is sure that no commit did it while one changed what the error speaks of."""
    mine = sum(found.commits[n] for n in doubted)
    missing = SHARE * (found.none + mine) - mine
    if not doubted or missing <= 0:
        return found
    left = 1 - missing / found.none
    more = tuple(chance + missing / len(doubted) * (n in doubted) for n, chance in enumerate(found.commits))
    return Probabilities(more, found.none - missing, tuple(left * chance for chance in found.earlier))


def _why(change: CommitFacts) -> str:
    """What it did to a value, a text or a name of the error; empty: nothing."""
    outside, constant = change.outside, "" if change.cosmetic else change.constant
    if value := change.spoken or change.setting or constant:
        return value
    if outside.broken_text is not None and outside.broken_text.named:
        return outside.broken_text.done
    if outside.gone_file is not None:
        return f"removed or renamed {outside.gone_file.path}, for which the error looks"
    if change.kinds.keys() <= HARMLESS:
        return ""
    mine = [touch for touch in (*change.clues, *change.sent) if _tells(touch)]
    best = max(mine, key=lambda touch: (touch.strength, touch.clue.text), default=None)
    return _named(best) if best is not None else ""


def _moved(context: SignalContext, change: CommitFacts) -> str:
    """What the program runs with that the commit moved, where the error names that, or misses something that it may have had."""
    match = change.dependency
    if match is not None and match.value >= _NAMED:
        return f"{match.moved.sentence}, and {match.where}"
    if context.error_kind is not ErrorKind.MISSING:
        return ""
    moves = (each for each in change.moved if each.kind == "runtime" and each.before and each.after)
    return next((f"{each.sentence}, on which everything runs; the error misses something" for each in moves), "")


def _tells(touch: ClueTouch) -> bool:
    if touch.schema or touch.fewer:
        return touch.strength >= _TAKEN
    return touch.added > touch.removed and touch.strength >= _TELLING


def _named(touch: ClueTouch) -> str:
    done = "changed the schema of" if touch.schema else "removed" if touch.fewer else "added"
    return f"{done} `{touch.clue.text}` ({touch.place}), which the error names"
