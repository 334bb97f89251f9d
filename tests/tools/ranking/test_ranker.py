import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tools.ranking.ranker import Probabilities, Weight, Weights, load_weights, rank, tempered
from tools.signals.registry import SIGNALS, WINDOW_FEATURES

WEIGHTS = Weights(
    signals={"wrote_any_new_line": Weight(weight=3.0), "size": Weight(weight=-1.0)}, none={"always": Weight(weight=1.0)}
)
VALUES = st.dictionaries(st.sampled_from(list(SIGNALS)), st.floats(0, 1), max_size=8)


def test_the_commit_with_more_evidence_is_likelier() -> None:
    found = rank([{"wrote_any_new_line": 1.0}, {"size": 1.0}], {"always": 1.0}, WEIGHTS)
    assert found.commits[0] > found.none > found.commits[1]


def test_commits_of_the_window_and_from_before_share_one_softmax_with_none() -> None:
    weights = Weights(signals={"a": Weight(weight=1.0)}, none={"always": Weight(weight=0.5)})
    found = rank([{"a": 1.0}, {"a": -1.0}], {"always": 1.0}, weights, [{"a": 2.0}, {"a": 0.0}])
    total = sum(math.exp(score) for score in (1.0, -1.0, 2.0, 0.0, 0.5))
    assert found.commits == pytest.approx((math.exp(1.0) / total, math.exp(-1.0) / total))
    assert found.earlier == pytest.approx((math.exp(2.0) / total, 1 / total))
    assert found.none == pytest.approx((math.exp(0.5) + math.exp(2.0) + 1) / total)


def test_a_temperature_divides_the_log_probabilities_and_leaves_the_shares_of_none() -> None:
    found = tempered(Probabilities((0.64, 0.0), 0.36, (0.1,)), 2.0)
    total = 0.8 + 0.6 + 1e-6
    assert found.commits == pytest.approx((0.8 / total, 1e-6 / total))
    assert found.none == pytest.approx(0.6 / total)
    assert found.earlier == (0.1,)
    assert tempered(Probabilities((1.0,), 0.0), 2.0).none == pytest.approx(1e-6)


def test_the_stored_temperature_is_applied() -> None:
    cool, warm = (WEIGHTS.model_copy(update={"temperature": each}) for each in (1.0, 2.0))
    there, back = (rank([{"wrote_any_new_line": 1.0}], {"always": 1.0}, each) for each in (cool, warm))
    assert back.commits[0] == pytest.approx(tempered(there, 2.0).commits[0])
    assert back.commits[0] < there.commits[0]


def test_without_commits_none_is_certain() -> None:
    assert rank([], {"always": 1.0}, WEIGHTS).none == 1.0


@given(st.lists(VALUES, max_size=12))
def test_probabilities_sum_to_one_and_ignore_the_order(rows: list[dict[str, float]]) -> None:
    there, back = rank(rows, {"always": 1.0}), rank(rows[::-1], {"always": 1.0})
    assert sum(there.commits) + there.none == pytest.approx(1)
    assert there.commits == pytest.approx(back.commits[::-1])


FACTS = {
    "kept_path",
    "changed_what_gives_value",
    "only_texts",
}  # `graph.ruling` asks for them by name; they do not move the score


def test_the_shipped_weights_are_those_of_the_declared_signals() -> None:
    weights = load_weights()
    declared = {name: each.meaning for name, each in SIGNALS.items() if name not in FACTS}
    assert {name: weight.meaning for name, weight in weights.signals.items()} == declared
    features = {name: each.meaning for name, each in WINDOW_FEATURES.items()}
    assert {name: weight.meaning for name, weight in weights.none.items()} == features


def test_every_shipped_weight_moves_the_score_and_keeps_the_sign_of_its_signal() -> None:
    for name, shipped in load_weights().signals.items():
        assert shipped.weight * (SIGNALS[name].direction or shipped.weight) > 0, name


def test_a_file_that_is_no_weights_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    file.write_text(json.dumps({"signals": 3}))
    with pytest.raises(ValidationError):
        load_weights(file)
