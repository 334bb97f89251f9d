"""An agent that says otherwise than a verdict lowers its word and is told: most of all one that read the code."""

from dataclasses import replace

import pytest

from graph.dissent import Dissent, word_after
from graph.ruling import Ruling
from graph.settle import settle
from incidents.advice import Advice
from incidents.opinion import Opinion
from incidents.verdict import Verdict
from tests.graph.both_ends import BLAMES_B, CULPRIT_B
from tests.graph.settling import PROVEN, evidence, explained_by, lines_of, said, team

NONE = Advice(decision="none")
OWN = ("shop/prices.py", 6)
GUILTY = evidence(0.94, 0.03, none=0.02).model_copy(update={"hit_failing_line": ("a",)})


def read_by(developer: Opinion, advice: Advice | None) -> Verdict:
    """Git names `a`, which hits the failing line, the SREs agree, and the developer says something else."""
    engineers = [each for each in team("a", others="b") if each.agent != "developer"]
    return settle(GUILTY, [*engineers, developer], advice, lines_of=lines_of, steps=PROVEN)


CLEARS = said("developer", "a", False, OWN)


@pytest.mark.parametrize(
    ("developer", "advice", "word"),
    [
        (said("developer", "a", True, OWN), Advice(decision="culprit", commit="a"), "high"),
        (CLEARS, None, "medium"),
        (CLEARS, Advice(decision="unsure"), "medium"),
        (CLEARS, Advice(decision="culprit", commit="a"), "medium"),
        (CLEARS, NONE, "low"),
        (said("developer", "a", False, ("no/such.py", 1)), NONE, "high"),
        (said("developer", "a", False), NONE, "high"),
    ],
)
def test_a_developer_who_read_the_code_and_clears_the_culprit_lowers_the_word(
    developer: Opinion, advice: Advice | None, word: str
) -> None:
    verdict = read_by(developer, advice)
    assert (verdict.culprit, verdict.confidence.word) == ("a", word)


def test_who_contradicts_and_what_is_to_be_read_first_is_told_and_the_reason_is_what_decided() -> None:
    verdict = read_by(CLEARS, NONE)
    facts = verdict.confidence.basis
    assert (
        "the developer, who read the code, says that it did not cause the failure; the SRE manager does not share the answer either"
        in facts
    )
    assert "the SRE manager advises none" in facts
    assert verdict.reason == "It changed the failing line."
    assert verdict.next_step == (
        "Read a against the trace; if it explains the failure, revert it, then watch whether the errors stop."
    )


@pytest.mark.parametrize(("sre", "word"), [("", "medium"), ("chain_of_thought", "low"), ("zero_shot", "medium")])
def test_an_sre_that_clears_what_the_others_prove_against_git_makes_it_low_unless_it_saw_only_the_prompt(
    sre: str, word: str
) -> None:
    opinions = explained_by(team("b", ("shop/prices.py", 3), others="a"))
    said_so = [said(each.agent, each.commit, False) if each.agent == sre else each for each in opinions]
    verdict = settle(evidence(0.9, 0.05, none=0.05), said_so, CULPRIT_B, lines_of=lines_of, steps=PROVEN)
    assert (verdict.culprit, verdict.confidence.word) == ("b", word)


def test_nobody_contradicts_a_verdict_that_states_nothing() -> None:
    verdict = settle(evidence(0.4, 0.3, none=0.3), BLAMES_B, NONE, lines_of=lines_of)
    assert verdict.outcome == "unsure"
    assert not any("who read the code" in each for each in verdict.confidence.basis)


@pytest.mark.parametrize(("proven", "word"), [(True, "medium"), (False, "low")])
def test_who_saw_only_the_prompt_lowers_what_nothing_proves(proven: bool, word: str) -> None:
    git = Ruling("culprit", (), "a", 0.9, "high", 0.05)
    final = replace(git, named="b", word="medium")
    assert word_after(git, final, Dissent(engineers=frozenset(("zero_shot",))), proven=proven) == word
