"""What is cited counts when it exists."""

import pytest

from graph.settle import settle
from incidents.opinion import Citation
from tests.graph.settling import evidence, lines_of, said


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
