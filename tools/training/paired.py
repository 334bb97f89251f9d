"""Paired statistics of two runs over the same incidents, and of two people who judge the same things."""

import math
import random
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

_DRAWS: Final = 2_000
_MOST_DRAWN: Final = 4_000_000  # of all draws together: the interval of a long list needs fewer


class Interval(NamedTuple):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


def mcnemar(gained: int, lost: int) -> float:
    """The probability that `gained` and `lost` differ so much by chance (McNemar 1947, exact binomial, two-sided).

    `gained` are the incidents that only the second run got right, `lost` those that only the first one did.
    """
    discordant, fewer = gained + lost, min(gained, lost)
    whole = math.lgamma(discordant + 1) - discordant * math.log(2)
    logs = (whole - math.lgamma(k + 1) - math.lgamma(discordant - k + 1) for k in range(fewer + 1))
    return min(1.0, 2 * math.fsum(math.exp(each) for each in logs))


def mean_difference(differences: Sequence[float], seed: int = 0) -> Interval:
    """The mean of paired differences with its percentile-bootstrap interval (Efron 1979). Equal for equal input."""
    if not differences:
        return Interval(0.0, 0.0, 0.0)
    mean = math.fsum(differences) / len(differences)
    counted = Counter(differences)
    values, weights = list(counted), list(counted.values())
    dice = random.Random(seed)
    draws = max(200, min(_DRAWS, _MOST_DRAWN // len(differences)))
    means = sorted(
        math.fsum(dice.choices(values, weights, k=len(differences))) / len(differences) for _ in range(draws)
    )
    return Interval(mean, means[int(0.025 * draws)], means[min(draws - 1, int(0.975 * draws))])


def kappa(pairs: Sequence[tuple[str, str]], seed: int = 0) -> Interval:
    """Agreement beyond chance of two raters (Cohen 1960), with its bootstrap interval. Without pairs: zeros."""
    if not pairs:
        return Interval(0.0, 0.0, 0.0)
    dice = random.Random(seed)
    draws = max(200, min(_DRAWS, _MOST_DRAWN // (10 * len(pairs))))
    drawn = sorted(_kappa(Counter(dice.choices(pairs, k=len(pairs)))) for _ in range(draws))
    return Interval(_kappa(Counter(pairs)), drawn[int(0.025 * draws)], drawn[min(draws - 1, int(0.975 * draws))])


def _kappa(counted: Counter[tuple[str, str]]) -> float:
    total = counted.total()
    observed = sum(number for (one, other), number in counted.items() if one == other) / total
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for (one, other), number in counted.items():
        first[one] += number
        second[other] += number
    chance = sum(first[name] * second[name] for name in first) / total**2
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)
