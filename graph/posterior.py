"""What the evidence and the opinions give together: a probability for each suspect and for none of them."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from graph.agreement import Answer
from graph.reliability import moved as learned
from graph.thresholds import WEIGHTS, Weights
from incidents.advice import Advice
from incidents.evidence import Evidence
from incidents.opinion import DEVELOPER, Opinion
from incidents.reliability import Reliability

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Posterior:
    """Probabilities that sum to at most 1 (the rest belongs to what is neither): sha -> P(culprit), and P(none)."""

    suspects: dict[str, float]
    none: float


def combine(
    evidence: Evidence,
    opinions: Sequence[Opinion],
    advice: Advice | None = None,
    weights: Weights = WEIGHTS,
    reliability: Reliability | None = None,
    proven: Collection[str] = (),
    agreed: Answer | None = None,
) -> Posterior:
    """Prior from the evidence, log-odds from the opinions, normalised over all hypotheses.

    A tempered naive-Bayes (log-linear) opinion pool: score(h) = t ln prior(h) + sum of weight * clip(logit(q)).
    Without opinions and advice it returns the evidence's own probabilities. `opinions` must already be the ones that
    count (`graph.settle`). With the `reliability` of the model that was asked, its record takes the place of the weights.
    `proven` are the commits from which code found a way to the failure as the developer states it, `agreed` is the answer
    that the whole team gives (`graph.agreement`).
    """
    if reliability is not None and opinions:
        shas = [each.commit.sha for each in evidence.suspects]
        return _pooled(evidence, learned(reliability, opinions, advice, proven, shas), weights)
    moved = _moved(opinions, weights, proven, agreed[1] if agreed else None)
    if not any(moved.values()) and advice is None:
        return Posterior({each.commit.sha: each.probability for each in evidence.suspects}, evidence.none_probability)
    if advice is not None and advice.commit is not None:
        moved[advice.commit] = moved.get(advice.commit, 0.0) + weights.judge
    none_moved = weights.judge if advice is not None and advice.decision == "none" else 0.0
    return _pooled(evidence, moved, weights, none_moved + (weights.agreed if agreed == ("none", None) else 0.0))


def _pooled(evidence: Evidence, moved: Mapping[str, float], weights: Weights, none_moved: float = 0.0) -> Posterior:
    scores = {
        each.commit.sha: weights.prior * math.log(max(each.probability, weights.floor)) + moved.get(each.commit.sha, 0)
        for each in evidence.suspects
    }
    none = weights.prior * math.log(max(evidence.none_probability, _TINY)) + none_moved
    return _normalised(evidence, scores, none)


def _moved(
    opinions: Sequence[Opinion], weights: Weights, proven: Collection[str], agreed: str | None
) -> dict[str, float]:
    """sha -> log-odds of all that was said about it.

    One commit caused it, so who accuses several says little about each: a model that says yes to all says nothing.
    """
    accusations = Counter(opinion.agent for opinion in opinions if opinion.caused)
    moved: dict[str, float] = {}
    for opinion in opinions:
        share = accusations[opinion.agent] if opinion.caused else 1
        moved[opinion.commit] = moved.get(opinion.commit, 0.0) + log_odds(opinion, weights, proven, agreed) / share
    return moved


def log_odds(
    opinion: Opinion, weights: Weights = WEIGHTS, proven: Collection[str] = (), agreed: str | None = None
) -> float:
    """How far one opinion moves the odds of its commit; 0 for an abstention."""
    if opinion.caused is None:
        return 0.0
    if opinion.agent == DEVELOPER and opinion.caused and opinion.commit in (*proven, agreed):
        return weights.proven if opinion.commit in proven else weights.agreed
    weight = {DEVELOPER: weights.developer, "zero_shot": weights.zero_shot}.get(opinion.agent, weights.chain_of_thought)
    if opinion.agent == DEVELOPER and opinion.caused and not opinion.citations:
        weight *= weights.uncited
    return weight * _logit(_stated(opinion, weights), weights.clip)


def _stated(opinion: Opinion, weights: Weights) -> float:
    if opinion.probability is not None:
        return opinion.probability
    return weights.unstated if opinion.caused else 1 - weights.unstated


def _logit(probability: float, clip: float) -> float:
    bounded = min(max(probability, _TINY), 1 - _TINY)
    return min(max(math.log(bounded / (1 - bounded)), -clip), clip)


def _normalised(evidence: Evidence, scores: dict[str, float], none: float) -> Posterior:
    prior = sum(each.probability for each in evidence.suspects) + evidence.none_probability
    rest = max(1.0 - prior, 0.0)
    top = max([none, *scores.values()])
    masses = {sha: math.exp(score - top) for sha, score in scores.items()}
    none_mass = math.exp(none - top)
    total = sum(masses.values()) + none_mass + rest * math.exp(-top)
    return Posterior({sha: mass / total for sha, mass in masses.items()}, none_mass / total)
