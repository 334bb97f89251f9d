"""With which weights a team is heard: the model's record, or what counts for all that agree, whatever figures they invent."""

from collections.abc import Sequence

from graph.settle import settle
from incidents.advice import Advice
from incidents.opinion import Opinion
from tests.graph.settling import MESSAGE, NotArriving, Ties, evidence, lines_of, team
from tests.graph.test_agreement import read
from tests.graph.test_reliability import RIGHT, reliability

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

    assert (outcome(found=True), outcome(found=False)) == ("unsure", "not_enough")
