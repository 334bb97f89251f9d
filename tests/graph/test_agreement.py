"""A whole team that names one commit, with a changed line that code found, makes it "not sure" where git states nothing."""

from collections.abc import Sequence

import pytest

from graph.settle import settle
from incidents.advice import Advice
from incidents.opinion import ChangedLine, Opinion, Proof, ProofStep
from incidents.verdict import Verdict
from tests.graph.settling import MESSAGE, OLD_LINE, NotArriving, evidence, lines_of, said, team

LINE = ChangedLine(path="shop/prices.py", line=4, text="'lang' => 'expression'")
CULPRIT_B = Advice(decision="culprit", commit="b")


def read(opinions: Sequence[Opinion]) -> list[Opinion]:
    """The same opinions; the developer's accusation states a changed line and a step."""
    proof = Proof(change=LINE, steps=(ProofStep(path="shop/prices.py", line=4),))
    return [
        each.model_copy(update={"proof": proof}) if each.agent == "developer" and each.caused else each
        for each in opinions
    ]


def settled(
    opinions: Sequence[Opinion], advice: Advice | None = CULPRIT_B, *, found: bool = True, instead: tuple[str, ...] = ()
) -> Verdict:
    """The verdict where only a message was seen, and git gives b almost nothing; `instead` explains it without a commit."""
    seen = evidence(0.1, 0.01, none=0.85, seen=MESSAGE, instead=instead)
    return settle(seen, opinions, advice, lines_of=lines_of, steps=NotArriving(found=found))


def opened(verdict: Verdict) -> bool:
    """Whether it is not sure, with b as the first to be read."""
    return verdict.outcome == "unsure" and verdict.suspects[0].commit.sha == "b"


def test_a_commit_that_all_name_and_git_would_not_is_the_first_to_be_read_and_never_stated() -> None:
    """A text that all of them have read can make them agree."""
    verdict = settled(read(team("b", ("shop/prices.py", 4), others="a")))
    assert opened(verdict)
    assert (verdict.culprit, verdict.confidence.word) == (None, "low")
    assert (
        verdict.reason
        == "Git points to none of these commits (85%), the opinions to b; code could not follow them to the failure."
    )
    assert verdict.next_step == "Read a and b against the trace before reverting anything."


def test_where_a_fact_of_git_explains_it_without_a_commit_it_is_not() -> None:
    """Three agents that agree on a line of the diff are made by one text that all of them have read."""
    verdict = settled(read(team("b", ("shop/prices.py", 4), others="a")), instead=(OLD_LINE,))
    assert (verdict.outcome, verdict.confidence.word) == ("none", "low")


def test_without_the_changed_line_in_the_diff_it_is_not() -> None:
    assert not opened(settled(read(team("b", ("shop/prices.py", 4), others="a")), found=False))


@pytest.mark.parametrize(
    "opinions",
    [
        [*team("b", others="a"), said("zero_shot", "a", True)],  # somebody names another one too
        [*team("b", others="a"), said("zero_shot", "b", False)],  # somebody clears it
        [each for each in team("b", others="a") if each.agent != "chain_of_thought"],  # who compares did not answer
    ],
)
def test_who_does_not_agree_with_the_others_is_not_followed(opinions: list[Opinion]) -> None:
    assert not opened(settled(read(opinions)))


@pytest.mark.parametrize("advice", [None, Advice(decision="none"), Advice(decision="culprit", commit="a")])
def test_the_judge_must_name_it_too(advice: Advice | None) -> None:
    assert not opened(settled(read(team("b", others="a")), advice))


def test_to_repeat_the_first_of_git_is_no_agreement() -> None:
    verdict = settled(read(team("a", others="b")), Advice(decision="culprit", commit="a"))
    assert verdict.outcome != "unsure"


def test_it_does_not_take_the_blame_from_a_commit_that_git_names() -> None:
    seen = evidence(0.9, 0.03, none=0.02)
    verdict = settle(seen, read(team("b", others="a")), CULPRIT_B, lines_of=lines_of, steps=NotArriving())
    assert not opened(verdict)
