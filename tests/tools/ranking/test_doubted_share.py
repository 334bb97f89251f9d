"""What commits that changed what the error speaks of have at least, beside "none of these"."""

import math

import pytest

from tests.tools.ranking.impacts import commit
from tools.ranking.doubts import SHARE, with_doubts
from tools.ranking.ranker import Probabilities, load_weights
from tools.ranking.suspects import Candidate, sort_out


def test_the_share_is_taken_from_none_of_these_and_from_its_older_commits_alone() -> None:
    found = with_doubts(Probabilities((0.08, 0.0, 0.02), 0.9, (0.6, 0.3)), [1, 2])
    assert found.commits[0] == 0.08
    assert found.commits[1] + found.commits[2] == pytest.approx(SHARE * 0.92)
    assert found.commits[2] - found.commits[1] == pytest.approx(0.02)
    assert math.fsum((*found.commits, found.none)) == pytest.approx(1.0)
    assert math.fsum(found.earlier) == pytest.approx(found.none)


@pytest.mark.parametrize(("mine", "none", "doubted"), [(0.3, 0.7, [0]), (0.2, 0.8, [0]), (0.01, 0.99, [])])
def test_nothing_moves_where_they_have_as_much_or_nobody_is_doubted(
    mine: float, none: float, doubted: list[int]
) -> None:
    found = Probabilities((mine,), none)
    assert with_doubts(found, doubted) == found


def test_who_has_no_other_reason_is_a_suspect_with_what_it_did() -> None:
    rows = [Candidate(commit("a"), 0.2, ()), Candidate(commit("b"), 0.01, ())]
    (suspect,), (other,) = sort_out(rows, load_weights(), "message", {"a": "Changed the port."})
    assert suspect.reasons == ("Changed the port.",)
    assert other.commit.sha == "b"
