"""The pool of evidence and opinions to the digit, with weights that are all different."""

import math

import pytest

from graph.posterior import combine, log_odds
from graph.thresholds import Weights
from incidents.advice import Advice
from incidents.opinion import DEVELOPER, Citation, Opinion
from tests.graph.records import RIGHT, reliability
from tests.graph.settling import evidence

WEIGHTS = Weights(
    prior=0.5,
    floor=0.01,
    zero_shot=0.2,
    chain_of_thought=0.3,
    developer=0.6,
    proven=3.0,
    agreed=2.0,
    judge=0.7,
    clip=2.5,
    unstated=0.8,
    uncited=0.1,
)
CITED = (Citation(path="shop/prices.py", line=6),)


def said(
    agent: str,
    caused: bool | None,
    probability: float | None = None,
    commit: str = "a",
    citations: tuple[Citation, ...] = CITED,
) -> Opinion:
    return Opinion(agent=agent, commit=commit, caused=caused, probability=probability, citations=citations)


@pytest.mark.parametrize(
    ("opinion", "moved"),
    [
        (said("zero_shot", True, 0.8), 0.2 * math.log(4)),
        (said("chain_of_thought", True, 0.8), 0.3 * math.log(4)),
        (said("chain_of_thought", True, 0.8, citations=()), 0.3 * math.log(4)),
        (said(DEVELOPER, True, 0.8), 0.6 * math.log(4)),
        (said(DEVELOPER, True, 0.8, citations=()), 0.6 * 0.1 * math.log(4)),
        (said(DEVELOPER, False, 0.2, citations=()), 0.6 * math.log(1 / 4)),
        (said(DEVELOPER, None, 0.8), 0.0),
        (said("zero_shot", True), 0.2 * math.log(4)),
        (said("zero_shot", False), 0.2 * math.log(1 / 4)),
        (said("zero_shot", True, 0.0), 0.2 * -2.5),
        (said("zero_shot", True, 1.0), 0.2 * 2.5),
        (said("zero_shot", True, 0.92), 0.2 * math.log(0.92 / 0.08)),
        (said("zero_shot", False, 0.08), 0.2 * math.log(0.08 / 0.92)),
    ],
)
def test_an_opinion_moves_the_odds_by_its_weight_and_its_probability(opinion: Opinion, moved: float) -> None:
    assert log_odds(opinion, WEIGHTS) == pytest.approx(moved)


def test_a_probability_of_zero_or_one_is_bounded_before_it_is_clipped() -> None:
    wide = Weights(zero_shot=1.0, clip=100.0)
    assert log_odds(said("zero_shot", True, 1.0), wide) == pytest.approx(math.log((1 - 1e-6) / 1e-6))
    assert log_odds(said("zero_shot", True, 0.0), wide) == pytest.approx(math.log(1e-6 / (1 - 1e-6)))


def test_what_code_found_counts_for_the_commit_it_was_found_for() -> None:
    blamed, other = said(DEVELOPER, True, 0.8), said(DEVELOPER, True, 0.8, commit="b")
    assert log_odds(blamed, WEIGHTS, ("a",), "b") == 3.0
    assert log_odds(other, WEIGHTS, ("a",), "b") == 2.0
    assert log_odds(blamed, WEIGHTS, ("b",), "b") == pytest.approx(0.6 * math.log(4))


def test_the_pool_is_normalised_with_what_is_neither_a_commit_nor_none() -> None:
    opinions = [
        said("zero_shot", True, 0.8),
        said("chain_of_thought", True, 0.8),
        said("chain_of_thought", True, 0.8, "b"),
        said(DEVELOPER, False, 0.2, "b"),
        said("zero_shot", None, 0.8, "c"),
    ]
    found = combine(evidence(0.4, 0.2, 0.001, none=0.2), opinions, None, WEIGHTS)
    scores = {
        "a": 0.5 * math.log(0.4) + 0.2 * math.log(4) + 0.3 * math.log(4) / 2,
        "b": 0.5 * math.log(0.2) + 0.3 * math.log(4) / 2 - 0.6 * math.log(4),
        "c": 0.5 * math.log(0.01),
    }
    none = 0.5 * math.log(0.2)
    total = sum(map(math.exp, scores.values())) + math.exp(none) + (1 - 0.801)
    assert found.suspects == pytest.approx({sha: math.exp(score) / total for sha, score in scores.items()})
    assert found.none == pytest.approx(math.exp(none) / total)


@pytest.mark.parametrize(
    ("advice", "a", "none"),
    [
        (Advice(decision="culprit", commit="a"), 0.7, 0.0),
        (Advice(decision="none"), 0.0, 0.7),
        (Advice(decision="unsure"), 0.0, 0.0),
    ],
)
def test_the_judge_adds_its_weight_to_what_it_names(advice: Advice, a: float, none: float) -> None:
    found = combine(evidence(0.4, 0.2, none=0.4), [said("zero_shot", True, 0.8)], advice, WEIGHTS)
    moved = a + 0.2 * math.log(4)
    assert math.log(found.suspects["a"] / found.suspects["b"]) == pytest.approx(0.5 * math.log(2) + moved)
    assert math.log(found.none / found.suspects["b"]) == pytest.approx(0.5 * math.log(2) + none)


def test_none_that_git_excludes_keeps_a_millionth() -> None:
    found = combine(evidence(0.5, none=0.0), [said("zero_shot", True, 0.8)], None, WEIGHTS)
    moved = 0.5 * math.log(0.5 / 1e-6) + 0.2 * math.log(4)
    assert math.log(found.suspects["a"] / found.none) == pytest.approx(moved)


def test_probabilities_of_more_than_one_together_leave_no_rest() -> None:
    found = combine(evidence(0.8, 0.8, none=0.4), [said("zero_shot", True, 0.8)], None, WEIGHTS)
    assert sum(found.suspects.values()) + found.none == pytest.approx(1)


def test_a_record_without_opinions_changes_nothing_and_with_them_replaces_the_weights() -> None:
    seen, known = evidence(0.4, 0.2, none=0.3), reliability(RIGHT)
    assert combine(seen, [], None, WEIGHTS, known).suspects == {"a": 0.4, "b": 0.2}
    judged = combine(seen, [], Advice(decision="culprit", commit="b"), WEIGHTS, known).suspects
    assert math.log(judged["b"] / judged["a"]) == pytest.approx(0.5 * math.log(0.5) + 0.7)
    opinions = [said(DEVELOPER, True, 0.8)]
    learned = combine(seen, opinions, None, WEIGHTS, known)
    assert learned == combine(seen, [said(DEVELOPER, True, 0.1)], None, WEIGHTS, known)
    advised = combine(seen, opinions, Advice(decision="culprit", commit="a"), WEIGHTS, known)
    cleared = combine(seen, opinions, Advice(decision="none"), WEIGHTS, known)
    assert advised.suspects["a"] > learned.suspects["a"] > cleared.suspects["a"]
    assert math.log(cleared.none / cleared.suspects["b"]) == pytest.approx(0.5 * math.log(0.3 / 0.2))
