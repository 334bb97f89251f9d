"""What a model's word is worth follows from its record on labelled incidents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.posterior import combine
from graph.reliability import log_ratio, recorded, trusted
from graph.settle import settle
from incidents.advice import JUDGE, Advice
from incidents.opinion import DEVELOPER, ChangedLine, Opinion, Proof, ProofStep
from incidents.reliability import Reliability
from incidents.verdict import Verdict
from tests.graph.records import RIGHT, record, reliability
from tests.graph.settling import (
    MESSAGE,
    NotArriving,
    Ties,
    acquitted,
    evidence,
    explained_by,
    lines_of,
    said,
    team,
)

ALWAYS, NEVER = (20, 20, 60, 60), (20, 0, 60, 0)


def test_an_agent_that_can_tell_moves_the_odds_and_one_that_cannot_moves_nothing() -> None:
    right, always = record("a", RIGHT), record("a", ALWAYS)
    assert log_ratio(right, accused=True) > 2
    assert log_ratio(right, accused=False) < -1
    assert abs(log_ratio(always, accused=True)) < 0.2
    assert abs(log_ratio(record("a", NEVER), accused=False)) < 0.5
    assert 0 < log_ratio(None, accused=True) < 1


def test_few_incidents_move_little() -> None:
    assert log_ratio(record("a", (2, 2, 2, 0)), accused=True) < log_ratio(record("a", RIGHT), accused=True) / 2


COUNTS = st.tuples(*[st.integers(0, 200)] * 4).map(lambda n: (max(n[0], n[1]), n[1], max(n[2], n[3]), n[3]))


@given(COUNTS)
def test_of_two_answers_the_accusation_never_moves_the_odds_of_guilt_less_for_an_agent_that_can_tell(
    counts: tuple[int, int, int, int],
) -> None:
    each = record("a", counts)
    yes, no = log_ratio(each, accused=True), log_ratio(each, accused=False)
    assert yes * no <= 1e-12  # one raises what the other lowers, or both say nothing


def test_records_count_who_accused_whom_and_what_the_judge_advised() -> None:
    opinions = [
        said(DEVELOPER, "a", True),
        said(DEVELOPER, "b", False),
        Opinion(agent=DEVELOPER, commit="c", caused=None),
    ]
    found = recorded(
        "m", "p", [("a", opinions, Advice(decision="culprit", commit="b")), (None, [said(DEVELOPER, "a", True)], None)]
    )
    assert found.incidents == 2
    assert found.of(DEVELOPER) == record(DEVELOPER, (1, 1, 2, 1))
    assert found.of(JUDGE) == record(JUDGE, (1, 0, 1, 1))
    assert found.of("zero_shot") is None


def test_only_a_long_and_good_record_is_followed_against_git() -> None:
    assert trusted(reliability(RIGHT), (DEVELOPER, JUDGE))
    for counts in (ALWAYS, NEVER, (5, 5, 60, 0), (20, 19, 5, 0), (20, 10, 60, 20)):
        assert not trusted(reliability(counts), (DEVELOPER, JUDGE))
    assert not trusted(Reliability(model="m", prompts="p", incidents=9, records=()), (DEVELOPER, JUDGE))


BLAMES_B = [*team("b", ("shop/prices.py", 4), ("shop/prices.py", 6), others="a")]
ADVISES_B = Advice(decision="culprit", commit="b")


def settled(
    counts: tuple[int, int, int, int] | None, opinions: list[Opinion], advice: Advice, *chances: float
) -> Verdict:
    *suspects, none = chances
    known = reliability(counts) if counts else None
    return settle(evidence(*suspects, none=none), opinions, advice, lines_of=lines_of, steps=Ties(), reliability=known)


def test_a_model_with_a_good_record_overrules_what_git_is_sure_of_and_says_on_what_it_rests() -> None:
    verdict = settled(RIGHT, BLAMES_B, ADVISES_B, 0.02, 0.01, 0.97)
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "b", "medium")
    assert verdict.confidence.basis[0] == (
        "git evidence alone points to none of these commits (97%), the agents to b, to which git gives 1%"
    )
    assert (
        "on 40 labelled incidents the developer accused 19 of 20 guilty commits and 2 of 60 innocent ones"
        in verdict.confidence.basis
    )


@pytest.mark.parametrize("counts", [None, ALWAYS, NEVER, (3, 3, 3, 0)])
def test_a_model_without_a_good_record_does_not(counts: tuple[int, int, int, int] | None) -> None:
    assert settled(counts, BLAMES_B, ADVISES_B, 0.02, 0.01, 0.97).outcome != "culprit"


def test_a_good_record_is_not_enough_without_both_ends_of_the_explanation() -> None:
    one_end = team("b", ("shop/prices.py", 6), others="a")
    assert settled(RIGHT, one_end, ADVISES_B, 0.02, 0.01, 0.97).outcome == "unsure"


def test_of_a_trace_without_a_frame_in_this_code_a_good_record_needs_the_end_that_there_is() -> None:
    """The changed line: where it failed nobody can cite."""
    seen = evidence(0.1, 0.01, none=0.5, seen=MESSAGE, instead=())
    blamed = explained_by(team("b", ("shop/prices.py", 3), others="a"))

    def told(opinions: list[Opinion], counts: tuple[int, int, int, int]) -> Verdict:
        known = reliability(counts)
        return settle(seen, opinions, ADVISES_B, lines_of=lines_of, steps=NotArriving(), reliability=known)

    assert (told(blamed, RIGHT).outcome, told(blamed, RIGHT).culprit) == ("culprit", "b")
    assert told(team("b", ("shop/prices.py", 3), others="a"), RIGHT).culprit is None


def test_a_good_record_never_hears_less_than_no_record() -> None:
    """A record that is only just good moves the odds less than the guess for models that nobody measured."""
    without_sres = explained_by([each for each in BLAMES_B if each.agent == DEVELOPER or not each.caused])
    assert settled(None, without_sres, ADVISES_B, 0.35, 0.05, 0.5).culprit == "b"
    assert settled((20, 16, 40, 2), without_sres, ADVISES_B, 0.35, 0.05, 0.5).culprit == "b"


@pytest.mark.parametrize(
    ("counts", "culprit"), [((9, 9, 60, 1), "b"), ((20, 20, 60, 60), None), ((20, 0, 60, 0), None)]
)
def test_a_short_record_takes_nothing_away_and_a_long_and_bad_one_does(
    counts: tuple[int, int, int, int], culprit: str | None
) -> None:
    without_sres = explained_by([each for each in BLAMES_B if each.agent == DEVELOPER or not each.caused])
    assert settled(counts, without_sres, ADVISES_B, 0.35, 0.05, 0.5).culprit == culprit


def test_who_compares_all_and_accuses_none_says_no_of_commits_that_were_not_shown_too() -> None:
    seen, known = evidence(0.3, 0.3, none=0.3), reliability(RIGHT)
    found = combine(seen, [said(DEVELOPER, "a", False)], reliability=known)
    assert found.suspects["b"] == pytest.approx(found.suspects["a"])
    assert found.none > found.suspects["b"]
    named = combine(seen, [said(DEVELOPER, "a", True)], reliability=known)
    assert named.suspects["b"] == pytest.approx(named.none)
    alone = combine(seen, [said("zero_shot", "a", False)], reliability=known)
    assert alone.suspects["b"] == pytest.approx(alone.none)


def test_nor_when_the_judge_names_another_commit() -> None:
    assert settled(RIGHT, BLAMES_B, Advice(decision="culprit", commit="a"), 0.02, 0.01, 0.97).culprit != "b"


def test_developer_and_judge_of_a_good_record_clear_a_commit_that_git_accuses() -> None:
    cleared, none = acquitted("a", ("shop/prices.py", 3)), Advice(decision="none")
    assert settled(RIGHT, cleared, none, 0.6, 0.3).outcome == "none"
    assert settled(NEVER, cleared, none, 0.6, 0.3).culprit == "a"
    assert settled(RIGHT, acquitted("a"), none, 0.6, 0.3).outcome != "none"


def test_with_a_record_the_fixed_weights_are_not_used() -> None:
    seen = evidence(0.4, 0.3, none=0.3)
    opinions = [said(DEVELOPER, "a", True, ("shop/prices.py", 6))]
    moved = combine(seen, opinions, reliability=reliability(ALWAYS)).suspects["a"]
    assert moved < combine(seen, opinions).suspects["a"]
    assert moved < combine(seen, opinions, reliability=reliability(RIGHT)).suspects["a"]


def test_a_commit_that_hits_the_failing_line_is_not_talked_away_by_a_good_record() -> None:
    seen = evidence(0.6, 0.05, none=0.3).model_copy(update={"hit_failing_line": ("a",)})
    known = reliability(RIGHT)
    blamed = settle(seen, BLAMES_B, ADVISES_B, lines_of=lines_of, steps=Ties(), reliability=known)
    assert (blamed.outcome, blamed.culprit) == ("unsure", None)
    cleared = acquitted("a", ("shop/prices.py", 3))
    none = settle(seen, cleared, Advice(decision="none"), lines_of=lines_of, steps=Ties(), reliability=known)
    assert none.outcome != "none"


def test_an_accusation_of_which_code_found_every_step_is_counted_by_itself_and_weighs_more() -> None:
    step = ProofStep(path="shop/prices.py", line=6, checked=True)
    change = ChangedLine(path="shop/prices.py", line=6, text="x", checked=True)
    proven = said(DEVELOPER, "a", True).model_copy(update={"proof": Proof(change=change, steps=(step,))})
    loose = said(DEVELOPER, "a", True)
    found = recorded("m", "p", [("a", [proven], None), ("b", [proven], None), ("a", [loose], None)]).of(DEVELOPER)
    assert found is not None
    assert (found.guilty_accused, found.guilty_proven, found.innocent_accused, found.innocent_proven) == (2, 1, 1, 1)
    good = record(DEVELOPER, RIGHT).model_copy(update={"guilty_proven": 15, "innocent_proven": 0})
    assert log_ratio(good, accused=True, proven=True) > log_ratio(good, accused=True) > 0
    assert log_ratio(None, accused=True, proven=True) > log_ratio(None, accused=True)


def test_a_proven_accusation_moves_the_odds_by_its_own_record() -> None:
    seen = evidence(0.4, 0.3, none=0.3)
    opinions, known = [said(DEVELOPER, "a", True, ("shop/prices.py", 6))], reliability(RIGHT)
    plain = combine(seen, opinions, reliability=known).suspects["a"]
    records = tuple(each.model_copy(update={"guilty_proven": 18}) for each in known.records)
    better = known.model_copy(update={"records": records})
    assert combine(seen, opinions, reliability=better, proven={"a"}).suspects["a"] > plain
