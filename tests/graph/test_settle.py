"""The verdict is settled from what code can check; the judge advises."""

from datetime import UTC, datetime

import pytest

from graph.settle import settle
from incidents.advice import Advice, Score
from incidents.evidence import Commit, Evidence, RuledOut, Signal, Suspect
from incidents.opinion import Citation, Opinion
from incidents.trace import Failure, Frame, StackTrace
from incidents.verdict import Verdict

FRAME = Frame(path="shop/prices.py", line=6, function="price_of", repo_path="shop/prices.py")
TRACE = StackTrace(failures=(Failure(type="TypeError", message="None", frames=(FRAME,)),))
MEASURED = Signal(name="line", value=1.0, detail="changed the failing line")


def commit(sha: str) -> Commit:
    """A commit of the window."""
    return Commit(sha=sha, subject=f"change {sha}", author="Ana", committed_at=datetime.now(UTC))


def evidence(*chances: float, none: float, measured: bool = True) -> Evidence:
    """Suspects a, b, ... and one commit that was ruled out."""
    signals = (MEASURED,) if measured else ()
    suspects = tuple(
        Suspect(commit=commit(sha), probability=chance, reasons=("It changed the failing line.",), signals=signals)
        for sha, chance in zip("abc", chances, strict=False)
    )
    ruled_out = (RuledOut(commit=commit("z"), reason="changes only documents"),)
    return Evidence(trace=TRACE, base="0", deployed="1", suspects=suspects, ruled_out=ruled_out, none_probability=none)


def lines_of(path: str) -> int | None:
    """One file of ten lines."""
    return 10 if path == "shop/prices.py" else None


def said(agent: str, commit: str, caused: bool, *places: tuple[str, int]) -> Opinion:
    """A confident opinion with citations."""
    citations = tuple(Citation(path=path, line=line) for path, line in places)
    chance = 0.95 if caused else 0.05
    return Opinion(
        agent=agent, commit=commit, caused=caused, probability=chance, mechanism=f"{agent} says", citations=citations
    )


def shas(verdict: Verdict) -> list[str]:
    """Every commit the verdict speaks of."""
    return [each.commit.sha for each in verdict.suspects] + [each.commit.sha for each in verdict.ruled_out]


@pytest.mark.parametrize(
    ("chances", "none", "outcome", "word"),
    [
        ((0.9,), 0.05, "culprit", "high"),
        ((0.6, 0.2), 0.1, "culprit", "medium"),
        ((0.51,), 0.4, "culprit", "low"),
        ((0.35, 0.33), 0.2, "unsure", "low"),
        ((0.3, 0.3), 0.4, "none", "low"),
        ((0.1,), 0.85, "none", "high"),
        ((), 1.0, "none", "high"),
    ],
)
def test_the_outcome_and_its_word_follow_the_thresholds(
    chances: tuple[float, ...], none: float, outcome: str, word: str
) -> None:
    verdict = settle(evidence(*chances, none=none), lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == (outcome, word)
    assert verdict.culprit == ("a" if outcome == "culprit" else None)
    assert verdict.mode == "evidence"
    assert verdict.reason
    assert verdict.next_step
    assert "no language model took part" in verdict.confidence.basis


@pytest.mark.parametrize("none", [0.46, 0.5])
def test_a_suspect_that_does_not_beat_none_is_not_the_culprit(none: float) -> None:
    likely = evidence(0.46, none=none)
    assert settle(likely, lines_of=lines_of).culprit is None
    assert settle(likely.model_copy(update={"none_probability": 0.44}), lines_of=lines_of).culprit == "a"


@pytest.mark.parametrize("chances", [(), (0.1,), (0.1, 0.05)])
def test_while_a_commit_could_not_be_read_it_is_never_none_of_them(chances: tuple[float, ...]) -> None:
    verdict = settle(evidence(*chances, none=0.85).model_copy(update={"unread": ("z" * 40,)}), lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == ("unsure", "low")
    assert "1 commit of the deploy could not be read" in verdict.reason
    assert "z" * 9 in verdict.next_step


def test_what_could_not_be_read_does_not_protect_who_was_read() -> None:
    verdict = settle(evidence(0.9, none=0.05).model_copy(update={"unread": ("z" * 40,)}), lines_of=lines_of)
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "a", "high")


def test_every_commit_of_the_window_is_there_once() -> None:
    verdict = settle(evidence(0.5, 0.2, 0.1, none=0.2), [said("zero_shot", "b", True)], lines_of=lines_of)
    assert sorted(shas(verdict)) == ["a", "b", "c", "z"]


def test_high_needs_a_measured_signal() -> None:
    verdict = settle(evidence(0.9, none=0.05, measured=False), lines_of=lines_of)
    assert verdict.confidence.word == "medium"


def test_a_team_that_agrees_makes_it_sure() -> None:
    team = [said(agent, "a", True, ("shop/prices.py", 6)) for agent in ("zero_shot", "chain_of_thought", "developer")]
    verdict = settle(evidence(0.5, none=0.45), team, Advice(decision="culprit", commit="a"), lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word, verdict.mode) == ("culprit", "high", "agents")
    assert verdict.reason == "developer says"
    assert "3 of 3 opinions say it caused the failure" in verdict.confidence.basis[0]


def test_a_team_that_denies_it_makes_it_none() -> None:
    team = [said(agent, "a", False) for agent in ("zero_shot", "chain_of_thought", "developer")]
    verdict = settle(evidence(0.6, none=0.3), team, Advice(decision="none"), lines_of=lines_of)
    assert verdict.outcome == "none"


def test_agents_can_change_the_order_of_the_suspects() -> None:
    team = [said("chain_of_thought", "b", True), said("zero_shot", "b", True), said("zero_shot", "a", False)]
    verdict = settle(evidence(0.4, 0.35, none=0.2), team, lines_of=lines_of)
    assert [each.commit.sha for each in verdict.suspects] == ["b", "a"]


@pytest.mark.parametrize("place", [("shop/prices.py", 11), ("no/such.py", 1)])
def test_citations_that_do_not_exist_are_discarded_and_the_claim_counts_nothing(place: tuple[str, int]) -> None:
    alone = settle(evidence(0.4, none=0.4), lines_of=lines_of)
    verdict = settle(evidence(0.4, none=0.4), [said("developer", "a", True, place)], lines_of=lines_of)
    assert verdict.opinions[0].citations == ()
    assert verdict.suspects[0].probability == pytest.approx(alone.suspects[0].probability)
    assert "0 of 1 cited places exist at the deployed revision" in verdict.confidence.basis


def test_a_citation_of_a_commit_outside_the_window_is_discarded() -> None:
    cited = said("developer", "a", True).model_copy(
        update={"citations": (Citation(path="shop/prices.py", line=6, commit="y"),)}
    )
    assert settle(evidence(0.4, none=0.4), [cited], lines_of=lines_of).opinions[0].citations == ()


def test_an_opinion_about_no_candidate_is_dropped() -> None:
    verdict = settle(evidence(0.4, none=0.4), [said("zero_shot", "z", True)], lines_of=lines_of)
    assert verdict.opinions == ()
    assert verdict.mode == "evidence"


@pytest.mark.parametrize("named", [None, "z", "unheard-of"])
def test_a_judge_that_names_no_candidate_is_not_followed(named: str | None) -> None:
    opinions = [said("zero_shot", "a", True)]
    without = settle(evidence(0.45, none=0.45), opinions, lines_of=lines_of)
    advised = settle(evidence(0.45, none=0.45), opinions, Advice(decision="culprit", commit=named), lines_of=lines_of)
    assert advised.confidence.probability == without.confidence.probability
    assert (
        "the SRE manager named no candidate of this deploy, so its advice was not counted" in advised.confidence.basis
    )


def test_the_rubric_can_take_a_yes_away_but_never_add_one() -> None:
    opinions = [said("zero_shot", "a", True)]
    poor = Advice(scores=(Score(agent="zero_shot", commit="a", points=1),))
    rich = Advice(scores=(Score(agent="zero_shot", commit="a", points=12),))
    plain = settle(evidence(0.4, none=0.4), opinions, lines_of=lines_of).suspects[0].probability
    assert settle(evidence(0.4, none=0.4), opinions, poor, lines_of=lines_of).suspects[0].probability < plain
    assert settle(evidence(0.4, none=0.4), opinions, rich, lines_of=lines_of).suspects[0].probability == plain


def test_the_last_word_of_an_agent_counts() -> None:
    first, second = said("developer", "a", True, ("shop/prices.py", 6)), said("developer", "a", False)
    verdict = settle(evidence(0.4, none=0.4), [first, second], lines_of=lines_of)
    assert [each.caused for each in verdict.opinions] == [False]


def test_who_spoke_and_could_not_be_asked_again_is_still_heard_and_named_as_unreached() -> None:
    word = said("developer", "a", True, ("shop/prices.py", 6))
    silent = Opinion(agent="developer", commit="a", caused=None, abstained="no answer", unreached=True)
    verdict = settle(evidence(0.4, none=0.4), [word, silent], lines_of=lines_of)
    assert verdict.opinions == (word,)
    assert (verdict.mode, verdict.unreached) == ("agents", ("developer",))


def test_an_abstention_is_kept_but_counts_nothing() -> None:
    silent = Opinion(agent="zero_shot", commit="a", caused=None, abstained="the language model did not answer")
    verdict = settle(evidence(0.6, none=0.3), [silent], lines_of=lines_of)
    assert verdict.mode == "evidence"
    assert verdict.opinions == (silent,)


def test_nothing_deployed_is_said_so() -> None:
    empty = Evidence(trace=TRACE, base="0", deployed="0", none_probability=1.0)
    verdict = settle(empty, lines_of=lines_of)
    assert verdict.reason == "Nothing was deployed between the two revisions."
    assert "older base" in verdict.next_step
