"""Where changed lines stand is found once for each file and its changes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.repositories import Change, build
from tools.commits.analysis import ReadCommit, read_commit
from tools.commits.touched_lines import Between, Touch, touches_of
from tools.git.repository import Repository
from tools.impact.changed_definitions import constant_of
from tools.impact.commit_facts import CommitFacts
from tools.ranking.gather import read_context
from tools.source.outline import Outline
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


CONF = "class Conf:\n    name = 'a'\n    most = 3\n    rate = 1\n"
SHOP = "from shop.things import Conf\n\n\ndef show(day):\n    return day.strftime(Conf.name)\n"


@pytest.mark.parametrize(("old", "told"), [("'a'", "name"), ("3", "most"), ("1", "rate")])
def test_a_replaced_field_is_the_changed_one_and_not_the_one_below(tmp_path: Path, old: str, told: str) -> None:
    files = {"shop/things.py": CONF, "shop/view.py": SHOP}
    built = build(tmp_path, [{"files": files}, {"files": {"shop/things.py": CONF.replace(old, "None")}}])
    repository = Repository.open(built.path)
    outline = Outline("shop/things.py", repository.text(built.shas[1], "shop/things.py") or "")

    (touch,) = touches_of(
        [read_commit(repository, built.shas[1], ["shop/things.py"])], "shop/things.py", len(outline.lines)
    )

    assert {found.name for row in touch.lines if (found := constant_of(outline, row))} == {told}


def test_who_names_a_class_does_not_use_each_of_its_fields(tmp_path: Path) -> None:
    files = {"shop/things.py": CONF.replace("Conf", "ShopConf"), "shop/view.py": SHOP.replace("Conf", "ShopConf")}
    other = {"shop/things.py": files["shop/things.py"].replace("3", "4")}
    built = build(tmp_path, [{"files": files}, {"files": other}])

    assert reached(facts(Repository.open(built.path), [built.shas[1]], "show", 5)) == [["ShopConf"]]
