"""Where changed lines stand is found once for each file and its changes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.repositories import Change, build
from tools.commits.analysis import ReadCommit
from tools.commits.touched_lines import Between, Touch, touches_of
from tools.git.repository import Repository
from tools.impact.commit_facts import CommitFacts
from tools.ranking.gather import read_context
from tools.text.cache import clear_all
from tools.traces import PathIndex, map_to_repository, parse

THINGS = "class ShopBasket:\n    def weigh(self):\n        return 3\n\n    def count(self):\n        return 4\n"
VIEW = "def show(basket):\n    return basket.weigh()\n\n\ndef other(basket):\n    return basket.count()\n"
CHANGES: list[Change] = [
    {"files": {"shop/things.py": THINGS, "shop/view.py": VIEW}, "message": "Start"},
    {"files": {"shop/things.py": THINGS.replace("3", "0")}, "message": "Weigh less"},
    {"files": {"shop/things.py": THINGS.replace("3", "0").replace("4", "5")}, "message": "Count more"},
]


def facts(repository: Repository, shas: list[str], function: str, line: int) -> list[CommitFacts]:
    """The facts of the commits about an error in one function of `shop/view.py`."""
    text = f'Traceback (most recent call last):\n  File "/srv/shop/view.py", line {line}, in {function}\nKeyError: 1\n'
    deployed = shas[-1]
    trace = map_to_repository(parse(text), PathIndex(repository.paths(deployed)))
    return list(read_context(repository, [repository.commit(sha) for sha in shas], deployed, trace).changes)


def reached(changes: list[CommitFacts]) -> list[list[str]]:
    return [[each.name for each in change.reached] for change in changes]


def test_another_error_of_the_deploy_is_answered_from_the_cache_and_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build(tmp_path, CHANGES)
    repository, shas = Repository.open(built.path), list(built.shas[1:])
    searched: list[str] = []

    def searching(
        read: Sequence[ReadCommit], path: str, length: int, *, judge: bool = True, between: Between | None = None
    ) -> tuple[Touch, ...]:
        searched.append(path)
        return touches_of(read, path, length, judge=judge, between=between)

    monkeypatch.setattr("tools.impact.changed_definitions.touches_of", searching)
    clear_all()
    one, other = facts(repository, shas, "show", 2), facts(repository, shas, "other", 6)
    assert searched == ["shop/things.py"]
    assert (reached(one), reached(other)) == ([["weigh"], []], [[], ["count"]])
    clear_all()
    assert facts(repository, shas, "other", 6) == other
    assert searched == ["shop/things.py"] * 2


def test_another_window_is_searched_anew(tmp_path: Path) -> None:
    built = build(tmp_path, CHANGES)
    repository, shas = Repository.open(built.path), list(built.shas[1:])
    clear_all()
    assert reached(facts(repository, shas[1:], "show", 2)) == [[]]
    assert reached(facts(repository, shas, "show", 2)) == [["weigh"], []]
    assert reached(facts(repository, shas[:1], "show", 2)) == [["weigh"]]
