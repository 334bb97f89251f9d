"""Turns measured signals into calibrated probabilities: one for each commit of the window, one for none of them.

The model is a conditional logit (McFadden, 1974), log-linear as Chromium's Predator: each commit's score is the sum of
weight times signal, "none of these" has a score of its own from the window's features, and the probabilities are the
softmax over all of them. Weights come from `ranking_weights.json`, written by `redtide train`, never by hand.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from incidents.frozen import Frozen

WEIGHTS = Path(__file__).with_name("ranking_weights.json")


class Weight(Frozen):
    """The weight of one signal, in log-odds per unit, and what the signal measures."""

    weight: float
    meaning: str = ""


class Weights(Frozen):
    """The trained ranker as it is stored."""

    trained: str = ""
    incidents: int = 0
    repositories: int = 0
    windows: int = 0
    temperature: float = Field(default=1.0, gt=0)
    signals: dict[str, Weight]
    none: dict[str, Weight]


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Calibrated probabilities, one per commit in the order given, and of none of them. They sum to 1.

    `earlier` are parts of `none`: the share of each commit from before the window.
    """

    commits: tuple[float, ...]
    none: float
    earlier: tuple[float, ...] = ()


@lru_cache(maxsize=4)
def load_weights(path: Path = WEIGHTS) -> Weights:
    """The weights at `path`. Raises FileNotFoundError, or pydantic's ValidationError when it is not a weights file."""
    return Weights.model_validate(json.loads(path.read_text(encoding="utf-8")))


def rank(
    commits: Sequence[Mapping[str, float]],
    window: Mapping[str, float],
    weights: Weights | None = None,
    earlier: Sequence[Mapping[str, float]] = (),
) -> Probabilities:
    """Probabilities from each commit's signals (name -> value) and the window's own features.

    A commit from before the window competes like any other; its probability counts as "none of these".
    """
    weights = weights or load_weights()
    scores = [score(signals, weights.signals) for signals in (*commits, *earlier)]
    none = score(window, weights.none)
    top = max([none, *scores])
    powers = [math.exp(value - top) for value in scores]
    mine, others = powers[: len(commits)], powers[len(commits) :]
    nothing = math.exp(none - top) + sum(others)
    total = sum(mine) + nothing
    found = Probabilities(tuple(power / total for power in mine), nothing / total)
    return replace(tempered(found, weights.temperature), earlier=tuple(power / total for power in others))


def tempered(found: Probabilities, temperature: float) -> Probabilities:
    """Probabilities with their logarithms divided by `temperature`, scaled to sum to 1."""
    powers = [max(p, 1e-12) ** (1 / temperature) for p in found.commits]
    nothing = max(found.none, 1e-12) ** (1 / temperature)
    total = sum(powers) + nothing
    return Probabilities(tuple(p / total for p in powers), nothing / total, found.earlier)


def score(values: Mapping[str, float], weights: Mapping[str, Weight]) -> float:
    """The log-linear score of named values."""
    return sum(weights[name].weight * value for name, value in values.items() if name in weights)
