"""Which of the four answers is given: from calibrated probabilities, and from how much could be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from incidents.seen import Seen, Visibility
from incidents.verdict import Outcome


@dataclass(frozen=True, slots=True)
class Chances:
    """The probabilities of the likeliest commit, the next one, and none of them, among `commits` of the window.

    `wrote_line`: the likeliest newly wrote a line of the trace; `says_it`: it did what the message says, by several facts.
    Both hold where more than git alone speaks for it. `changed_trace`: some commit changed a function of the trace, and no
    more than git alone clears it. `leaves_value`: another commit explains better how the failing value came about, or it kept
    the expression that fails and nothing else that it did tells of the failure.
    """

    best: float
    second: float
    none: float
    commits: int
    wrote_line: bool = True
    says_it: bool = True
    changed_trace: bool = False
    leaves_value: bool = False


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What an answer needs, as probabilities."""

    culprit: Mapping[Visibility, float]  # the likeliest commit needs at least this
    none: Mapping[Visibility, float]  # so does "none of these", and a fact that explains the failure otherwise
    beside: float = 0.85  # so does a commit that wrote none of the trace's lines, where these could be seen
    alone: float = 0.7  # and, without a frame, a commit for which hardly more than likeness to the message speaks
    lead: float = 1.25  # a stated commit is this many times as likely as the next explanation: 50 : 40 is "not sure"
    doubted: float = 0.8  # "none" needs this where a commit of the window changed a function of the trace
    clears: float = 2.0  # and "none" so many times as likely as the first suspect: nobody reads a cleared deploy
    worth_weighing: float = 0.2  # a commit with this much, and twice its even share, is a side of a question


# Held out (each repository left out), 456 incidents are stated rightly 54 times of 100 and wrongly 6 times; what other
# thresholds would give stands in docs/ranking.md.
THRESHOLDS: Final = Thresholds(
    culprit=MappingProxyType({"code": 0.45, "unconfirmed": 0.5, "library": 0.65, "message": 0.65, "nothing": 0.65}),
    none=MappingProxyType({"code": 0.7, "unconfirmed": 0.5, "library": 0.55, "message": 0.75, "nothing": 0.75}),
)


def answer(
    chances: Chances, seen: Seen, *, explained: bool, unread: bool = False, thresholds: Thresholds = THRESHOLDS
) -> Outcome:
    """The answer. `explained`: some fact explains the failure without a commit of the window; without one, and while a
    commit is `unread`, nothing is "none of these"."""
    visibility, lead = seen.visibility, thresholds.lead
    none_needs = max(thresholds.none[visibility], thresholds.clears * chances.best)
    if chances.changed_trace and seen.read:
        none_needs = max(none_needs, thresholds.doubted)
    if explained and not unread and chances.none >= none_needs:
        return "none"
    if visibility == "nothing":
        return "not_enough"
    needs = max(_culprit_needs(chances, seen, thresholds), lead * max(chances.second, chances.none))
    if chances.best >= needs and not chances.leaves_value:
        return "culprit"
    return "unsure" if seen.read or _stands_out(chances, thresholds) else "not_enough"


def _culprit_needs(chances: Chances, seen: Seen, thresholds: Thresholds) -> float:
    needs = thresholds.culprit[seen.visibility]
    if seen.read:
        return needs if chances.wrote_line else max(needs, thresholds.beside)
    return needs if chances.says_it else max(needs, thresholds.alone)


def _stands_out(chances: Chances, thresholds: Thresholds) -> bool:
    """Whether the likeliest commit has more than it would have if nothing told the commits apart."""
    even = (1 - chances.none) / max(chances.commits, 1)
    return chances.best >= max(thresholds.worth_weighing, 2 * even)
