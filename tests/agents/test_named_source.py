"""The source of what an error names, where no frame of its trace lies in the repository."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from agents.named_source import named_source
from incidents.trace import Failure, Frame, StackTrace
from tests.repositories import build
from tools.git.repository import Repository
from tools.source.code import CodeTools
from tools.source.index import SourceIndex

CART = "class Cart:\n    def total_of(self, items):\n        return sum(items)\n\n    def add(self, item):\n        return item\n"


def shown(folder: Path, trace: StackTrace, characters: int = 2_000, files: Mapping[str, str] | None = None) -> str:
    built = build(folder, [{"files": {"start.py": "x"}}, {"files": {"shop/cart.py": CART, **(files or {})}}])
    repository = Repository.open(built.path)
    index = SourceIndex(repository, built.shas[-1])
    code = CodeTools(index, repository, repository.window(built.shas[0], built.shas[1]))
    return named_source(code, index, trace, trace.message, characters)


def framed(class_name: str, function: str) -> StackTrace:
    frame = Frame(path="(no file)", class_name=class_name, function=function)
    return StackTrace(failures=(Failure(type="IndexError", message="out of range", frames=(frame,)),))


def said(message: str) -> StackTrace:
    return StackTrace(failures=(Failure(message=message),))


@pytest.mark.parametrize(
    "trace",
    [
        framed("shop.Cart", "total_of"),
        said("Call to Cart::total_of() failed"),
        said("- shop.cart.Cart.total_of"),
    ],
)
def test_the_function_is_found_by_class_and_name(tmp_path: Path, trace: StackTrace) -> None:
    found = shown(tmp_path, trace)
    assert "shop/cart.py, lines 2-3 of 6" in found
    assert "return sum(items)" in found


def test_a_name_of_two_definitions_is_not_guessed(tmp_path: Path) -> None:
    assert shown(tmp_path, framed("Cart", "total_of"), files={"other/cart.py": CART}) == ""


def test_a_short_name_in_another_class_is_not_meant_and_a_long_one_is_where_it_is_the_only_one(tmp_path: Path) -> None:
    assert shown(tmp_path, framed("Basket", "add")) == ""
    assert shown(tmp_path / "again", framed("Basket", "total_of")) != ""


def test_a_property_is_shown_too(tmp_path: Path) -> None:
    view = "namespace Shop {\n  class View {\n    bool IsValid => Items[0].Time > 0;\n  }\n}\n"
    assert "Items[0].Time" in shown(tmp_path, framed("Shop.View", "IsValid"), files={"View.cs": view})


def test_what_does_not_fit_is_left_out(tmp_path: Path) -> None:
    assert shown(tmp_path, framed("Cart", "total_of"), characters=50) == ""


def test_a_class_that_the_message_names_is_shown_and_an_error_s_own_type_is_not(tmp_path: Path) -> None:
    decoder = {"dns.py": "class DnsQueryDecoder:\n    def decode(self, buffer):\n        return buffer[2]\n"}
    trace = said("IndexOutOfBoundsError caused by reading twice in DnsQueryDecoder")
    assert "return buffer[2]" in shown(tmp_path, trace, files=decoder)
    assert shown(tmp_path / "again", said("a Cart is gone"), files=decoder) == ""
