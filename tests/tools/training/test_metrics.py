from dataclasses import replace

import pytest

from tools.training.metrics import Judged, by_marks, percentile_95, summarise


def _judged(culprit: str | None, outcome: str, ranking: str, probability: float = 0.9) -> Judged:
    named = ranking[0] if outcome == "culprit" else None
    return Judged(
        id="x",
        repo="o/r",
        culprit=culprit,
        outcome=outcome,
        named=named,
        leading=named,
        probability=probability,
        ranking=tuple(ranking),
        seconds=1.0,
    )


def test_places_are_counted_over_incidents_with_a_culprit() -> None:
    summary = summarise(
        [
            _judged("a", "culprit", "abc"),
            _judged("b", "culprit", "abc"),
            _judged("z", "unsure", "abc"),
            _judged(None, "none", "abc"),
        ]
    )

    assert (summary.cases, summary.with_culprit) == (4, 3)
    assert summary.top1 == pytest.approx(1 / 3)
    assert summary.top3 == pytest.approx(2 / 3)
    assert summary.mrr == pytest.approx((1 + 0.5 + 0) / 3)
    assert summary.none_rate == 1.0
    assert summary.accuracy == pytest.approx(2 / 4)


def test_brier_rewards_honest_probabilities() -> None:
    sure_and_right = summarise([_judged("a", "culprit", "ab", 0.9)]).brier
    sure_and_wrong = summarise([_judged("b", "culprit", "ab", 0.9)]).brier

    assert sure_and_right == pytest.approx(0.01)
    assert sure_and_wrong == pytest.approx(0.81)


def test_unsure_is_never_right() -> None:
    assert not _judged("a", "unsure", "abc").right
    assert not _judged(None, "unsure", "abc").right


def test_nothing_measured_gives_no_numbers() -> None:
    summary = summarise([])

    assert summary.cases == 0
    assert summary.accuracy is summary.top1 is summary.brier is summary.seconds_p95 is None


def test_p95_is_interpolated() -> None:
    assert percentile_95([3.0]) == 3.0
    assert percentile_95([float(n) for n in range(101)]) == pytest.approx(95.0)


def test_what_states_nothing_is_neither_right_nor_wrong() -> None:
    right, wrong = _judged("a", "culprit", "ab"), _judged("b", "culprit", "ab")
    open_cases = [replace(_judged("a", outcome, "ab"), stated=False) for outcome in ("unsure", "not_enough")]
    summary = summarise([right, wrong, *open_cases])
    assert (summary.stated_right, summary.stated_wrong, summary.not_stated) == (0.25, 0.25, 0.5)
    assert summary.accuracy == 0.25


def test_marks_of_the_incidents_make_rows_of_their_own() -> None:
    plain = _judged("a", "culprit", "ab")
    marked = [replace(plain, quality="cut", cause_kind="schema"), replace(plain, visibility="message"), plain]
    rows = by_marks(marked)
    assert {name: row.cases for name, row in rows.items()} == {
        "quality: cut": 1,
        "cause: schema": 1,
        "seen: message": 1,
    }
