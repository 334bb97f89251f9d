"""With which weights a team is heard: the model's record, or what counts for all that agree, whatever figures they invent."""

from collections.abc import Sequence

from graph.settle import settle
from incidents.advice import Advice
from incidents.opinion import Opinion
from tests.graph.both_ends import read
from tests.graph.records import RIGHT, reliability
from tests.graph.settling import MESSAGE, NotArriving, Ties, evidence, lines_of, team

ADVISES_B = Advice(decision="culprit", commit="b")


def moderate(opinions: Sequence[Opinion]) -> list[Opinion]:
    """The same opinions from agents that invent no high figure."""
    return [each.model_copy(update={"probability": 0.65 if each.caused else 0.35}) for each in opinions]


def test_a_good_record_counts_and_not_the_probability_that_an_agent_states() -> None:
    opinions = moderate(team("b", ("shop/prices.py", 4), ("shop/prices.py", 6), others="a"))
    seen, known = evidence(0.02, 0.01, none=0.97), reliability(RIGHT)
    alone = settle(seen, opinions, ADVISES_B, lines_of=lines_of, steps=Ties())
    heard = settle(seen, opinions, ADVISES_B, lines_of=lines_of, steps=Ties(), reliability=known)
    assert (alone.culprit, heard.culprit) == (None, "b")


def test_that_all_agree_counts_and_not_the_probability_that_each_states() -> None:
    opinions = moderate(read(team("b", ("shop/prices.py", 4), others="a")))
    seen = evidence(0.1, 0.01, none=0.85, seen=MESSAGE, instead=())

    def outcome(*, found: bool) -> str:
        steps = NotArriving(found=found)
        return settle(seen, opinions, ADVISES_B, lines_of=lines_of, steps=steps).outcome

    assert outcome(found=False) == "not_enough"
    assert outcome(found=True) == "culprit"


def test_the_answer_that_git_gives_too_keeps_its_word_and_nothing_is_said_against_it() -> None:
    opinions = team("a", ("shop/prices.py", 6), others="b")
    verdict = settle(
        evidence(0.9, 0.02, none=0.05),
        opinions,
        Advice(decision="culprit", commit="a"),
        lines_of=lines_of,
        steps=Ties(),
    )
    assert (verdict.culprit, verdict.confidence.word, verdict.mode) == ("a", "high", "agents")
    assert not any(each.startswith("the opinions point to") for each in verdict.confidence.basis)


def test_opinions_that_state_nothing_where_git_states_nothing_point_to_nobody() -> None:
    opinions = moderate(team("b")[:1])
    verdict = settle(evidence(0.35, 0.33, none=0.2), opinions, lines_of=lines_of, steps=Ties())
    assert (verdict.outcome, verdict.mode) == ("unsure", "agents")
    assert not any(each.startswith("the opinions point to") for each in verdict.confidence.basis)


def test_the_record_of_both_who_are_followed_is_told() -> None:
    opinions = team("b", ("shop/prices.py", 4), ("shop/prices.py", 6), others="a")
    seen = evidence(0.02, 0.01, none=0.97)
    verdict = settle(seen, opinions, ADVISES_B, lines_of=lines_of, steps=Ties(), reliability=reliability(RIGHT))
    told = [each for each in verdict.confidence.basis if each.startswith("on ")]
    assert told == [
        f"on 40 labelled incidents the {name} accused 19 of 20 guilty commits and 2 of 60 innocent ones"
        for name in ("developer", "SRE manager")
    ]
