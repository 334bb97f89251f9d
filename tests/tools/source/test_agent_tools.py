"""The agents' code tools over a real repository with a window."""

from pathlib import Path
from typing import NamedTuple

import pytest

from incidents.errors import ToolError
from tests.repositories import build
from tools.git.repository import Repository
from tools.source.code import CodeTools
from tools.source.file_parts import file_head, file_lines
from tools.source.index import SourceIndex

BEFORE = """class Cart:
    LIMIT = 3

    def total(self, rate: float = 1.0) -> int:
        if not self.lines:
            return 0
        return sum(self.lines)

    def pay(self):
        return self.total()
"""
AFTER = BEFORE.replace("        if not self.lines:\n            return 0\n", "").replace("self.lines)", "self.rows)")
LONG = "def long():\n" + "".join(f"    step_{n} = {n}\n" for n in range(600))
BIG = "class Big:\n" + "".join(f"    def part_{n}(self):\n        return {n}\n" for n in range(150))
DESCRIBED = """def described(rate):
    \'\'\'Doubles the rate, as everybody would expect it to be doubled by something of this name.

    It is never None.\'\'\'
    # twice
    return rate * 2
"""
OTHER = "class Basket(Cart):\n    def pay(self):\n        return None\n"


class Shop(NamedTuple):
    tools: CodeTools
    shas: list[str]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    built = build(
        tmp_path,
        [
            {
                "files": {
                    "shop/cart.py": BEFORE,
                    "shop/basket.py": OTHER,
                    "shop/long.py": LONG,
                    "shop/big.py": BIG,
                    "a.py": DESCRIBED,
                }
            },
            {"files": {"shop/cart.py": AFTER}, "message": "sum rows\x1b[31m, not lines\n\nmore"},
            {
                "files": {"shop/long.py": LONG.replace("= 555\n", "= 5\n"), "shop/big.py": BIG.replace("140\n", "0\n")},
                "message": "five",
            },
        ],
    )
    repository = Repository.open(built.path)
    window = repository.window(built.shas[0], built.shas[-1])
    index = SourceIndex(repository, built.shas[-1])
    return Shop(CodeTools(index, repository, window, (("shop/long.py", 303), ("shop/cart.py", 5))), built.shas)


def test_a_function_definition_tells_place_signature_and_arity(shop: Shop) -> None:
    text = shop.tools.function_definition("Cart.total")
    assert "method Cart.total in shop/cart.py, lines 4-5" in text
    assert "signature: def total(self, rate: float = 1.0) -> int" in text
    assert "takes 0 to 1 arguments; returns int" in text


def test_source_is_numbered_and_points_at_the_line_of_the_trace(shop: Shop) -> None:
    assert shop.tools.function_source("total").splitlines()[1:] == [
        "     4 |     def total(self, rate: float = 1.0) -> int:",
        "     5 >         return sum(self.rows)",
    ]


def test_blame_tells_which_commit_of_the_window_wrote_each_line(shop: Shop) -> None:
    sha = shop.shas[1][:10]
    text = shop.tools.class_function_definition_blame("Cart", "total")
    assert f"     5 {sha} >         return sum(self.rows)" in text
    assert "     4            |     def total" in text
    assert f"  {sha} sum rows�[31m, not lines" in text
    assert "older" in shop.tools.function_source_blame("Basket.pay").splitlines()[-1]


def test_an_ambiguous_name_lists_the_other_candidates(shop: Shop) -> None:
    text = shop.tools.function_source("pay")
    assert "(the likeliest of 2 of that name; the others: " in text
    assert shop.tools.function_source("pay", path="shop/basket.py").startswith("method Basket.pay")


def test_a_method_of_a_class_is_shown_with_its_signature(shop: Shop) -> None:
    text = shop.tools.class_function_definition("Basket", "pay")
    assert text.startswith("signature: def pay(self)")
    assert "return None" in text


def test_a_class_is_shown_whole_or_when_it_is_long_as_its_members(shop: Shop) -> None:
    assert "LIMIT = 3" in shop.tools.class_source("Cart")
    big = shop.tools.class_source_blame("Big")
    assert "| class Big" in big
    assert "301 lines, so only what it defines is shown" in big
    assert f"def part_140(self)  [{shop.shas[2][:10]}]" in big


def test_a_long_function_is_cut_around_what_the_trace_and_the_window_name(shop: Shop) -> None:
    plain = shop.tools.function_source("long")
    assert "   303 >     step_301 = 301" in plain
    assert "     1 | def long():" in plain
    assert "left out" in plain
    assert len(plain) < 9_000
    assert "step_555 = 5" in shop.tools.function_source_blame("long")


def test_what_is_too_long_for_the_room_loses_its_remarks_first(shop: Shop) -> None:
    tools = shop.tools
    narrow = CodeTools(tools.deployed.index, tools.deployed.repository, tools.deployed.window, (), room=190)
    text = narrow.function_source("described")
    assert "return rate * 2" in text
    assert "… lines 2-5 left out" in text
    assert "Doubles" not in text
    assert "Doubles" in tools.function_source("described")


def test_unknown_names_are_refused_with_what_there_is_instead(shop: Shop) -> None:
    with pytest.raises(ToolError, match=r"no function 'totl' .* did you mean Cart\.total at shop/cart\.py:4"):
        shop.tools.function_source("totl")
    with pytest.raises(ToolError, match=r"no class 'Crt'"):
        shop.tools.class_source("Crt")
    with pytest.raises(ToolError, match=r"class Basket .* has no method 'total' of its own; .* Cart\.total at"):
        shop.tools.class_function_definition("Basket", "total")
    with pytest.raises(ToolError, match=r"no class 'Nope'"):
        shop.tools.class_function_definition("Nope", "zzz")
    with pytest.raises(ToolError, match=r"'Cart' is a class \(Cart at shop/cart\.py:1\)"):
        shop.tools.function_definition("Cart")


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "shop", "shop/none.py", ".git/config", "shop//x.py"]
)
def test_no_path_outside_the_revision_is_read(shop: Shop, path: str) -> None:
    with pytest.raises(ToolError, match="at the deployed revision"):
        file_lines(shop.tools.deployed, path, 1, 9)
    with pytest.raises(ToolError, match="at the deployed revision"):
        file_head(shop.tools.deployed, path)
    with pytest.raises(ToolError, match="does not exist at the deployed revision"):
        shop.tools.function_source("total", path=path)


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "a\nb", "x" * 400])
def test_what_can_be_no_name_is_refused(shop: Shop, name: str) -> None:
    for use in (shop.tools.function_source, shop.tools.class_source, shop.tools.deployed.commit):
        with pytest.raises(ToolError, match=r"is empty|is no name"):
            use(name)
