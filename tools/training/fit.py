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
) -> Fit:
    """Weights of maximum likelihood, less `penalty` times the squared distance of each from its `expected` value (0 when
    absent). Signals that occur in no lesson get the expected value; those in `free` are penalised fifty times less."""
    return Problem(lessons, signals, none, signs, expected, free, penalty).solve()


class Problem:
    """The penalised negative log-likelihood with its gradient, over all windows at once. Parameters as of `fit`."""

    def __init__(
        self,
        lessons: Sequence[Lesson],
        signals: Sequence[str],
        none: Sequence[str],
        signs: Mapping[str, int],
        expected: Mapping[str, float],
        free: Set[str],
        penalty: float = 0.5,
    ) -> None:
        """Read the lessons into matrices: once for all the fits that leave something out."""
        import numpy as np
        from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

        kept = [lesson for lesson in lessons if lesson.commits]
        sizes = [len(lesson.commits) + len(lesson.earlier) for lesson in kept]
        rows = matrix([row for lesson in kept for row in (*lesson.commits, *lesson.earlier)], signals)
        self.rows = csr_matrix(rows)  # three quarters of it are 0
        self.early = np.array(
            [n >= len(one.commits) for one, size in zip(kept, sizes, strict=True) for n in range(size)]
        )
        self.windows = matrix([lesson.window for lesson in kept], none)
        self.first = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int)
        self.owner = np.repeat(np.arange(len(kept)), sizes)
        self.repos = np.array([lesson.repo for lesson in kept])
        self.all_weights = self.weight = np.array([lesson.weight for lesson in kept])
        self.guilty = np.array([lesson.culprit is not None for lesson in kept])
        self.culprit = self.first + np.array([lesson.culprit or 0 for lesson in kept])
        self.signals, self.none, self.split = signals, none, len(signals)
        self.prior = np.array([expected.get(name, 0.0) for name in (*signals, *none)])
        self.bounds = [_bound(signs.get(name, 0)) for name in signals] + [(None, None)] * len(none)
        self.scale = np.array([penalty / 50 if name in free else penalty for name in (*signals, *none)])

    def solve(self, without: str = "", start: Fit | None = None) -> Fit:
        """The weights fitted on all lessons but those of the repository `without`. The problem is convex: a `start` near
        the solution only saves time."""
        from scipy.optimize import minimize  # type: ignore[import-untyped]

        self.weight = self.all_weights * (self.repos != without)
        begin = self.prior if start is None else [*start.signals.values(), *start.none.values()]
        options = {"maxiter": 600}
        found = minimize(self.loss, begin, jac=True, method="L-BFGS-B", bounds=self.bounds, options=options)
        values = [float(value) for value in found.x]
        return Fit(
            dict(zip(self.signals, values[: self.split], strict=True)),
            dict(zip(self.none, values[self.split :], strict=True)),
        )

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
        gradient = -np.concatenate([self.rows.T @ slope, slope_none @ self.windows])
        away = values - self.prior
        return float(self.scale @ away**2) - likelihood, gradient + 2 * self.scale * away


def _bound(sign: int) -> tuple[float | None, float | None]:
    return (0.0 if sign > 0 else None, 0.0 if sign < 0 else None)


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
