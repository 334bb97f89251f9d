import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tools.ranking.ranker import Weight, Weights, load_weights, rank
from tools.signals.registry import NONE, SIGNS, meanings, names

WEIGHTS = Weights(
    signals={"wrote_failing_line": Weight(weight=3.0), "size": Weight(weight=-1.0)}, none={"always": Weight(weight=1.0)}
)
VALUES = st.dictionaries(st.sampled_from(names()), st.floats(0, 1), max_size=8)


def test_the_commit_with_more_evidence_is_likelier() -> None:
    found = rank([{"wrote_failing_line": 1.0}, {"size": 1.0}], {"always": 1.0}, WEIGHTS)
    assert found.commits[0] > found.none > found.commits[1]


def test_without_commits_none_is_certain() -> None:
    assert rank([], {"always": 1.0}, WEIGHTS).none == 1.0


@given(st.lists(VALUES, max_size=12))
def test_probabilities_sum_to_one_and_ignore_the_order(rows: list[dict[str, float]]) -> None:
    there, back = rank(rows, {"always": 1.0}), rank(rows[::-1], {"always": 1.0})
    assert sum(there.commits) + there.none == pytest.approx(1)
    assert there.commits == pytest.approx(back.commits[::-1])


def test_the_shipped_weights_know_every_signal_and_keep_their_signs() -> None:
    weights = load_weights()
    assert set(weights.signals) == set(names())
    assert set(weights.none) == set(NONE)
    assert all(weight.weight * SIGNS[name] >= 0 for name, weight in weights.signals.items())
    assert all(weight.meaning for weight in weights.signals.values())


def test_every_signal_says_what_it_measures() -> None:
    assert all(meanings().values())
    assert len(set(names())) == len(names())


def test_a_file_that_is_no_weights_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    file.write_text(json.dumps({"signals": 3}))
    with pytest.raises(ValidationError):
        load_weights(file)
