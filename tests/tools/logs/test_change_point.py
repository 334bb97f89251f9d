"""When it began: chance is no beginning, and a real one lies within its interval."""

import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.logs.change_point import Histogram, find_change, usual_rhythm

START = datetime(2026, 11, 23, tzinfo=UTC)


def histogram(counts: Sequence[int], usual: tuple[float, ...] | None = None) -> Histogram:
    return Histogram(START, timedelta(minutes=5), tuple(counts), usual)


def drawn(rate: Callable[[int], float], seed: int, size: int = 288) -> list[int]:
    """Poisson counts of a varying rate (Knuth's method)."""
    chance = random.Random(seed)

    def one(mean: float) -> int:
        bound, product, count = math.exp(-mean), chance.random(), 0
        while product > bound:
            product *= chance.random()
            count += 1
        return count

    return [one(rate(n)) for n in range(size)]


def share(found: Sequence[object]) -> float:
    return sum(bool(each) for each in found) / len(found)


@pytest.mark.parametrize("rate", [0.05, 1.0, 20.0])
def test_steady_noise_has_no_beginning(rate: float) -> None:
    assert share([find_change(histogram(drawn(lambda n: rate, seed))) for seed in range(40)]) <= 0.05


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.5), (0.2, 3.0), (2.0, 5.0), (10.0, 16.0)])
def test_the_interval_of_a_sudden_rise_holds_its_beginning(before: float, after: float) -> None:
    held = []
    for seed in range(30):
        start = 60 + 5 * seed
        change = find_change(histogram(drawn(lambda n, s=start: after if n >= s else before, seed)))  # type: ignore[misc]
        held.append(change is not None and change.earliest - 1 <= start <= change.latest + 1 and change.end is None)
    assert share(held) >= 0.9


def test_a_slow_leak_is_told_from_a_step_and_its_beginning_found() -> None:
    found = [find_change(histogram(drawn(lambda n: 0.5 + 0.05 * max(0, n - 150), seed))) for seed in range(20)]
    assert share([each and each.shape == "gradual" and each.earliest <= 150 <= each.latest for each in found]) >= 0.9


def test_an_episode_that_ended_has_both_ends() -> None:
    change = find_change(histogram([0] * 50 + [7] * 10 + [0] * 40))
    assert change is not None
    assert (change.start, change.end, change.shape) == (50, 60, "sudden")
    assert change.rate_before == 0
    assert change.rate_after == pytest.approx(7)


def test_an_earlier_wave_is_another_incident() -> None:
    counts = [0] * 50 + [9] * 10 + [0] * 100 + [4] * 5
    change = find_change(histogram(counts), near=162)
    assert change is not None
    assert change.start == 160


def test_the_usual_rhythm_of_the_day_is_no_beginning() -> None:
    def by_hour(n: int) -> float:
        return 4.0 - 3.0 * math.cos(2 * math.pi * n / 288)

    rhythm = usual_rhythm(drawn(by_hour, 1))
    assert find_change(histogram(drawn(by_hour, 2))) is not None
    assert find_change(histogram(drawn(by_hour, 2), rhythm)) is None


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), max_size=80))
def test_what_is_found_lies_in_the_histogram_and_is_a_rise(counts: list[int]) -> None:
    change = find_change(histogram(counts))
    if change is not None:
        assert 0 < change.earliest <= change.start <= change.latest < len(counts)
        assert change.end is None or change.start < change.end < len(counts)
        assert change.rate_after > change.rate_before
        assert change.gain > 0


@settings(deadline=None)
@given(st.integers(3, 60), st.integers(1, 200), st.integers(2, 20))
def test_a_new_error_begins_with_its_first_bucket(start: int, each: int, length: int) -> None:
    change = find_change(histogram([0] * start + [each] * length))
    if change is not None:
        assert change.start == start


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=13, max_size=300))
def test_weights_of_a_rhythm_are_positive_with_mean_one(baseline: list[int]) -> None:
    weights = usual_rhythm(baseline)
    if weights is not None:
        assert min(weights) > 0
        assert sum(weights) / len(weights) == pytest.approx(1)


def test_nothing_is_made_of_nothing() -> None:
    assert find_change(histogram([])) is None
    assert find_change(histogram([0] * 100)) is None
    with pytest.raises(ValueError, match="larger width"):
        find_change(histogram([1] * 1_000))
