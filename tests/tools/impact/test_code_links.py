"""Two places in code are linked by a call, a name in code, containment, or a file read by name; never by prose."""

import pytest

from tools.impact.code_links import Place, linked, names_file
from tools.source.outline import Outline

PRICES = """class Tariff:
    def rate_of(self, item):
        return 3


def price_of(item):
    return 2
"""


def place(path: str, text: str, line: int) -> Place:
    """A line of a file with that text."""
    return Place(Outline(path, text), line)


@pytest.mark.parametrize(
    ("body", "is_linked"),
    [
        ("return price_of(order)", True),
        ("return map(price_of, order)", True),
        ("return shop.prices.price_of(order)", True),
        ('"""Like price_of, but for orders."""\n    return 1', False),
        ("# price_of(order) is too slow\n    return 1", False),
        ('log("price_of failed for", order)\n    return 1', False),
        ("price_of = 3\n    return price_of", False),
    ],
)
def test_a_function_is_linked_to_who_calls_or_passes_it_and_not_to_who_only_mentions_it(
    body: str, is_linked: bool
) -> None:
    caller = place("cart.py", f"def total(order):\n    {body}\n", 2)
    assert linked(caller, place("prices.py", PRICES, 7)) is is_linked
    assert linked(place("prices.py", PRICES, 7), caller) is is_linked


def test_a_parameter_of_that_name_is_no_call() -> None:
    caller = place("cart.py", "def total(price_of):\n    return price_of + 1\n", 2)
    assert not linked(caller, place("prices.py", PRICES, 7))


def test_functions_that_share_only_their_name_are_not_linked() -> None:
    other = place("other.py", "def price_of(item):\n    return 4\n", 2)
    assert not linked(other, place("prices.py", PRICES, 7))


def test_a_constructor_is_reached_by_the_name_of_its_class() -> None:
    made = place("a.py", "class Cart:\n    def __init__(self):\n        self.x = 1\n", 3)
    assert linked(place("b.py", "def shop():\n    return Cart()\n", 2), made)
    assert not linked(place("b.py", "class B(A):\n    def __init__(self):\n        super().__init__()\n", 3), made)


def test_a_function_and_what_it_contains_are_linked_and_two_functions_of_a_file_are_not() -> None:
    text = "def outer():\n    x = 1\n    def inner():\n        return 2\n    return x\n\n\ndef other():\n    return 3\n"
    assert linked(place("a.py", text, 2), place("a.py", text, 4))
    assert not linked(place("a.py", text, 2), place("a.py", text, 9))


def test_a_function_stays_the_same_when_it_has_moved() -> None:
    moved = place("prices.py", f"import os\n\n\n{PRICES}", 6)
    assert linked(moved, place("prices.py", PRICES, 3))


def test_a_property_without_a_body_is_a_definition_of_its_own() -> None:
    base = (
        "public class Base\n{\n    protected virtual bool IsValid => Start >= Points[0].Time;\n    int other = 1;\n}\n"
    )
    child = "public class Slider : Base\n{\n    protected override bool IsValid => base.IsValid && Path.Ok;\n}\n"
    assert "IsValid" in place("Base.cs", base, 3).names
    assert linked(place("Base.cs", base, 3), place("Slider.cs", child, 3))


def test_an_overriding_method_that_calls_its_parent_is_linked_to_it() -> None:
    parent = "<?php\nclass Table {\n    public function id() {\n        return 1;\n    }\n}\n"
    child = (
        "<?php\nclass Chart extends Table {\n    protected function id() {\n        return parent::id();\n    }\n}\n"
    )
    assert linked(place("Table.php", parent, 3), place("Chart.php", child, 3))


@pytest.mark.parametrize(
    ("path", "is_linked"),
    [("schema/delta/77/05rows.sql", True), ("schema/delta/77/notes.txt", False), ("other/05rows.sql", False)],
)
def test_a_script_is_linked_to_the_code_that_runs_the_files_of_its_folder(path: str, is_linked: bool) -> None:
    text = 'def upgrade(cur, at):\n    for name in listed(at, "delta"):\n        if ext(name) == ".sql":\n            cur.run(name)\n'
    assert linked(place(path, "UPDATE rows SET x = 1;\n", 1), place("prepare.py", text, 4)) is is_linked


def test_a_data_file_is_linked_to_the_code_that_names_it() -> None:
    settings = place("config/limits.yaml", "limit: 3\n", 1)
    assert linked(settings, place("a.py", 'def load():\n    return read("config/limits.yaml")\n', 2))
    assert not linked(
        settings, place("a.py", "def load():\n    # config/limits.yaml is read elsewhere\n    return 1\n", 2)
    )


def test_a_file_is_named_by_an_import_and_not_by_a_comment() -> None:
    assert names_file(
        place("a.js", 'function run() {\n  return require("./rules/no-spaces");\n}\n', 2), "rules/no-spaces.js"
    )
    assert not names_file(place("a.js", "function run() {\n  // no-spaces\n  return 1;\n}\n", 3), "rules/no-spaces.js")


def test_a_template_is_read_without_its_comments() -> None:
    page = "{% macro row(x) %}\n{{ price_of(x) }}\n"
    noted = "{% macro row(x) %}\n<!-- price_of(x) -->\nplain\n"
    assert linked(place("row.twig", page, 2), place("prices.py", PRICES, 7))
    assert not linked(place("row.twig", noted, 3), place("prices.py", PRICES, 7))


STORE = """class Store:
    def put(self, name, kind):
        if not kind and not self._items[name]:
            raise ValueError(name)

    def get(self, name):
        return self._items[name][-1]

    def other(self):
        # self._items is not read here
        return self.get("x")


class Elsewhere:
    def get(self, name):
        return self._items[name][-1]
"""


@pytest.mark.parametrize(
    ("one", "other", "is_linked"),
    [
        (3, 7, True),
        (4, 7, False),  # the line itself does not name the attribute
        (3, 10, False),  # a comment is no code
        (3, 16, False),  # another class has an attribute of its own
    ],
)
def test_two_methods_are_linked_by_an_attribute_that_both_lines_use(one: int, other: int, is_linked: bool) -> None:
    assert linked(place("store.py", STORE, one), place("store.py", STORE, other)) is is_linked


def test_a_method_that_both_lines_call_is_no_attribute() -> None:
    text = "class Store:\n    def a(self):\n        self.log(1)\n\n    def b(self):\n        self.log(2)\n"
    assert not linked(place("store.py", text, 3), place("store.py", text, 6))


PHP = """<?php
class Store {
    public function put($name) {
        if (!$this->items[$name]) { throw new Missing(); }
    }
    public function get($name) {
        return $this->items[$name][0];
    }
}
"""
RUBY = """class Store
  def put(name)
    raise name if @items[name].empty?
  end

  def get(name)
    @items[name].last
  end
end
"""
TYPESCRIPT = """class Store {
  put(name: string) {
    if (!this.items[name]) { throw new Error(name); }
  }
  get(name: string) {
    return this.items[name][0];
  }
}
"""


@pytest.mark.parametrize(
    ("path", "text", "one", "other"), [("s.php", PHP, 4, 7), ("s.rb", RUBY, 3, 7), ("s.ts", TYPESCRIPT, 3, 6)]
)
def test_attributes_are_known_in_other_languages(path: str, text: str, one: int, other: int) -> None:
    assert linked(place(path, text, one), place(path, text, other))


@pytest.mark.parametrize(
    ("first", "is_linked"),
    [
        ("<?php declare(strict_types=1);", True),
        ("<?php", False),
        ("<?php // declares nothing", False),
    ],
)
def test_a_directive_of_a_file_reaches_every_function_of_it(first: str, is_linked: bool) -> None:
    far = "// a remark\n" * 20  # what stands near a line outside of functions counts as used there
    text = f"{first}\n{far}class Show {{\n    function tree($package) {{\n        return strtok($package['d']);\n    }}\n}}\n"
    assert linked(place("src/Show.php", text, 1), place("src/Show.php", text, 24)) is is_linked
    assert not linked(place("src/Other.php", text, 1), place("src/Show.php", text, 24))


SETS = "def analyse(item):\n    item.var.setter_type = bare(item)\n    item.type = 1\n"


@pytest.mark.parametrize(
    ("line", "is_linked"),
    [
        ("return var.setter_type.args[0]", True),
        ("return var.setter_types", False),
        ("return setter_type", False),
        ("return 'var.setter_type'", False),
        ("return var.type", False),
    ],
)
def test_who_sets_an_attribute_with_a_telling_name_is_linked_to_the_line_that_reads_it(
    line: str, is_linked: bool
) -> None:
    reads = place("check.py", f"def check(var):\n    {line}\n", 2)
    set_at = place("analyse.py", SETS, 3 if "var.type" in line else 2)
    assert linked(set_at, reads) is is_linked
    assert linked(reads, set_at) is is_linked
