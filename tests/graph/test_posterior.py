"""Evidence and opinions are combined as odds, and nothing one agent says can decide alone."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.agreement import Answer
from graph.posterior import combine, log_odds
from graph.thresholds import WEIGHTS
from incidents.advice import Advice
from incidents.evidence import Commit, Evidence, Suspect
from incidents.opinion import Citation, Opinion
from incidents.trace import StackTrace


def evidence(*chances: float, none: float) -> Evidence:
    """Suspects a, b, ... with these probabilities."""
    suspects = tuple(
        Suspect(commit=Commit(sha=sha, subject=sha, author="Ana", committed_at=datetime.now(UTC)), probability=chance)
        for sha, chance in zip("abcdef", chances, strict=False)
    )
    return Evidence(trace=StackTrace(), base="0", deployed="1", suspects=suspects, none_probability=none)


def said(commit: str, caused: bool | None, probability: float | None = None, agent: str = "zero_shot") -> Opinion:
    """An opinion."""
    return Opinion(agent=agent, commit=commit, caused=caused, probability=probability)


def test_without_opinions_the_evidence_stands() -> None:
    assert combine(evidence(0.5, 0.2, none=0.2), []).suspects == {"a": 0.5, "b": 0.2}


def test_a_yes_lifts_and_a_no_lowers() -> None:
    seen = evidence(0.4, 0.3, none=0.3)
    assert combine(seen, [said("a", True, 0.9)]).suspects["a"] > 0.4
    assert combine(seen, [said("a", False, 0.1)]).suspects["a"] < 0.4
    assert combine(seen, [said("a", False, 0.1)]).none > 0.3


def test_an_abstention_and_a_coin_flip_change_nothing() -> None:
    seen = evidence(0.4, 0.3, none=0.3)
    for opinion in (said("a", None), said("a", True, 0.5)):
        assert combine(seen, [opinion]).suspects == pytest.approx({"a": 0.4, "b": 0.3})


def test_no_single_opinion_can_lift_an_unlikely_commit_to_culprit() -> None:
    seen = evidence(0.1, none=0.9)
    cited = said("a", True, 1.0, "developer").model_copy(update={"citations": (Citation(path="a.py", line=1),)})
    for opinion in (said("a", True, 1.0), said("a", True, 1.0, "chain_of_thought"), cited):
        assert combine(seen, [opinion]).suspects["a"] < 0.5


def test_a_developers_yes_without_an_existing_citation_counts_nothing() -> None:
    assert log_odds(said("a", True, 1.0, "developer")) == 0.0
    assert log_odds(said("a", False, 0.0, "developer")) < 0.0


def test_a_probability_that_was_not_stated_is_a_moderate_one() -> None:
    assert 0 < log_odds(said("a", True)) < WEIGHTS.zero_shot * WEIGHTS.clip
    assert log_odds(said("a", False)) == -log_odds(said("a", True))


def test_the_judges_none_makes_none_likelier() -> None:
    seen = evidence(0.5, none=0.5)
    assert combine(seen, [said("a", None)], Advice(decision="none")).none > 0.5
    assert combine(seen, [said("a", None)], Advice(decision="culprit", commit="a")).suspects["a"] > 0.5


def test_what_the_evidence_excludes_stays_excluded_when_opinions_speak_for_something_else() -> None:
    assert combine(evidence(0.6, 0.4, none=0.0), [said("a", True, 0.9)]).none < 0.01


chance = st.floats(0, 1)


@given(st.lists(chance, max_size=5), chance, st.lists(st.tuples(st.booleans(), st.none() | chance), max_size=5))
def test_probabilities_stay_probabilities(
    weights: list[float], none: float, votes: list[tuple[bool, float | None]]
) -> None:
    total = sum(weights) + none or 1.0
    seen = evidence(*(weight / (total * 1.001) for weight in weights), none=none / (total * 1.001))
    known = [each.commit.sha for each in seen.suspects]
    opinions = [said(sha, caused, p) for sha, (caused, p) in zip(known, votes, strict=False)]
    combined = combine(seen, opinions)
    assert all(0 <= each <= 1.000001 for each in (*combined.suspects.values(), combined.none))
    assert sum(combined.suspects.values()) + combined.none <= 1.000001


@pytest.mark.parametrize(
    ("proven", "agreed", "weight"),
    [(("a",), None, WEIGHTS.proven), ((), "a", WEIGHTS.agreed), (("a",), "a", WEIGHTS.proven)],
)
def test_an_accusation_that_code_could_follow_or_all_share_weighs_what_the_table_says(
    proven: Sequence[str], agreed: str | None, weight: float
) -> None:
    seen = evidence(0.4, 0.3, none=0.3)
    answer: Answer | None = ("culprit", agreed) if agreed else None
    found = combine(seen, [said("a", True, 0.6, "developer")], proven=proven, agreed=answer).suspects
    assert math.log(found["a"] / found["b"]) == pytest.approx(WEIGHTS.prior * math.log(0.4 / 0.3) + weight)
    for other in (said("b", True, 0.6, "developer"), said("a", True, 0.6), said("a", False, 0.6, "developer")):
        assert log_odds(other, WEIGHTS, proven, agreed) == log_odds(other)


def test_a_none_that_all_share_gains_as_much() -> None:
    seen, cleared = evidence(0.4, none=0.3), [said("a", False, 0.5)]
    plain, shared = (
        combine(seen, cleared, Advice(decision="none")),
        combine(seen, cleared, Advice(decision="none"), agreed=("none", None)),
    )
    gained = math.log(shared.none / shared.suspects["a"]) - math.log(plain.none / plain.suspects["a"])
    assert gained == pytest.approx(WEIGHTS.agreed)


def test_a_judge_that_names_a_commit_nobody_spoke_of_moves_it_by_the_judge_s_weight() -> None:
    found = combine(evidence(0.4, 0.3, none=0.3), [], Advice(decision="culprit", commit="b")).suspects
    assert math.log(found["b"] / found["a"]) == pytest.approx(WEIGHTS.prior * math.log(0.3 / 0.4) + WEIGHTS.judge)


def test_who_accuses_two_says_half_as_much_about_each_and_who_acquits_says_all_of_it() -> None:
    both = [said("a", True, 0.9), said("b", True, 0.9)]
    accused = combine(evidence(0.3, 0.3, 0.3, none=0.1), both).suspects
    assert math.log(accused["a"] / accused["c"]) == pytest.approx(log_odds(both[0]) / 2)
    free = said("a", False, 0.1)
    acquitted = combine(evidence(0.3, 0.3, 0.3, none=0.1), [free]).suspects
    assert math.log(acquitted["a"] / acquitted["c"]) == pytest.approx(log_odds(free))
