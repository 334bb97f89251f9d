"""How far opinions turn what git says: words alone to "not sure", a step that code checked further."""

import pytest

from graph.settle import settle
from incidents.advice import Advice, Decision
from incidents.opinion import ChangedLine, Opinion, Proof, ProofStep
from tests.graph.settling import LIBRARY, PROVEN, Ties, acquitted, evidence, explained_by, lines_of, said, team


def test_a_team_that_agrees_with_a_checked_way_names_what_git_leaves_open() -> None:
    opinions = explained_by(team("a", ("shop/prices.py", 6)))
    advice = Advice(decision="culprit", commit="a")
    verdict = settle(evidence(0.5, none=0.45), opinions, advice, lines_of=lines_of, steps=PROVEN)
    assert (verdict.outcome, verdict.confidence.word, verdict.mode) == ("culprit", "medium", "agents")
    assert verdict.reason == "developer says"
    assert any("3 of 3 opinions say it caused the failure" in fact for fact in verdict.confidence.basis)
    assert any(fact.startswith("checked in git: a cited line") for fact in verdict.confidence.basis)


def test_a_team_that_agrees_without_a_changed_line_that_is_there_leaves_it_not_sure() -> None:
    opinions = team("a", ("shop/prices.py", 6))
    verdict = settle(evidence(0.5, none=0.45), opinions, lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == ("unsure", "low")
    assert "none of the cited lines is the commit's own on the way of the failing execution" in verdict.confidence.basis


BLAMES_B = (*team("b", ("shop/prices.py", 6), others="a"),)
ADVISES_B = Advice(decision="culprit", commit="b")


@pytest.mark.parametrize(("of_git", "word"), [(0.94, "medium"), (0.6, "low")])
def test_words_alone_do_not_move_the_blame_to_another_commit_but_make_it_less_sure(of_git: float, word: str) -> None:
    verdict = settle(evidence(of_git, 0.03, none=0.02), BLAMES_B, lines_of=lines_of)
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "a", word)
    advised = settle(evidence(of_git, 0.03, none=0.02), BLAMES_B, ADVISES_B, lines_of=lines_of)
    assert (advised.outcome, advised.culprit, advised.confidence.word) == ("culprit", "a", "low")
    assert [(each.commit.sha, each.probability) for each in verdict.suspects] == [("a", of_git), ("b", 0.03)]
    figure, disagreement, *_ = verdict.confidence.basis
    assert figure == f"git evidence alone gives a {of_git:.0%}"
    assert disagreement == "the opinions point to b, but code could not follow them to the failure"


def test_names_without_a_place_that_exists_leave_the_answer_of_git() -> None:
    verdict = settle(
        evidence(0.94, 0.03, none=0.02), team("b", ("no/such.py", 1), others="a"), ADVISES_B, lines_of=lines_of
    )
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "a", "medium")


def test_where_the_developer_does_not_join_the_judge_git_keeps_its_answer() -> None:
    others = [each for each in BLAMES_B if each.agent != "developer"]
    opinions = [*others, said("developer", "a", True), said("developer", "b", False)]
    verdict = settle(evidence(0.94, 0.03, none=0.02), opinions, ADVISES_B, lines_of=lines_of)
    assert (verdict.outcome, verdict.culprit) == ("culprit", "a")


def test_developer_and_judge_that_name_the_commit_of_git_leave_its_answer() -> None:
    advice = Advice(decision="culprit", commit="a")
    verdict = settle(evidence(0.6, 0.2, none=0.1), team("a"), advice, lines_of=lines_of)
    assert (verdict.outcome, verdict.culprit) == ("culprit", "a")


def test_whom_the_opinions_point_to_is_to_be_read_before_the_second_of_git() -> None:
    verdict = settle(evidence(0.3, 0.28, 0.1, none=0.3), team("c", others="ab"), lines_of=lines_of)
    assert verdict.outcome == "unsure"
    assert verdict.next_step == "Read a and c against the trace before reverting anything."


def test_where_too_little_was_seen_words_do_not_make_it_a_question_between_commits() -> None:
    seen = evidence(0.3, 0.2, none=0.45, seen=LIBRARY, instead=())
    verdict = settle(seen, team("b", others="a"), lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == ("not_enough", "low")


@pytest.mark.parametrize("steps", [None, Ties()])
def test_a_made_up_explanation_changes_nothing_even_where_git_has_low_confidence(steps: Ties | None) -> None:
    """Anybody can copy a line of the diff: what nobody looked up, or did not lead on, earns nothing."""
    lies = explained_by(BLAMES_B) if steps is None else BLAMES_B
    verdict = settle(evidence(0.45, 0.03, none=0.02), lies, ADVISES_B, lines_of=lines_of, steps=steps)
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "a", "low")
    assert "the opinions point to b, but code could not follow them to the failure" in verdict.confidence.basis


def test_where_git_is_not_sure_the_opinions_give_the_order() -> None:
    verdict = settle(evidence(0.45, 0.4, none=0.1), BLAMES_B, ADVISES_B, lines_of=lines_of)
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("unsure", None, "low")
    assert verdict.reason == "Git points to a (45%), the opinions to b; code could not follow them to the failure."
    assert verdict.next_step == "Read a and b against the trace before reverting anything."


def test_a_checked_way_moves_the_blame_to_another_commit() -> None:
    opinions = explained_by(team("b", ("shop/prices.py", 3), others="a"))
    advice = Advice(decision="culprit", commit="b")
    verdict = settle(evidence(0.9, 0.05, none=0.05), opinions, advice, lines_of=lines_of, steps=PROVEN)
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "b", "medium")
    assert verdict.confidence.basis[0] == "git evidence alone points to a (90%), the agents to b, to which git gives 5%"


def test_words_alone_do_not_name_a_commit_where_git_names_none() -> None:
    opinions = team("a", ("shop/prices.py", 6))
    advised = settle(evidence(0.15, none=0.83), opinions, Advice(decision="culprit", commit="a"), lines_of=lines_of)
    assert (advised.outcome, advised.confidence.word) == ("none", "low")
    sure = settle(evidence(0.15, none=0.83), opinions, lines_of=lines_of)
    leaning = settle(evidence(0.2, none=0.5), opinions, Advice(decision="culprit", commit="a"), lines_of=lines_of)
    assert (sure.outcome, sure.confidence.word) == ("none", "medium")
    assert "the opinions point to a, but code could not follow them to the failure" in sure.confidence.basis
    assert sure.next_step.endswith("Read a too.")
    assert (leaning.outcome, leaning.culprit, leaning.confidence.word) == ("unsure", None, "low")


@pytest.mark.parametrize(
    ("sha", "decision", "outcome"),
    [("a", "culprit", "culprit"), ("a", "none", "unsure"), ("a", "unsure", "unsure"), ("b", "culprit", "unsure")],
)
def test_where_git_leans_its_own_first_suspect_is_named_when_judge_and_changed_line_agree(
    sha: str, decision: Decision, outcome: str
) -> None:
    """Two agents that repeat git's order, while the judge is not sure, name nobody."""
    opinions = explained_by(team(sha, others="ab".replace(sha, "")))
    advice = Advice(decision=decision, commit=sha if decision == "culprit" else None)
    seen = evidence(0.25, 0.2, none=0.5)
    verdict = settle(seen, opinions, advice, lines_of=lines_of, steps=Ties())
    assert (verdict.outcome, verdict.confidence.word) == (outcome, "low")


def test_a_judge_that_is_not_sure_leaves_it_not_sure_whatever_two_others_repeat() -> None:
    """So it was with a commit that two of the three named because it stood first: the developer could not tell."""
    repeated = [said(agent, "a", True) for agent in ("zero_shot", "chain_of_thought")]
    verdict = settle(evidence(0.26, none=0.41), repeated, Advice(decision="unsure"), lines_of=lines_of)
    assert verdict.outcome == "unsure"


def test_where_git_leans_names_without_any_place_that_exists_change_nothing() -> None:
    """So answers who says yes to everything."""
    verdict = settle(evidence(0.05, 0.05, none=0.85), team("b", others="a"), lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == ("none", "medium")


def test_words_alone_do_not_acquit_whom_git_names() -> None:
    verdict = settle(evidence(0.6, none=0.3), acquitted("a"), Advice(decision="none"), lines_of=lines_of)
    assert (verdict.culprit, verdict.confidence.word) == ("a", "low")
    assert (
        "the opinions point to none of these commits, but code could not follow them to the failure"
        in verdict.confidence.basis
    )


def test_a_way_through_older_code_acquits_whom_git_half_suspects_but_makes_nothing_sure() -> None:
    opinions = older(acquitted("a", ("shop/prices.py", 9)))
    verdict = settle(evidence(0.6, none=0.3), opinions, Advice(decision="none"), lines_of=lines_of, steps=PROVEN)
    assert (verdict.outcome, verdict.confidence.word) == ("none", "low")


@pytest.mark.parametrize("advice", [None, Advice(decision="unsure"), Advice(decision="culprit", commit="a")])
def test_a_way_through_older_code_explains_a_none_that_git_could_not_when_the_judge_says_so(
    advice: Advice | None,
) -> None:
    seen, opinions = evidence(0.35, none=0.5, instead=()), older(acquitted("a", ("shop/prices.py", 9)))
    none = Advice(decision="none")
    assert settle(seen, opinions, none, lines_of=lines_of, steps=PROVEN).outcome == "none"
    assert settle(seen, opinions, none, lines_of=lines_of).outcome == "unsure"
    assert settle(seen, opinions, advice, lines_of=lines_of, steps=PROVEN).outcome == "unsure"


def test_the_failing_line_alone_is_no_way_to_it() -> None:
    """Anybody can copy it from the trace."""
    seen, copied = evidence(0.35, none=0.5), acquitted("a", ("shop/prices.py", 6))
    proof = Proof(steps=(ProofStep(path="shop/prices.py", line=6),) * 2)
    opinions = [each.model_copy(update={"proof": proof}) for each in copied]
    assert settle(seen, opinions, Advice(decision="none"), lines_of=lines_of, steps=PROVEN).outcome == "unsure"


def older(opinions: list[Opinion]) -> list[Opinion]:
    """The same; the developer gives two lines of older code as the way to the failure."""
    proof = Proof(steps=(ProofStep(path="shop/prices.py", line=5), ProofStep(path="shop/prices.py", line=6)))
    return [each.model_copy(update={"proof": proof}) if each.agent == "developer" else each for each in opinions]


@pytest.mark.parametrize(("of_git", "hits"), [(0.6, ("a",)), (0.92, ())])
def test_nothing_acquits_who_hits_the_failing_line_or_whom_git_is_sure_of(of_git: float, hits: tuple[str, ...]) -> None:
    seen = evidence(of_git, none=0.05).model_copy(update={"hit_failing_line": hits})
    opinions = older(acquitted("a", ("shop/prices.py", 9)))
    verdict = settle(seen, opinions, Advice(decision="none"), lines_of=lines_of, steps=PROVEN)
    assert verdict.culprit == "a"


def test_where_git_is_not_sure_words_do_not_settle_it_against_who_hits_the_failing_line() -> None:
    seen, opinions = evidence(0.25, none=0.5), older(acquitted("a"))
    hit = seen.model_copy(update={"hit_failing_line": ("a",)})
    none = Advice(decision="none")
    assert settle(seen, opinions, none, lines_of=lines_of, steps=PROVEN).outcome == "none"
    assert settle(hit, opinions, none, lines_of=lines_of, steps=PROVEN).outcome == "unsure"
    assert settle(seen, acquitted("a"), none, lines_of=lines_of, steps=PROVEN).outcome == "unsure"


STEP = ProofStep(path="shop/prices.py", line=6, function="price_of", says="None is multiplied")
EXPLAINED = Proof(change=ChangedLine(path="shop/rates.py", line=4, text="return RATES.get(item)"), steps=(STEP,))
"""The change is in no function of the trace, nor in one that such a function calls."""


class Found(Ties):
    """Code that holds every step of an explanation, or all but the last."""

    def __init__(self, *, every: bool = True) -> None:
        """Ties nothing else."""
        super().__init__()
        self.every = every

    def checked(self, sha: str, proof: Proof) -> Proof:
        """As given."""
        found = super().checked(sha, proof)
        last = found.steps[-1].model_copy(update={"checked": self.every})
        return found.model_copy(update={"steps": (*found.steps[:-1], last)})


def explained(sha: str, others: str = "") -> list[Opinion]:
    """The developer alone accuses `sha`, with an explanation; nobody else says anything."""
    accusation = said("developer", sha, True, ("shop/prices.py", 6)).model_copy(update={"proof": EXPLAINED})
    return [accusation, *(said("developer", other, False) for other in others)]


def test_an_explanation_of_which_code_found_every_step_and_that_the_judge_shares_overrules_git() -> None:
    seen = evidence(0.97, 0.01, none=0.01)
    verdict = settle(seen, explained("b", others="a"), ADVISES_B, lines_of=lines_of, steps=Found())
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "b", "medium")
    assert verdict.reason == "developer says"
    facts = verdict.confidence.basis
    assert facts[0] == "git evidence alone points to a (97%), the agents to b, to which git gives 1%"
    assert verdict.next_step.startswith("Read both b and a, revert the one that did it")
    assert "read in code by the developer, 1 of 1 steps checked, the changed line too" in facts


@pytest.mark.parametrize(
    ("advice", "steps", "hits"),
    [
        (None, Found(), ()),
        (Advice(decision="culprit", commit="a"), Found(), ()),
        (Advice(decision="unsure"), Found(), ()),
        (ADVISES_B, Found(every=False), ()),
        (ADVISES_B, Found(), ("a",)),
    ],
)
def test_it_does_not_without_the_judge_or_with_a_step_that_is_not_there_or_against_who_hits_the_failing_line(
    advice: Advice | None, steps: Ties, hits: tuple[str, ...]
) -> None:
    seen = evidence(0.97, 0.01, none=0.01).model_copy(update={"hit_failing_line": hits})
    verdict = settle(seen, explained("b", others="a"), advice, lines_of=lines_of, steps=steps)
    assert verdict.culprit != "b"


def test_a_commit_that_was_ruled_out_can_be_the_culprit_when_it_is_explained() -> None:
    seen = evidence(0.6, 0.1, none=0.2)
    advice = Advice(decision="culprit", commit="z")
    verdict = settle(seen, explained("z", others="ab"), advice, lines_of=lines_of, steps=Found())
    assert (verdict.outcome, verdict.culprit) == ("culprit", "z")
    assert verdict.ruled_out == ()
    assert len(verdict.suspects) == 3
    alone = settle(seen, explained("z", others="ab"), advice, lines_of=lines_of)
    assert alone.culprit != "z"
