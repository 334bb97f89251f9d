"""How likely each commit is to be the first bad one, after some runs of a command that may be flaky.

Bayes' rule over (first bad commit, how flaky the command is). A run passes where it should fail, or fails where it should
pass, at one of a few assumed rates, so a command that fails one time in three is told from a decided one by its own
repeats. The next commit to run is the one whose outcome is expected to say most about the first bad commit.

Sources: Henderson et al., "Flake Aware Culprit Finding", ICST 2023 (Bayesian culprit finding with an assumed flake rate);
Burnashev and Zigangirov, 1974 (noisy binary search by halving the posterior mass); MacKay, "Information Theory, Inference,
and Learning Algorithms", 2003, section 4 (choose the experiment with the largest expected information).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log2
from typing import Final

_FAILS_WHEN_GOOD: Final = ((0.001, 0.72), (0.05, 0.1), (0.2, 0.08), (0.34, 0.06), (0.5, 0.04))
_PASSES_WHEN_BAD: Final = ((0.001, 0.72), (0.05, 0.06), (0.2, 0.06), (0.34, 0.06), (0.5, 0.05), (0.67, 0.05))
"""(share of runs with the wrong outcome, prior): most commands are decided; the others are flaky in some degree."""


@dataclass(frozen=True, slots=True)
class _Flakiness:
    """How often a good revision fails, how often a bad one passes, and how likely this pair is at first."""

    fails_when_good: float
    passes_when_bad: float
    prior: float


_FLAKINESS: Final = tuple(
    _Flakiness(good, bad, good_prior * bad_prior)
    for good, good_prior in _FAILS_WHEN_GOOD
    for bad, bad_prior in _PASSES_WHEN_BAD
    if good + bad < 1  # otherwise a failure would speak for a good revision
)


class Belief:
    """The posterior over "commit i is the first bad one", i from 0 (all are bad, already before the window) to n+1 (none is).

    A run is at a position from 0 (the revision before the window) to n (its last commit).
    """

    def __init__(self, prior: Sequence[float]) -> None:
        total = sum(prior)
        self._joint = [[flaky.prior * each / total for each in prior] for flaky in _FLAKINESS]

    @property
    def posterior(self) -> list[float]:
        """The probability of each first bad commit; they sum to 1."""
        return [sum(row[first] for row in self._joint) for first in range(len(self._joint[0]))]

    def update(self, position: int, *, failed: bool) -> None:
        """Take in one run."""
        for row, flaky in zip(self._joint, _FLAKINESS, strict=True):
            good = flaky.fails_when_good if failed else 1 - flaky.fails_when_good
            bad = 1 - flaky.passes_when_bad if failed else flaky.passes_when_bad
            for first in range(len(row)):
                row[first] *= bad if first <= position else good
        total = sum(map(sum, self._joint))
        for row in self._joint:
            row[:] = [each / total for each in row]

    def best(self, positions: Iterable[int]) -> int | None:
        """Return the position whose run says most about the first bad commit; None without positions."""
        gains = self._gains()
        return max(positions, key=lambda position: (gains[position], -position), default=None)

    def gain(self, position: int) -> float:
        """Return the bits that a run at `position` is expected to say about the first bad commit."""
        return self._gains()[position]

    def _gains(self) -> list[float]:
        """The mutual information of the outcome at each position with the first bad commit."""
        posterior = self.posterior
        bad, good = self._fails(posterior)
        bad_mass = list(accumulate(p * b for p, b in zip(posterior, bad, strict=True)))
        good_mass = list(accumulate(p * g for p, g in zip(posterior, good, strict=True)))
        bad_bits = list(accumulate(p * _bits(b) for p, b in zip(posterior, bad, strict=True)))
        good_bits = list(accumulate(p * _bits(g) for p, g in zip(posterior, good, strict=True)))
        return [
            _bits(bad_mass[at] + good_mass[-1] - good_mass[at]) - (bad_bits[at] + good_bits[-1] - good_bits[at])
            for at in range(len(posterior) - 1)
        ]

    def _fails(self, posterior: Sequence[float]) -> tuple[list[float], list[float]]:
        """For each first bad commit: how likely a run fails at a bad and at a good revision."""
        columns = list(zip(*self._joint, strict=True))
        bad = [sum(w * (1 - f.passes_when_bad) for w, f in zip(c, _FLAKINESS, strict=True)) for c in columns]
        good = [sum(w * f.fails_when_good for w, f in zip(c, _FLAKINESS, strict=True)) for c in columns]
        return (
            [each / p if p else 0.5 for each, p in zip(bad, posterior, strict=True)],
            [each / p if p else 0.5 for each, p in zip(good, posterior, strict=True)],
        )


def _bits(share: float) -> float:
    """The entropy of a coin."""
    return 0.0 if share <= 0 or share >= 1 else -share * log2(share) - (1 - share) * log2(1 - share)
