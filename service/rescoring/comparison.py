"""Compares two verdicts on each of many incidents: what changed, whether it got better, and what it cost."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean, median

from pydantic import Field

from incidents.frozen import Frozen
from incidents.reasoning import ModelCall, Step
from incidents.verdict import STATED, Outcome, Word
from incidents.versions import Versions
from service.render.calibration_chart import BINS, Bin
from service.settings.limits import Prices
from tools.training.metrics import percentile_95
from tools.training.paired import mcnemar, mean_difference


class Side(Frozen):
    """One of the two verdicts on an incident, and what it cost."""

    outcome: Outcome
    culprit: str | None
    word: Word
    probability: float
    why: tuple[str, ...] = ()
    next_step: str = ""
    seconds: float
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    versions: Versions = Versions()

    @property
    def answer(self) -> tuple[str, str | None]:
        """What it says: two sides with the same answer did not flip."""
        return self.outcome, self.culprit


class Compared(Frozen):
    """One incident with both verdicts. `truth` is the right commit, "none", or None when nobody said it."""

    incident: str
    service: str
    repository: str
    language: str = ""
    cause: str = Field(default="", description="The kind of cause (`service.rescoring.cause_kinds`).")
    truth: str | None = None
    before: Side
    after: Side

    @property
    def flipped(self) -> bool:
        """Whether the two verdicts say different things."""
        return self.before.answer != self.after.answer


class Quality(Frozen):
    """How good one side's verdicts are, over the incidents whose truth is known; shares of them, None without any."""

    labelled: int
    stated_right: float | None = None
    stated_wrong: float | None = None
    not_stated: float | None = None
    brier: float | None = Field(default=None, description="Mean squared error of the stated probability; 0 is best.")


class Cost(Frozen):
    """What one side took, over all incidents."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    price: float | None = Field(default=None, description="In the currency of the settings; None without prices.")
    seconds_median: float | None = None
    seconds_p95: float | None = None


class Confusion(Frozen):
    """What one side says of the labelled incidents whose cause is a commit, and of those whose cause is none."""

    commit: dict[str, int] = Field(description="that commit, another commit, none, unsure, not_enough -> number.")
    none: dict[str, int] = Field(description="a commit, none, unsure, not_enough -> number.")


class Difference(Frozen):
    """Whether the second side is better by more than chance, over the labelled incidents."""

    gained: int = Field(description="Stated and right only by the second side.")
    lost: int = Field(description="Stated and right only by the first side.")
    p_value: float = Field(description="McNemar's exact test of gained against lost.")
    change: float = Field(description="Difference of the shares that are stated and right.")
    low: float = Field(description="Lower end of its 95 % interval.")
    high: float = Field(description="Upper end of its 95 % interval.")


class Row(Frozen):
    """One group of incidents, such as a service."""

    name: str
    incidents: int
    flipped: int
    before: Quality
    after: Quality


class Comparison(Frozen):
    """Two runs over the same incidents. `failures` are the incidents without a second verdict, with the reason."""

    before: str
    after: str
    incidents: int
    failures: dict[str, str] = Field(default_factory=dict)
    answers: dict[str, dict[str, int]] = Field(description="First outcome -> second outcome -> number.")
    quality_before: Quality
    quality_after: Quality
    confusion_before: Confusion = Confusion(commit={}, none={})
    confusion_after: Confusion = Confusion(commit={}, none={})
    calibration_before: tuple[Bin, ...] = Field(default=(), description="Stated probability against what was right.")
    calibration_after: tuple[Bin, ...] = ()
    cost_before: Cost
    cost_after: Cost
    difference: Difference
    groups: dict[str, tuple[Row, ...]] = Field(description="By service, repository, language and kind of cause.")
    flips: tuple[Compared, ...] = Field(description="The incidents whose answer changed; labelled ones first.")


def compare(
    before: str,
    after: str,
    pairs: Sequence[Compared],
    failures: dict[str, str] | None = None,
    prices: Prices | None = None,
) -> Comparison:
    """Compare the two sides of all pairs. `before` and `after` are the names of the runs."""
    flips = sorted((each for each in pairs if each.flipped), key=lambda each: (each.truth is None, each.incident))
    answers = Counter((each.before.outcome, each.after.outcome) for each in pairs)
    table: dict[str, dict[str, int]] = {}
    for (first, second), number in sorted(answers.items()):
        table.setdefault(first, {})[second] = number
    return Comparison(
        before=before,
        after=after,
        incidents=len(pairs),
        failures=failures or {},
        answers=table,
        quality_before=_quality(pairs, _before),
        quality_after=_quality(pairs, _after),
        confusion_before=_confusion(pairs, _before),
        confusion_after=_confusion(pairs, _after),
        calibration_before=_calibration(pairs, _before),
        calibration_after=_calibration(pairs, _after),
        cost_before=_cost([each.before for each in pairs], prices),
        cost_after=_cost([each.after for each in pairs], prices),
        difference=_difference(pairs),
        groups={title: _rows(pairs, of) for title, of in _GROUPS.items()},
        flips=tuple(flips),
    )


def usage(steps: Iterable[Step]) -> dict[str, int]:
    """Return calls and tokens of a reasoning trace, by the names of Side's fields."""
    asked = [step for step in steps if isinstance(step, ModelCall)]
    return {
        "calls": len(asked),
        "prompt_tokens": sum(each.prompt_tokens for each in asked),
        "completion_tokens": sum(each.completion_tokens for each in asked),
    }


def right(side: Side, truth: str) -> bool:
    """Whether the verdict states the truth."""
    if truth == "none":
        return side.outcome == "none"
    return side.outcome == "culprit" and side.culprit is not None and _same(side.culprit, truth)


def _same(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


_Chosen = Callable[[Compared], Side]
_GROUPS: dict[str, Callable[[Compared], str]] = {
    "service": lambda each: each.service,
    "repository": lambda each: each.repository,
    "language": lambda each: each.language or "not known",
    "kind of cause": lambda each: each.cause or "not known",
}


def _before(each: Compared) -> Side:
    return each.before


def _after(each: Compared) -> Side:
    return each.after


def _quality(pairs: Sequence[Compared], chosen: _Chosen) -> Quality:
    judged = [(chosen(each), each.truth) for each in pairs if each.truth is not None]
    if not judged:
        return Quality(labelled=0)
    stated = [(side, truth) for side, truth in judged if side.outcome in STATED]
    hits = sum(right(side, truth) for side, truth in stated)
    return Quality(
        labelled=len(judged),
        stated_right=hits / len(judged),
        stated_wrong=(len(stated) - hits) / len(judged),
        not_stated=1 - len(stated) / len(judged),
        brier=fmean((side.probability - right(side, truth)) ** 2 for side, truth in stated) if stated else None,
    )


def _confusion(pairs: Sequence[Compared], chosen: _Chosen) -> Confusion:
    said: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for each in pairs:
        if each.truth is not None:
            side, commit = chosen(each), each.truth != "none"
            named = ("that commit" if right(side, each.truth) else "another commit") if commit else "a commit"
            said[commit][named if side.outcome == "culprit" else side.outcome] += 1
    return Confusion(commit=dict(said[True]), none=dict(said[False]))


def _calibration(pairs: Sequence[Compared], chosen: _Chosen) -> tuple[Bin, ...]:
    """Return the stated verdicts in bins, each a fifth wide."""
    stated = [(chosen(each), each.truth) for each in pairs if each.truth and chosen(each).outcome in STATED]
    groups: dict[int, list[tuple[float, bool]]] = {}
    for side, truth in stated:
        place = min(int(side.probability * BINS), BINS - 1)
        groups.setdefault(place, []).append((side.probability, right(side, truth)))
    return tuple(
        Bin(fmean(said for said, _ in group), fmean(came for _, came in group), len(group))
        for _, group in sorted(groups.items())
    )


def _cost(sides: Sequence[Side], prices: Prices | None) -> Cost:
    prompt, completion = sum(each.prompt_tokens for each in sides), sum(each.completion_tokens for each in sides)
    seconds = [each.seconds for each in sides]
    return Cost(
        calls=sum(each.calls for each in sides),
        prompt_tokens=prompt,
        completion_tokens=completion,
        price=prices.of(prompt, completion) if prices is not None else None,
        seconds_median=median(seconds) if seconds else None,
        seconds_p95=percentile_95(seconds),
    )


def _difference(pairs: Sequence[Compared]) -> Difference:
    judged = [(right(each.before, each.truth), right(each.after, each.truth)) for each in pairs if each.truth]
    gained = sum(second and not first for first, second in judged)
    lost = sum(first and not second for first, second in judged)
    change = mean_difference([float(second) - float(first) for first, second in judged])
    return Difference(
        gained=gained,
        lost=lost,
        p_value=mcnemar(gained, lost),
        change=change.value,
        low=change.low,
        high=change.high,
    )


def _rows(pairs: Sequence[Compared], of: Callable[[Compared], str]) -> tuple[Row, ...]:
    groups: dict[str, list[Compared]] = {}
    for each in pairs:
        groups.setdefault(of(each), []).append(each)
    return tuple(
        Row(
            name=name,
            incidents=len(group),
            flipped=sum(each.flipped for each in group),
            before=_quality(group, _before),
            after=_quality(group, _after),
        )
        for name, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    )
