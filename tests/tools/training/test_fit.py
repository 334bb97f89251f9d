import pytest

from tools.ranking.ranker import Weight, Weights, rank, tempered
from tools.training.cross_validation import best_temperature
from tools.training.fit import Lesson, Problem, fit


def _lesson(number: int, culprit: int | None) -> Lesson:
    rows = [{"good": float(place == culprit), "noise": (number * 7 + place) % 3 / 2} for place in range(5)]
    return Lesson(f"repo{number % 4}", str(number), tuple(rows), {"always": 1.0}, culprit, 1.0, True)


LESSONS = [_lesson(number, number % 5 if number % 2 else None) for number in range(60)]


def test_the_signal_that_tells_gets_the_weight() -> None:
    found = fit(LESSONS, ["good", "noise"], ["always"], {"good": 1, "noise": 0})
    assert found.signals["good"] > 2
    assert abs(found.signals["noise"]) < 1
    weights = Weights(
        signals={name: Weight(weight=w) for name, w in found.signals.items()},
        none={name: Weight(weight=w) for name, w in found.none.items()},
    )
    for lesson in LESSONS:
        chances = rank(lesson.commits, lesson.window, weights)
        assert chances.none == max(chances.none, *chances.commits) if lesson.culprit is None else True
        assert lesson.culprit is None or chances.commits[lesson.culprit] == max(chances.none, *chances.commits)


def test_a_sign_is_kept_even_against_the_lessons() -> None:
    found = fit(LESSONS, ["good", "noise"], ["always"], {"good": -1, "noise": 1})
    assert found.signals["good"] <= 0 <= found.signals["noise"]


def test_a_signal_no_lesson_shows_keeps_what_was_expected_of_it() -> None:
    found = fit(LESSONS, ["good", "unseen"], ["always"], {"good": 1, "unseen": 1}, {"unseen": 3.0})
    assert found.signals["unseen"] == pytest.approx(3.0)


def test_a_temperature_of_one_changes_nothing() -> None:
    weights = Weights(signals={"good": Weight(weight=2.0)}, none={"always": Weight(weight=1.0)})
    chances = rank(LESSONS[1].commits, LESSONS[1].window, weights)
    assert tempered(chances, 1.0).commits == pytest.approx(chances.commits)


def test_overconfidence_is_cooled() -> None:
    weights = Weights(signals={"noise": Weight(weight=9.0)}, none={"always": Weight(weight=1.0)})
    chances = [(lesson, rank(lesson.commits, lesson.window, weights)) for lesson in LESSONS]
    assert best_temperature(chances) > 1


def test_where_the_search_starts_changes_no_weight() -> None:
    problem = Problem(LESSONS, ["good", "noise"], ["always"], {"good": 1, "noise": 0}, {}, frozenset())
    cold, warm = problem.solve("repo1"), problem.solve("repo1", problem.solve())
    others = [lesson for lesson in LESSONS if lesson.repo != "repo1"]
    alone = fit(others, ["good", "noise"], ["always"], {"good": 1, "noise": 0})
    assert warm.signals == pytest.approx(cold.signals, abs=1e-3)
    assert warm.none == pytest.approx(cold.none, abs=1e-3)
    assert cold.signals == pytest.approx(alone.signals, abs=1e-9)
