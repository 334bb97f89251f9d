"""Fits the ranker: a conditional logit with "none of these" as one more choice, by penalised maximum likelihood.

Each weight keeps the sign of its signal's direction. With few incidents that helps more than any penalty, and it keeps
every reason consistent with its effect. The penalty pulls a weight to its expected value, not to 0 (a Gaussian prior
with that mean): what the incidents hardly show, such as a removed method in a rare language, still has an effect.
Needs numpy and scipy (the `train` dependencies); nothing here is used at run time.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Floats = NDArray[numpy.float64]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One training window: each commit's signals, the window's features, and the culprit's position (None: no commit).

    `quality` is that of the trace (`tools.training.degraded`). `earlier` holds the signals of commits from before the
    window: without a culprit, one of those may be the cause.
    """

    repo: str
    incident: str
    commits: tuple[Mapping[str, float], ...]
    window: Mapping[str, float]
    culprit: int | None
    weight: float
    given: bool
    quality: str = "full"
    earlier: tuple[Mapping[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """Fitted weights by name: of the signals, and of the window features that make the score of "none"."""

    signals: dict[str, float]
    none: dict[str, float]


def fit(
    lessons: Sequence[Lesson],
    signals: Sequence[str],
    none: Sequence[str],
    signs: Mapping[str, int],
    expected: Mapping[str, float] = MappingProxyType({}),
    free: Set[str] = frozenset(),
    penalty: float = 0.5,
    start: Fit | None = None,
) -> Fit:
    """Weights of maximum likelihood, less `penalty` times the squared distance of each from its `expected` value (0 when
    absent). Signals that occur in no lesson get the expected value; those in `free` are penalised fifty times less.

    The problem is convex: a `start` near the solution, such as the fit on nearly the same lessons, only saves time.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    prior = [expected.get(name, 0.0) for name in (*signals, *none)]
    problem = _Problem(lessons, signals, none, penalty, prior, free)
    bounds = [_bound(signs.get(name, 0)) for name in signals] + [(None, None)] * len(none)
    begin = problem.prior if start is None else _values(start, signals, none, prior)
    found = minimize(problem.loss, begin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 600})
    values = [float(value) for value in found.x]
    return Fit(
        dict(zip(signals, values[: len(signals)], strict=True)), dict(zip(none, values[len(signals) :], strict=True))
    )


def _values(start: Fit, signals: Sequence[str], none: Sequence[str], prior: Sequence[float]) -> list[float]:
    """The start's values in the order of the names; the expected ones where it has none."""
    known = start.signals | start.none
    return [known.get(name, value) for name, value in zip((*signals, *none), prior, strict=True)]


def _bound(sign: int) -> tuple[float | None, float | None]:
    return (0.0 if sign > 0 else None, 0.0 if sign < 0 else None)


class _Problem:
    """The penalised negative log-likelihood with its gradient, over all windows at once."""

    def __init__(
        self,
        lessons: Sequence[Lesson],
        signals: Sequence[str],
        none: Sequence[str],
        penalty: float,
        prior: Sequence[float],
        free: Set[str],
    ) -> None:
        import numpy as np

        kept = [lesson for lesson in lessons if lesson.commits]
        sizes = [len(lesson.commits) + len(lesson.earlier) for lesson in kept]
        self.rows = matrix([row for lesson in kept for row in (*lesson.commits, *lesson.earlier)], signals)
        self.early = np.array(
            [n >= len(one.commits) for one, size in zip(kept, sizes, strict=True) for n in range(size)]
        )
        self.windows = matrix([lesson.window for lesson in kept], none)
        self.first = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int)
        self.owner = np.repeat(np.arange(len(kept)), sizes)
        self.weight = np.array([lesson.weight for lesson in kept])
        self.guilty = np.array([lesson.culprit is not None for lesson in kept])
        self.culprit = self.first + np.array([lesson.culprit or 0 for lesson in kept])
        self.prior, self.split = np.array(prior), len(signals)
        self.scale = np.array([penalty / 50 if name in free else penalty for name in (*signals, *none)])

    def loss(self, values: "Floats") -> "tuple[float, Floats]":
        import numpy as np

        weights, bias = values[: self.split], values[self.split :]
        scores, nothing = self.rows @ weights, self.windows @ bias
        top = np.maximum(np.maximum.reduceat(scores, self.first), nothing)
        powers, rest = np.exp(scores - top[self.owner]), np.exp(nothing - top)
        total = np.add.reduceat(powers, self.first) + rest
        elsewhere = np.add.reduceat(powers * self.early, self.first) + rest
        chosen = np.where(self.guilty, scores[self.culprit] - top, np.log(elsewhere))
        likelihood = float(self.weight @ (chosen - np.log(total)))
        acquitted = self.weight * ~self.guilty / elsewhere
        slope = powers * (self.early * acquitted[self.owner] - (self.weight / total)[self.owner])
        np.add.at(slope, self.culprit[self.guilty], self.weight[self.guilty])
        slope_none = rest * (acquitted - self.weight / total)
        gradient = -np.concatenate([slope @ self.rows, slope_none @ self.windows])
        away = values - self.prior
        return float(self.scale @ away**2) - likelihood, gradient + 2 * self.scale * away


def matrix(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> "Floats":
    """The named values of each row, 0 where absent; shape (rows, names)."""
    import numpy as np

    table = np.zeros((len(rows), len(names)))
    places = {name: place for place, name in enumerate(names)}
    for number, row in enumerate(rows):
        for name, value in row.items():
            if name in places:
                table[number, places[name]] = value
    return table
