"""Copies of an incident of which less can be seen."""

from pathlib import Path

import pytest

from incidents.trace import StackTrace
from tests.repositories import Built, Change, build
from tools.git.repository import Repository
from tools.traces import parse
from tools.traces.places.paths import PathIndex, map_to_repository
from tools.training import degraded
from tools.training.degraded import copies

CART = "def total(prices):\n    return mean(prices)\n\n\ndef mean(prices):\n    return sum(prices) / len(prices)\n"
LONGER = "import math\n\n\n" + CART
TRACE = """Traceback (most recent call last):
  File "/srv/shop/cart.py", line 5, in total
    return mean(prices)
  File "/srv/shop/cart.py", line 9, in mean
    return sum(prices) / len(prices)
  File "/usr/lib/python3.11/numbers.py", line 3, in __truediv__
    raise ZeroDivisionError
ZeroDivisionError: division by zero
"""
CHANGES: list[Change] = [{"files": {"shop/cart.py": CART}}, {"files": {"shop/cart.py": LONGER}}]


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """A file that has grown at its top."""
    return build(tmp_path, CHANGES)


def every(built: Built, monkeypatch: pytest.MonkeyPatch) -> dict[str, StackTrace]:
    """Each kind of copy of the same incident, mapped."""
    monkeypatch.setattr(degraded, "_ONE_OF", tuple((kind,) for kinds in degraded._ONE_OF for kind in kinds))
    repository = Repository.open(built.path)
    index = PathIndex(repository.paths(built.shas[1]))
    mapped = map_to_repository(parse(TRACE), index)
    found = copies(repository, built.shas[0], built.shas[1], TRACE, mapped)
    return {quality: map_to_repository(trace, index) for quality, trace in found}


def places(trace: StackTrace) -> list[tuple[str | None, int | None]]:
    return [(frame.repo_path, frame.line) for frame in trace.frames]


def test_each_kind_takes_away_what_it_is_named_after(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    found = every(built, monkeypatch)
    whole = [(None, 3), ("shop/cart.py", 9), ("shop/cart.py", 5)]
    assert places(found["cut"]) in (whole[:1], whole[:2])
    assert places(found["outer"]) == whole[2:]
    assert places(found["library"]) == whole[:1]
    assert (places(found["message"]), found["message"].exception) == ([], "ZeroDivisionError")
    assert (places(found["words"]), found["words"].exception) == ([], None)
    assert found["words"].message == "division by zero"
    assert places(found["wrapped"]) == whole


def test_lines_are_those_of_the_base_or_moved_together(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    found = every(built, monkeypatch)
    assert places(found["other_lines"])[1:] == [("shop/cart.py", 6), ("shop/cart.py", 2)]
    (_, (_, inner), (_, outer)) = places(found["shifted"])
    assert inner is not None
    assert outer is not None
    assert inner != 9
    assert all(frame.source is None for frame in found["shifted"].frames if frame.in_app)


def test_the_same_incident_always_has_the_same_copies(built: Built) -> None:
    repository = Repository.open(built.path)
    mapped = map_to_repository(parse(TRACE), PathIndex(repository.paths(built.shas[1])))
    first, second = (list(copies(repository, built.shas[0], built.shas[1], TRACE, mapped)) for _ in range(2))
    assert first == second
    assert len(first) == len(degraded._ONE_OF)
