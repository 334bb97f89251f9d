"""What an incident teaches: its own window, and others cut from the same history."""

from pathlib import Path

from tests.repositories import Built, Change, build
from tools.git.repository import Repository
from tools.traces import parse
from tools.training.examples import Labelled, study

CART = "def total(prices):\n    return sum(prices) / len(prices)\n"
BROKEN = CART.replace("len(prices)", "prices.size")
TRACE = """Traceback (most recent call last):
  File "/srv/shop/cart.py", line 2, in total
    return sum(prices) / prices.size
AttributeError: 'list' object has no attribute 'size'
"""
QUIET: list[Change] = [{"files": {"shop/mail.py": f"x = {number}\n"}} for number in range(1, 6)]
CHANGES: list[Change] = [
    {"files": {"shop/cart.py": BROKEN, "shop/mail.py": "x = 0\n"}},
    {"files": {"shop/cart.py": CART}, "message": "Count"},
    {"files": {"shop/cart.py": BROKEN}, "message": 'Revert "Count"'},
    *QUIET,
]


def _case(built: Built, base: int, culprit: int | None, weight: float = 1.0) -> Labelled:
    name = built.shas[culprit] if culprit is not None else None
    return Labelled("one", "acme/shop", built.shas[base], built.shas[-1], name, parse(TRACE), weight=weight)


def test_a_window_knows_of_no_revert_that_crosses_its_base(tmp_path: Path) -> None:
    built = build(tmp_path, CHANGES)
    repository = Repository.open(built.path)
    inside = study(repository, _case(built, 0, 2)).context.changes
    assert (inside[0].reverted_by, inside[1].reverts) == (built.shas[2], built.shas[1])
    outside = study(repository, _case(built, 1, 2)).context.changes
    assert outside[0].commit.sha == built.shas[2]
    assert outside[0].reverts is None


def test_every_window_of_an_incident_counts_as_much_as_the_incident(tmp_path: Path) -> None:
    built = build(tmp_path, CHANGES)
    repository = Repository.open(built.path)
    whole, half = (study(repository, _case(built, 1, 2, weight)).lessons for weight in (1.0, 0.5))
    assert len(whole) == len(half) > 2
    assert [lesson.weight for lesson in half] == [lesson.weight / 2 for lesson in whole]
    assert [lesson.weight for lesson in whole if lesson.given] == [1.0]
