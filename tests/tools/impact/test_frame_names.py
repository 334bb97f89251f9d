"""The names that frames print: one reading for all who look for the function or class in code."""

import pytest

from incidents.trace import Frame
from tools.impact.clues import ClueKind, clues_in
from tools.impact.frame_names import bare_name, last_name, owner_name


@pytest.mark.parametrize(
    ("printed", "last", "bare"),
    [
        ("shop.Cart.total", "total", "total"),
        ("Shop::Cart#total", "total", "total"),
        (r"Shop\Cart::total", "total", "total"),
        ("Cart.#addItems", "addItems", "addItems"),
        ("Cart$Inner.<init>", "<init>", None),
        ("main.func1", "func1", None),
        (None, "", None),
    ],
)
def test_a_function_is_called_by_what_stands_last(printed: str | None, last: str, bare: str | None) -> None:
    assert (last_name(printed), bare_name(printed)) == (last, bare)


@pytest.mark.parametrize("printed", ["Shop.Cart", r"Shop\Cart", "shop::Cart", "Outer$Cart", "Shop.Outer+Cart"])
def test_a_class_is_called_by_its_innermost_name(printed: str) -> None:
    assert owner_name(Frame(class_name=printed)) == "Cart"
    assert owner_name(Frame()) is None


def test_a_private_function_of_javascript_is_searched_for_by_its_name() -> None:
    found = clues_in([], [Frame(path="app.js", function="Cart.#addAllItems")])
    assert [(each.text, each.kind) for each in found] == [("addAllItems", ClueKind.FRAME)]
