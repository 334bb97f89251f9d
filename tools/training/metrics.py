"""Metrics of verdicts on labelled incidents: pure functions over verdict and truth."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles

from incidents.seen import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One labelled incident and its verdict.

    `culprit` is the truth, None when no commit of the window did it. `ranking` holds the suspects, best first.
    `named` is the verdict's culprit. `leading` is the likeliest explanation, whatever the outcome: a sha, or None for
    "none of these"; `probability` is its stated probability. `stated`: whether the verdict states anything, a commit or
    "none of these"; else it is neither right nor wrong. `quality` and `cause_kind` are as the labelled incident says,
    `visibility` is how much of the failure could be seen.
    """

    id: str
    repo: str
    culprit: str | None
    outcome: str
    named: str | None
    leading: str | None
    probability: float
    ranking: tuple[str, ...]
    seconds: float
    stated: bool = True
    quality: str | None = None
    cause_kind: str | None = None
    visibility: Visibility | None = None

    @property
    def rank(self) -> int | None:
        """The culprit's place among the suspects, from 1; None when it is not there, or there is none."""
        return self.ranking.index(self.culprit) + 1 if self.culprit in self.ranking else None

    @property
    def right(self) -> bool:
        """Whether the decision is the truth: that commit named, or "none". What states neither is never right."""
        expected = "none" if self.culprit is None else "culprit"
        return self.outcome == expected and self.named == self.culprit


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Metrics of several incidents. A metric without any incident to measure is None; shares lie in 0..1.

    `top1`, `top3` and `mrr` (mean reciprocal rank) are over incidents with a culprit, whatever the outcome;
    `none_rate` is the share of "none" over those without. `brier` is the mean squared error of the probability stated
    for the leading explanation (Brier 1950): 0 is best, 0.25 is a coin. `stated_right`, `stated_wrong` and `not_stated`
    are shares of all incidents and add up to 1.
    """

    cases: int
    with_culprit: int
    top1: float | None
    top3: float | None
    mrr: float | None
    none_rate: float | None
    accuracy: float | None
    brier: float | None
    seconds_median: float | None
    seconds_p95: float | None
    stated_right: float | None = None
    stated_wrong: float | None = None
    not_stated: float | None = None


def summarise(judged: Sequence[Judged]) -> Summary:
    """The metrics of these incidents together."""
    labelled = [each for each in judged if each.culprit is not None]
    ranks = [each.rank for each in labelled]
    return Summary(
        cases=len(judged),
        with_culprit=len(labelled),
        top1=_mean([rank == 1 for rank in ranks]),
        top3=_mean([rank is not None and rank <= 3 for rank in ranks]),
        mrr=_mean([1 / rank if rank else 0.0 for rank in ranks]),
        none_rate=_mean([each.outcome == "none" for each in judged if each.culprit is None]),
        accuracy=_mean([each.right for each in judged]),
        brier=_mean([(each.probability - (each.leading == each.culprit)) ** 2 for each in judged]),
        seconds_median=median(each.seconds for each in judged) if judged else None,
        seconds_p95=percentile_95([each.seconds for each in judged]),
        stated_right=_mean([each.stated and each.right for each in judged]),
        stated_wrong=_mean([each.stated and not each.right for each in judged]),
        not_stated=_mean([not each.stated for each in judged]),
    )


def by_repository(judged: Iterable[Judged]) -> dict[str, Summary]:
    """The metrics of each repository's incidents, repositories by name."""
    return _by(judged, lambda each: each.repo)


def by_marks(judged: Sequence[Judged]) -> dict[str, Summary]:
    """The metrics by quality of the trace, kind of cause and visibility, as far as these are known."""
    found: dict[str, Summary] = {}
    for title, mark in _MARKS.items():
        marked = [each for each in judged if mark(each) is not None]
        found |= {f"{title}: {name}": each for name, each in _by(marked, mark).items()}
    return found


_MARKS: Mapping[str, Callable[[Judged], str | None]] = {
    "quality": lambda each: each.quality,
    "cause": lambda each: each.cause_kind,
    "seen": lambda each: each.visibility,
}


def _by(judged: Iterable[Judged], group_of: Callable[[Judged], str | None]) -> dict[str, Summary]:
    groups: dict[str, list[Judged]] = {}
    for each in judged:
        groups.setdefault(group_of(each) or "", []).append(each)
    return {name: summarise(group) for name, group in sorted(groups.items())}


def percentile_95(values: Sequence[float]) -> float | None:
    """The value that 95 % do not exceed, interpolated; None without values."""
    if len(values) < 2:
        return values[0] if values else None
    return quantiles(values, n=20, method="inclusive")[-1]


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
