"""What a construction is given under a name or at a place is followed to the line that reads it, in every language."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.repositories import Change, build
from tests.tools.impact.given_languages import OLD, SHOPS, Shop
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse


def told(folder: Path, shop: Shop, after: Mapping[str, str]) -> dict[int, str]:
    """By place in the window: what is said of each commit that gives another value. `after` are the files that the second one
    changes; the others change a note."""
    before: Change = {"files": dict([shop.maker, shop.reader])}
    changes: list[Change] = [before, {"files": {"a.txt": "1"}}, {"files": dict(after)}, {"files": {"b.txt": "1"}}]
    built = build(folder, changes)
    evidence = gather(Repository.open(built.path), built.shas[0], built.shas[-1], parse(shop.trace))
    return {
        built.shas.index(suspect.commit.sha): signal.detail
        for suspect in evidence.suspects
        for signal in suspect.signals
        if signal.name in ("nothing_given", "gives_another_value")
    }


@pytest.mark.parametrize("name", SHOPS)
def test_the_commit_that_gives_another_value_is_told(tmp_path: Path, name: str) -> None:
    shop = SHOPS[name]
    path, text = shop.maker

    found = told(tmp_path, shop, {path: text.replace(OLD, "look(x)")})

    line = next(n for n, row in enumerate(text.split("\n"), 1) if OLD in row)
    assert list(found) == [2]
    assert f"is given ({path}:{line}); no line of the trace is known to run that" in found[2]


CALLS: Final = {
    "python keyword": (
        "def line(order):\n",
        "from shop.rows import made\n\n\ndef line(x):\n    order = made(x)\n",
        "line 2",
        "line 6",
    ),
    "ruby keyword": ("  def line(order)\n", "  def line(x)\n    order = Rows.new.made(x)\n", "view.rb:3", "view.rb:4"),
    "go literal": (
        "func line(order *Order) int {\n",
        "func line(x Row) int {\n\torder := made(x)\n",
        "view.go:4",
        "view.go:5",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_a_function_of_the_trace_calls_gives_the_value_that_failed(tmp_path: Path, name: str) -> None:
    head, calling, old, new = CALLS[name]
    shop = SHOPS[name]
    path, text = shop.maker
    reader = shop.reader[0], shop.reader[1].replace(head, calling)
    shop = shop._replace(reader=reader, trace=shop.trace.replace(old, new))

    found = told(tmp_path, shop, {path: text.replace(OLD, "look(x)")})

    line = next(n for n, row in enumerate(text.split("\n"), 1) if OLD in row)
    assert f"is given ({path}:{line}), which {reader[0]}:" in found[2]
    other = text.replace("made(", "imported(")  # a function that nothing of the trace calls
    found = told(tmp_path / "other", shop._replace(maker=(path, other)), {path: other.replace(OLD, "look(x)")})
    assert "; no line of the trace is known to run that" in found[2]


@pytest.mark.parametrize("name", SHOPS)
def test_a_changed_value_beside_it_is_not(tmp_path: Path, name: str) -> None:
    shop = SHOPS[name]
    path, text = shop.maker
    other = next(each for each in ("x.id()", "x.id", "$x->id", "x.ID", "x.Id", "new Order()") if each in text)

    assert not told(tmp_path, shop, {path: text.replace(other, "another")})


@pytest.mark.parametrize(
    "name", ["python keyword", "ruby keyword", "go literal", "php name of an argument", "kotlin name of an argument"]
)
def test_the_same_values_on_other_lines_are_not(tmp_path: Path, name: str) -> None:
    shop = SHOPS[name]
    path, text = shop.maker

    assert not told(tmp_path, shop, {path: text.replace(OLD, f"\n            {OLD}").replace("\t", "  ")})


def test_a_name_that_is_no_longer_given_is_told(tmp_path: Path) -> None:
    shop = SHOPS["python keyword"]
    path, text = shop.maker

    found = told(tmp_path, shop, {path: text.replace("        total=find(x),\n", "")})

    assert found == {2: "changed what a `total` is given (shop/rows.py:4); no line of the trace is known to run that"}


@pytest.mark.parametrize("other", ["Invoice", "log"])
def test_the_same_name_of_another_type_or_of_a_function_is_not(tmp_path: Path, other: str) -> None:
    shop = SHOPS["python keyword"]
    path, text = shop.maker
    shop = shop._replace(maker=(path, text.replace("Order", other)))

    assert not told(tmp_path, shop, {path: shop.maker[1].replace(OLD, "look(x)")})


def test_a_construction_that_is_wholly_new_is_not(tmp_path: Path) -> None:
    shop = SHOPS["python keyword"]
    path, text = shop.maker

    assert not told(tmp_path, shop, {path: f"{text}\n\ndef other(x):\n    return Order(id=2, total=None)\n"})


def test_of_a_null_only_the_value_that_can_have_been_null_is_told(tmp_path: Path) -> None:
    shop = SHOPS["python keyword"]
    path, text = shop.maker
    reader = "def line(order):\n    return order.total.amount + order.id\n"
    shop = shop._replace(reader=("shop/view.py", reader), trace=shop.trace.replace(".amount\n", ".amount + order.id\n"))

    assert not told(tmp_path, shop, {path: text.replace("id=x.id", "id=x.number")})
    # What is added to nothing fails at any of the two.
    other = shop.trace.replace(
        "AttributeError: 'NoneType' object has no attribute 'amount'", "OverflowError: too large"
    )
    found = told(tmp_path / "other", shop._replace(trace=other), {path: text.replace("id=x.id", "id=x.number")})
    assert list(found) == [2]
