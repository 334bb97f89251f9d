from pathlib import Path

import pytest

from incidents.errors import InputError
from service.render.calibration_chart import Bin
from service.rescoring.comparison import Compared, Comparison, Side, compare
from service.rescoring.gate import Gate, read_gate, violations
from service.rescoring.report import as_html, write_report
from service.settings.limits import Prices

A, B = "a" * 40, "b" * 40


def side(outcome: str = "culprit", culprit: str | None = A, **changed: object) -> Side:
    fields = {"outcome": outcome, "culprit": culprit, "word": "high", "probability": 0.9, "seconds": 1.0}
    return Side.model_validate(fields | changed)


def pair(number: int, before: Side, after: Side, truth: str | None = A, **changed: str) -> Compared:
    return Compared(
        incident=f"INC-{number}", service="shop", repository="shop", truth=truth, before=before, after=after, **changed
    )


NONE, UNSURE = side("none", None), side("unsure", None, word="low", probability=0.4)


def compared(**prices: float) -> Comparison:
    """Four labelled incidents (right/right, right/wrong, not stated/right, wrong/not stated) and one without a label."""
    pairs = [
        pair(1, side(calls=10, prompt_tokens=1_000_000), side(calls=5, prompt_tokens=500_000)),
        pair(2, side(), side(culprit=B)),
        pair(3, UNSURE, NONE, truth="none"),
        pair(4, side(culprit=B), UNSURE),
        pair(5, side(), NONE, truth=None, language="php", cause="dependency"),
    ]
    return compare("stored verdicts", "new", pairs, {"INC-6": "gone"}, Prices(**prices) if prices else None)


def test_what_is_right_wrong_and_not_stated_is_counted_over_the_labelled() -> None:
    found = compared()
    before, after = found.quality_before, found.quality_after
    assert (before.labelled, before.stated_right, before.stated_wrong, before.not_stated) == (4, 0.5, 0.25, 0.25)
    assert (after.stated_right, after.stated_wrong, after.not_stated) == (0.5, 0.25, 0.25)
    assert (found.difference.gained, found.difference.lost, found.difference.p_value) == (1, 1, 1.0)
    assert [each.incident for each in found.flips] == ["INC-2", "INC-3", "INC-4", "INC-5"]
    assert found.answers == {"culprit": {"culprit": 2, "none": 1, "unsure": 1}, "unsure": {"none": 1}}


def test_calls_tokens_and_price_are_added_up() -> None:
    found = compared(prompt_per_million=2.0, completion_per_million=8.0)
    assert (found.cost_before.calls, found.cost_after.calls) == (10, 5)
    assert (found.cost_before.price, found.cost_after.price) == (2.0, 1.0)
    assert compared().cost_after.price is None


def test_groups_are_by_service_repository_language_and_kind_of_cause() -> None:
    rows = {title: {row.name: row.incidents for row in rows} for title, rows in compared().groups.items()}
    assert rows == {
        "service": {"shop": 5},
        "repository": {"shop": 5},
        "language": {"not known": 4, "php": 1},
        "kind of cause": {"not known": 4, "dependency": 1},
    }


def test_what_is_said_stands_against_what_people_said() -> None:
    found = compared()
    assert found.confusion_before.commit == {"that commit": 2, "another commit": 1}
    assert found.confusion_before.none == {"unsure": 1}
    assert found.confusion_after.commit == {"that commit": 1, "another commit": 1, "unsure": 1}
    assert found.confusion_after.none == {"none": 1}


def test_what_was_stated_with_a_similar_probability_is_counted_together() -> None:
    (found,) = compared().calibration_before
    assert [found.said, found.right, found.number] == pytest.approx([0.9, 2 / 3, 3])
    certain = compare("a", "b", [pair(1, side(probability=1.0), side(probability=0.1))])
    assert certain.calibration_before == (Bin(1.0, 1.0, 1),)
    assert certain.calibration_after == (Bin(0.1, 1.0, 1),)


def test_a_short_id_of_a_person_names_the_same_commit() -> None:
    found = compare("a", "b", [pair(1, side(), side(), truth=A[:9])])
    assert found.quality_after.stated_right == 1.0


def test_the_gate_names_every_bound_that_is_not_kept() -> None:
    strict = Gate(labelled_at_least=4, stated_right_drop=0.0, lost_at_most=0, calls_factor=0.4)
    said = violations(strict, compared())
    assert said == (
        "model calls rose from 10 to 5, at most 0.4 times as many are allowed",
        "lost 1 incidents that were right, at most 0 may be lost",
        "1 incidents could not be judged, at most 0 may fail",
    )
    assert violations(Gate(failures_at_most=1), compared()) == ()
    assert violations(Gate(labelled_at_least=5, failures_at_most=1), compared()) == (
        "4 incidents are labelled, at least 5 must be",
    )


def test_a_loss_of_what_was_right_does_not_pass() -> None:
    found = compare("a", "b", [pair(1, side(), NONE), pair(2, side(), side())])
    assert violations(Gate(), found) == (
        "stated and right fell by 0.500, at most 0.000 is allowed",
        "stated and wrong rose by 0.500, at most 0.000 is allowed",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stated_right_drop = 2", "--gate: stated_right_drop: Input should be less than or equal to 1"),
        ("right_drop = 0", "--gate: right_drop: Extra inputs are not permitted; fields are labelled_at_least,"),
        ("not toml", "is no TOML"),
    ],
)
def test_a_gate_that_cannot_be_read_is_refused_by_field(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "gate.toml").write_text(text)
    with pytest.raises(InputError, match=said):
        read_gate(tmp_path / "gate.toml")


def test_a_gate_is_read_from_toml(tmp_path: Path) -> None:
    (tmp_path / "gate.toml").write_text("stated_right_drop = 0.02\nlost_at_most = 3\n")
    assert read_gate(tmp_path / "gate.toml") == Gate(stated_right_drop=0.02, lost_at_most=3)


def test_the_report_holds_both_reasonings_and_loads_nothing(tmp_path: Path) -> None:
    hostile = '<script>alert(1)</script> <img src="https://evil.example/x.png">'
    found = compare(
        "stored verdicts", "new", [pair(1, side(why=("It removed the guard.",)), side(culprit=B, why=(hostile,)))]
    )
    html, data, png = write_report(found, tmp_path / "out")
    assert png.read_bytes().startswith(b"\x89PNG")
    text = html.read_text(encoding="utf-8")
    assert "It removed the guard." in text
    assert "<script" not in text
    assert "<img" not in text
    assert "http-equiv" in text
    assert Comparison.model_validate_json(data.read_text(encoding="utf-8")) == found


def test_a_report_without_labels_says_that_it_cannot_tell_which_is_better() -> None:
    assert "nothing here says which run is better" in as_html(compare("a", "b", [pair(1, side(), NONE, truth=None)]))
