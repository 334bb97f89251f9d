import pytest

from tools.training.paired import kappa, mcnemar, mean_difference


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    # By hand: two-sided binomial with p = 0.5.
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 2 / 32), (8, 2, 2 * (1 + 10 + 45) / 1024), (6, 6, 1.0)],
)
def test_mcnemars_exact_test(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(p)
    assert mcnemar(lost, gained) == mcnemar(gained, lost)


def test_mcnemars_test_of_many_incidents_does_not_overflow() -> None:
    assert 0.0 <= mcnemar(30_000, 20_000) < 1e-100
    assert mcnemar(25_000, 25_000) == pytest.approx(1.0)


def test_the_interval_holds_the_mean_and_narrows_with_more_incidents() -> None:
    few, many = mean_difference([1.0, 0.0, 0.0, 0.0] * 5), mean_difference([1.0, 0.0, 0.0, 0.0] * 500)
    assert few.value == many.value == 0.25
    assert few.low < 0.25 < few.high
    assert many.high - many.low < (few.high - few.low) / 5
    assert mean_difference([]) == (0.0, 0.0, 0.0)


def test_the_interval_is_the_same_for_the_same_input() -> None:
    assert mean_difference([1.0, -1.0, 0.0] * 30) == mean_difference([1.0, -1.0, 0.0] * 30)


def test_agreement_beyond_chance() -> None:
    # Cohen's own example has this form: 20 + 15 agree of 50, chance 0.5: (0.7 - 0.5) / 0.5.
    pairs = [("yes", "yes")] * 20 + [("no", "no")] * 15 + [("yes", "no")] * 5 + [("no", "yes")] * 10
    found = kappa(pairs)
    assert found.value == pytest.approx(0.4)
    assert found.low < found.value < found.high
    assert kappa([("yes", "yes")] * 9).value == 1.0
    assert kappa([("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no")]).value == 0.0
