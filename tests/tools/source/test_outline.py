import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.source.outline import Outline

PYTHON = '''import os


class Cart:
    """A cart."""

    @property
    def total(
        self,
        tax=None,
    ):
        if tax:
            return 1

        return 2

    def empty(self):
        return []


LIMIT = 3
'''
PHP = """<?php
final class Cart
{
    const LOGO = <<<EOT
 art at any column
EOT;

    public static function total(?int $tax): int
    {
        return $tax;
    }
}
"""
SCRIPT = """export class Cart {
    async total(tax) {
        return tax.value;
    }
}
const add = (a, b) => {
    return a + b;
};
module.exports.sub = function (a) {
    return a;
};
"""
JAVA = """public class Cart {
    @Override
    public int total(Tax tax) throws IOException {
        return tax.value();
    }
}
"""
GO = """func (c *Cart) Total(tax int) int {
\treturn tax
}
"""
RUBY = """class Cart
  def total(tax)
    tax.value
  end
end
"""


@pytest.mark.parametrize(
    ("path", "text", "line", "name", "owner"),
    [
        ("cart.py", PYTHON, 15, "total", "Cart"),
        ("cart.py", PYTHON, 18, "empty", "Cart"),
        ("Cart.php", PHP, 10, "total", "Cart"),
        ("cart.js", SCRIPT, 3, "total", "Cart"),
        ("cart.ts", SCRIPT, 7, "add", None),
        ("cart.js", SCRIPT, 10, "sub", None),
        ("Cart.java", JAVA, 4, "total", "Cart"),
        ("cart.go", GO, 2, "Total", None),
        ("cart.rb", RUBY, 3, "total", "Cart"),
    ],
)
def test_a_line_knows_its_function_and_class(path: str, text: str, line: int, name: str, owner: str | None) -> None:
    function = Outline(path, text).function(line)
    assert function is not None
    assert (function.name, function.owner) == (name, owner)


def test_a_line_outside_any_function_has_none() -> None:
    assert Outline("cart.py", PYTHON).function(21) is None


CONSTANTS = """RATES = {
    "home": 2,
}
TAX: float = 1.5


def total():
    share = 3
    return share


class Cart(Base):
    fields = ("name",)
    class_name = "cart"

    def total(self):
        return RATES

    limits = [
        1,
    ]
"""


@pytest.mark.parametrize(
    ("line", "name", "owner"),
    [
        (2, "RATES", None),
        (3, "RATES", None),
        (4, "TAX", None),
        (8, None, None),
        (13, "fields", "Cart"),
        (19, "limits", "Cart"),
        (20, "limits", "Cart"),
    ],
)
def test_a_line_knows_the_constant_it_is_part_of(line: int, name: str | None, owner: str | None) -> None:
    found = Outline("cart.py", CONSTANTS).constant(line)
    assert (found and found.name, found and found.owner) == (name, owner)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Cart.php", "final class Cart\n{\n    private static array $rates = [\n        1,\n    ];\n}\n"),
        ("cart.js", "\nclass Cart {\n    static rates = [\n        1,\n    ];\n}\n"),
        ("Cart.java", "\nclass Cart {\n    private static final int[] rates = {\n        1,\n    };\n}\n"),
    ],
)
def test_a_field_is_known_in_other_languages(path: str, text: str) -> None:
    found = Outline(path, text).constant(4)
    assert found is not None
    assert (found.name, found.owner, found.start) == ("rates", "Cart", 3)


def test_a_file_of_an_unknown_language_has_no_definitions() -> None:
    assert Outline("cart.xyz", PYTHON).definitions == ()


@given(st.text(max_size=400), st.sampled_from(["a.py", "a.php", "a.js", "a.java", "a.go", "a.rb", "a.rs"]))
def test_any_text_has_an_outline_within_its_lines(text: str, path: str) -> None:
    outline = Outline(path, text)
    for definition in outline.definitions:
        assert 1 <= definition.start <= definition.end <= len(outline.lines)


@pytest.mark.parametrize("row", ["public " * 20_000, "a." * 50_000, "x(" * 50_000, "fun " * 20_000, " " * 100_000])
def test_a_hostile_line_costs_little(row: str) -> None:
    started = time.process_time()
    for path in ("a.js", "a.java", "a.php", "a.py"):
        Outline(path, f"{row}\nfoo").constant(1)
        Outline(path, f"{row[:390]}\nfoo").constant(1)
    assert time.process_time() - started < 2


def test_the_constants_of_a_long_class_cost_little() -> None:
    outline = Outline("a.py", "class A:\n" + "    # remark\n" * 20_000 + "    x = 1\n" * 1_500)
    started = time.process_time()
    assert all(outline.constant(line) for line in range(20_002, 21_502))
    assert time.process_time() - started < 2


def test_a_constant_is_the_same_whatever_was_asked_before() -> None:
    table = "TABLE = [\n" + "    1,\n" * 300 + "]\n"
    script = "class A {\n  x = 1;\n}\n  foo(bar) || 2;\n"
    for path, text, first, line in (("a.py", table, 150, 250), ("a.py", table, 250, 150), ("a.js", script, 2, 4)):
        asked = Outline(path, text)
        asked.constant(first)
        assert asked.constant(line) == Outline(path, text).constant(line)
    assert Outline("a.py", table).constant(150) is not None
