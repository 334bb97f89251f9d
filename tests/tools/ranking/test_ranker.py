import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tools.ranking.ranker import Weight, Weights, load_weights, rank
from tools.signals.registry import SIGNALS, WINDOW_FEATURES

WEIGHTS = Weights(
    signals={"wrote_any_new_line": Weight(weight=3.0), "size": Weight(weight=-1.0)}, none={"always": Weight(weight=1.0)}
)
VALUES = st.dictionaries(st.sampled_from(list(SIGNALS)), st.floats(0, 1), max_size=8)


def test_the_commit_with_more_evidence_is_likelier() -> None:
    found = rank([{"wrote_any_new_line": 1.0}, {"size": 1.0}], {"always": 1.0}, WEIGHTS)
    assert found.commits[0] > found.none > found.commits[1]


def test_without_commits_none_is_certain() -> None:
    assert rank([], {"always": 1.0}, WEIGHTS).none == 1.0


@given(st.lists(VALUES, max_size=12))
def test_probabilities_sum_to_one_and_ignore_the_order(rows: list[dict[str, float]]) -> None:
    there, back = rank(rows, {"always": 1.0}), rank(rows[::-1], {"always": 1.0})
    assert sum(there.commits) + there.none == pytest.approx(1)
    assert there.commits == pytest.approx(back.commits[::-1])


def test_the_shipped_weights_are_those_of_the_declared_signals() -> None:
    weights = load_weights()
    declared = {name: each.meaning for name, each in SIGNALS.items()}
    assert {name: weight.meaning for name, weight in weights.signals.items()} == declared
    features = {name: each.meaning for name, each in WINDOW_FEATURES.items()}
    assert {name: weight.meaning for name, weight in weights.none.items()} == features


def test_every_shipped_weight_keeps_the_sign_of_its_signal_and_none_is_zero() -> None:
    for name, weight in load_weights().signals.items():
        assert weight.weight * (SIGNALS[name].direction or weight.weight) > 0, name


def test_a_file_that_is_no_weights_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    file.write_text(json.dumps({"signals": 3}))
    with pytest.raises(ValidationError):
        load_weights(file)
