"""Find when an error really began: the change in a histogram of its occurrences, with a confidence interval.

Two models are fitted by Poisson likelihood, and the more likely one is used:

- *sudden*: from bucket s up to (not including) bucket e the rate is raised. Of all pairs, the one with the largest
  likelihood ratio is the episode; if e is the end of the histogram, the error continues. This is the scan statistic
  with a window of variable length (Nagarwalla 1996, Statistics in Medicine 15:845; Kulldorff 1997, Communications in
  Statistics 26:1481), which also allows for a baseline: occurrences are compared with what is usual at each hour.
- *gradual*: from bucket s on the rate grows linearly (a slow leak; two-phase regression, Feder 1975, Annals of
  Statistics 3:49).

The interval contains every s whose profile likelihood lies within 7.35 / 2 of the best: the limit distribution of the
likelihood ratio for the place of a change has its 95 % quantile there (Hansen 2000, Econometrica 68:575, table 1). A
change counts only above a penalty of 1.5 ln(buckets) + 3, which grows as the modified information criterion for change
points does (Zhang & Siegmund 2007, Biometrics 63:22). Pure functions; time is quadratic in the number of buckets.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Literal

PROFILE = 7.35 / 2
"""How far (in log-likelihood) a start may lie below the best and still be in the 95 % interval."""

MAX_BUCKETS = 720
_HINGE_BUCKETS = 96
_GRADUAL_MARGIN = 3.0
_EARLIER_WAVES = 6
_SHRINK = 2.0


@dataclass(frozen=True, slots=True)
class Histogram:
    """Occurrences per `width`; the first bucket begins at `start`. `usual` weights each bucket (mean 1)."""

    start: datetime
    width: timedelta
    counts: tuple[int, ...]
    usual: tuple[float, ...] | None = None

    def at(self, bucket: int) -> datetime:
        """Return the time at which a bucket begins."""
        return self.start + bucket * self.width

    def bucket(self, moment: datetime) -> int:
        """Return the bucket that contains a moment; outside the histogram it is negative or too large."""
        return math.floor((moment - self.start) / self.width)


@dataclass(frozen=True, slots=True)
class Change:
    """The raised episode: buckets `start`..`end` (exclusive). The true start is in `earliest`..`latest` (95 %).

    Rates are occurrences per bucket. `end` None: the episode continues until the end of the histogram.
    """

    start: int
    earliest: int
    latest: int
    end: int | None
    rate_before: float
    rate_after: float
    shape: Literal["sudden", "gradual"]
    gain: float


def find_change(histogram: Histogram, *, near: int | None = None) -> Change | None:
    """Return the episode of raised rate, or None when there is only chance and the usual rhythm.

    With `near`, only episodes that last at least until that bucket count: an earlier wave is another incident. Raises
    ValueError for more than MAX_BUCKETS buckets.
    """
    counts = histogram.counts
    if len(counts) > MAX_BUCKETS:
        raise ValueError(f"{len(counts)} buckets are more than {MAX_BUCKETS}: use a larger width")
    if len(counts) < 3 or not sum(counts):
        return None
    usual = list(histogram.usual or (1.0,) * len(counts))
    left = list(counts)
    for _ in range(_EARLIER_WAVES):
        sudden = _sudden(left, usual)
        if sudden is None or sudden.end is None:
            break
        if sudden.end > (near or 0):
            return sudden
        for bucket in range(sudden.start, sudden.end):  # an earlier wave: remove these hours
            left[bucket], usual[bucket] = 0, 1e-9
    else:
        return None
    return sudden and (_gradual(left, usual, sudden) or sudden)


def usual_rhythm(baseline: Sequence[int], smooth: int = 7) -> tuple[float, ...] | None:
    """Return weights (mean 1) of how many occurrences are usual in each bucket, from the same hours before.

    None when the baseline has too few occurrences to show a rhythm. Weights are shrunk towards the mean by a few
    occurrences, so that one occurrence in an hour without any yesterday does not become a wave.
    """
    total = sum(baseline)
    if total < 5 * smooth or len(baseline) < smooth:
        return None
    sums = [0, *accumulate(baseline)]
    half, level = smooth // 2, total / len(baseline)
    ends = ((max(0, n - half), min(len(baseline), n + half + 1)) for n in range(len(baseline)))
    weights = [(sums[high] - sums[low] + _SHRINK) / ((high - low) * level + _SHRINK) for low, high in ends]
    mean = sum(weights) / len(weights)
    return tuple(weight / mean for weight in weights)


def _sudden(counts: Sequence[int], usual: Sequence[float]) -> Change | None:
    """Return the best significant episode: the scan statistic over all pairs of start and end."""
    size = len(counts)
    seen, mass = [0, *accumulate(counts)], [0.0, *accumulate(usual)]
    profile, ends = _profile(seen, mass)
    start = max(range(size), key=lambda s: profile[s])
    penalty = 1.5 * math.log(size) + 3
    if profile[start] <= penalty:
        return None
    end: int | None = ends[start]
    if end == size or profile[start] - _gain(seen, mass, start, size) <= 1.5 * math.log(size):
        end = None
    inside = [s for s in range(size) if profile[s] >= profile[start] - PROFILE]
    stop = size if end is None else end
    within, width = seen[stop] - seen[start], mass[stop] - mass[start]
    outside = max(mass[size] - width, 1e-9)
    return Change(
        start=start,
        earliest=min(inside),
        latest=max(inside),
        end=end,
        rate_before=(seen[size] - within) / outside if outside > 1e-6 else 0.0,
        rate_after=within / width,
        shape="sudden",
        gain=profile[start],
    )


def _profile(seen: Sequence[int], mass: Sequence[float]) -> tuple[list[float], list[int]]:
    """Return for each start the largest gain over all ends, and that end. Ties go to the later end."""
    size = len(seen) - 1
    best, ends = [0.0] * size, [size] * size
    for start in range(1 if size > 1 else 0, size):  # a rate can only be raised compared with earlier buckets
        for end in range(size, start, -1):
            if end < size and seen[end] == seen[end - 1]:
                continue  # an episode ends with an occurrence
            gain = _gain(seen, mass, start, end)
            if gain > best[start]:
                best[start], ends[start] = gain, end
    return best, ends


def _gain(seen: Sequence[int], mass: Sequence[float], start: int, end: int) -> float:
    """Return the log-likelihood ratio of a raised rate in start..end against one rate; 0 when it is not raised."""
    total, inside = seen[-1], seen[end] - seen[start]
    expected = total * (mass[end] - mass[start]) / mass[-1]
    if inside <= expected or inside == 0:
        return 0.0
    rest = total - inside
    gain = inside * math.log(inside / expected)
    return gain + rest * math.log(rest / (total - expected)) if rest else gain


def _gradual(counts: Sequence[int], usual: Sequence[float], sudden: Change) -> Change | None:
    """Return the rising line when it is clearly more likely than the step, else None."""
    fold = -(-len(counts) // _HINGE_BUCKETS)
    rows = [sum(counts[n : n + fold]) for n in range(0, len(counts), fold)]
    masses = [sum(usual[n : n + fold]) for n in range(0, len(counts), fold)]
    fits = [_hinge(rows, masses, start) for start in range(1, len(rows) - 2)]
    if not fits:
        return None
    best = max(range(len(fits)), key=lambda n: fits[n][0])
    step = sudden.gain + _level(rows, masses)
    if fits[best][0] <= step + _GRADUAL_MARGIN:
        return None
    inside = [n for n, fit in enumerate(fits) if fit[0] >= fits[best][0] - PROFILE]
    _, level, slope = fits[best]
    start = (best + 1) * fold
    length = (len(rows) - best - 1) / 2
    return Change(
        start=start,
        earliest=max(1, min(inside) * fold),  # the start may be anywhere in the row before the first possible one
        latest=min((max(inside) + 2) * fold - 1, len(counts) - 1),
        end=None,
        rate_before=level,
        rate_after=level + slope * length,
        shape="gradual",
        gain=fits[best][0] - _level(rows, masses),
    )


def _level(rows: Sequence[int], masses: Sequence[float]) -> float:
    """Return the log-likelihood (without constants) of one constant rate."""
    rate = sum(rows) / sum(masses)
    return sum(row * math.log(rate * mass) for row, mass in zip(rows, masses, strict=True) if row) - sum(rows)


def _hinge(rows: Sequence[int], masses: Sequence[float], start: int) -> tuple[float, float, float]:
    """Return (log-likelihood, level, slope) of rate = level + slope * (buckets since start), by EM for the two parts.

    Every occurrence belongs to the level or to the slope; expectation and maximisation have closed forms, keep both
    positive, and never decrease the likelihood (Dempster, Laird & Rubin 1977).
    """
    ramp = [mass * max(0.0, n - start + 0.5) for n, mass in enumerate(masses)]
    total_mass, total_ramp = sum(masses), sum(ramp)
    rising = [(row, mass, x) for row, mass, x in zip(rows, masses, ramp, strict=True) if row]
    before = sum(rows[:start])
    level = max(before, 0.5) / max(sum(masses[:start]), 1e-9)
    slope = max(sum(rows) - level * total_mass, 0.5) / total_ramp
    for _ in range(25):
        from_level = sum(row * level * mass / (level * mass + slope * x) for row, mass, x in rising)
        level = max(from_level, 1e-6) / total_mass
        slope = max(sum(rows) - from_level, 1e-6) / total_ramp
    likelihood = sum(row * math.log(level * mass + slope * x) for row, mass, x in rising)
    return likelihood - level * total_mass - slope * total_ramp, level, slope
