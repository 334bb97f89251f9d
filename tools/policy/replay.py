"""What a policy would have done on incidents whose answer is known, for many thresholds of the probability."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from incidents.decision import Facts
from incidents.policy import Conditions
from tools.policy.decide import decide

THRESHOLDS: Final = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One incident with the facts of its verdict. `culprit` is the truth, None when no commit caused it.

    `labelled` is False where nobody knows the truth.
    """

    id: str
    repository: str
    facts: Facts
    culprit: str | None
    labelled: bool = True

    @property
    def right(self) -> bool:
        """Whether reverting what the verdict names would have removed the cause."""
        return self.labelled and self.facts.commit is not None and self.facts.commit == self.culprit


@dataclass(frozen=True, slots=True)
class Row:
    """What would have been reverted at one threshold; `wrong` are the harmful ones."""

    threshold: float
    reverted: int
    right: int
    wrong: int
    unlabelled: int

    @property
    def precision(self) -> float | None:
        """The share of right ones among those whose truth is known; None without any."""
        known = self.right + self.wrong
        return self.right / known if known else None


def reverted(cases: Sequence[Replayed], conditions: Conditions) -> tuple[Replayed, ...]:
    """The cases for which every rule passes, whatever the mode."""
    return tuple(each for each in cases if decide(each.facts, conditions).passed)


def at_threshold(cases: Sequence[Replayed], conditions: Conditions, threshold: float) -> Row:
    """The row of one minimum probability; git alone needs no more than that either."""
    git = min(conditions.minimum_git_probability, threshold)
    changed = conditions.model_copy(update={"minimum_probability": threshold, "minimum_git_probability": git})
    done = reverted(cases, changed)
    right = sum(each.right for each in done)
    unlabelled = sum(not each.labelled for each in done)
    return Row(threshold, len(done), right, len(done) - right - unlabelled, unlabelled)


def declined(cases: Sequence[Replayed], conditions: Conditions) -> Counter[str]:
    """How often each rule was the one that decided against a revert."""
    decisions = (decide(each.facts, conditions) for each in cases)
    return Counter(each.decided_by for each in decisions if not each.passed)
