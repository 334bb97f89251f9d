"""Finding symbols in a whole revision of a real repository."""

from pathlib import Path

import pytest

from tests.repositories import build
from tools.git.repository import Repository
from tools.source.blobs import BlobStore
from tools.source.index import SourceIndex
from tools.source.naming import Sought, sought

FILES = {
    "src/Cart.php": "<?php\nnamespace Shop;\nclass Cart {\n  function total() { return $this->tax->rate(); }\n}\n",
    "src/Tax.php": "<?php\nnamespace Shop;\nclass Tax {\n  private $total = 1;\n  function rate() { total(); }\n}\n",
    "src/Report/Cart.php": "<?php\nnamespace Shop\\Report;\nclass Cart {\n  function total() { return 2; }\n}\n",
    "tests/CartTest.php": "<?php\nclass CartTest {\n  function total() {}\n}\n",
    "lib/total.js": "// the total of it all\nconst x = { total(items) { return items; } };\n",
    "lib/cart.py": "class Cart:\n    def total(self):\n        return sum(x for x in self)\n\ndef subtotal(): pass\n",
    "README.md": "def total(): pass\n",
}


@pytest.fixture
def index(tmp_path: Path) -> SourceIndex:
    built = build(tmp_path, [{"files": FILES}])
    return SourceIndex(Repository.open(built.path), built.shas[-1])


def places(index: SourceIndex, name: str, class_name: str | None = None, near: str | None = None) -> list[str]:
    return [f"{symbol.path}:{symbol.start}" for symbol in index.find(name, class_name, near)]


def test_every_definition_of_a_name_is_found_functions_before_properties_and_tests_last(index: SourceIndex) -> None:
    found = places(index, "total")
    assert set(found[:4]) == {"src/Cart.php:4", "src/Report/Cart.php:4", "lib/total.js:2", "lib/cart.py:2"}
    assert found[4:] == ["src/Tax.php:4", "tests/CartTest.php:3"]


def test_the_file_asked_from_and_its_neighbours_come_first(index: SourceIndex) -> None:
    assert places(index, "total", near="lib/cart.py")[:2] == ["lib/cart.py:2", "lib/total.js:2"]
    assert places(index, "total", near="src/Report/Sum.php")[0] == "src/Report/Cart.php:4"


def test_the_class_asked_for_comes_first_and_its_namespace_tells_which(index: SourceIndex) -> None:
    assert places(index, "rate", "Tax") == ["src/Tax.php:5"]
    assert places(index, "Shop\\Report\\Cart::total")[0] == "src/Report/Cart.php:4"
    assert places(index, "total", "Shop\\Report\\Cart")[0] == "src/Report/Cart.php:4"
    assert places(index, "CartTest::total")[0] == "tests/CartTest.php:3"


def test_a_word_within_another_or_in_a_comment_is_no_definition(index: SourceIndex) -> None:
    assert places(index, "tota") == []
    assert places(index, "all") == []
    assert places(index, "") == places(index, "::") == places(index, "é\ud800") == []


def test_similar_names_are_told(index: SourceIndex) -> None:
    assert [symbol.name for symbol in index.similar("subtotals")] == ["subtotal"]
    assert index.similar("q") == ()


def test_files_that_hold_a_word_are_listed(index: SourceIndex) -> None:
    assert index.containing("rate") == ("src/Cart.php", "src/Tax.php")
    assert index.containing("") == ()


def test_one_file_is_outlined_and_read_only_when_it_is_there(index: SourceIndex) -> None:
    assert [symbol.name for symbol in index.outline("lib/cart.py")] == ["Cart", "total", "subtotal"]
    assert index.outline("README.md") == index.outline("../x.py") == ()
    assert index.text("lib/none.py") is None
    assert index.parsed("lib/none.py") is None


def test_each_revision_sees_its_own_files(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        [
            {"files": {"a.py": "def one(): pass\n", "b.py": "def two(): pass\n"}},
            {"files": {"a.py": "def three(): pass\n"}},
        ],
    )
    repository = Repository.open(built.path)
    before, after = SourceIndex(repository, built.shas[0]), SourceIndex(repository, built.shas[1])
    assert (places(before, "one"), places(after, "one")) == (["a.py:1"], [])
    assert (places(before, "three"), places(after, "three")) == ([], ["a.py:1"])
    assert places(before, "two") == places(after, "two") == ["b.py:1"]


def test_files_of_any_name_and_content_are_read(tmp_path: Path) -> None:
    odd = "naïve\tname.py"
    built = build(tmp_path, [{"files": {odd: b"def one(): pass\n\xff\xfe", "empty.py": "", "nul.php": b"<?php\0\0"}}])
    index = SourceIndex(Repository.open(built.path), "HEAD")
    assert places(index, "one") == [f"{odd}:1"]


def test_a_store_too_small_for_a_revision_still_answers(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {f"f{n}.py": f"def f{n}(): pass\n" * 10 for n in range(20)}}])
    repository, store = Repository.open(built.path), BlobStore(limit=500)
    files = store.listing(repository, "HEAD")
    assert [file.path for file in store.containing(repository, files, b"f19(")] == ["f19.py"]
    assert [file.path for file in store.containing(repository, files, b"f0(")] == ["f0.py"]


@pytest.mark.parametrize(
    ("name", "class_name", "expected"),
    [
        ("total", None, Sought("total")),
        ("Cart::total()", None, Sought("total", "Cart")),
        ("shop.cart.Cart.total", None, Sought("total", "Cart", ("shop", "cart"))),
        ("\\Shop\\Cart->total", None, Sought("total", "Cart", ("Shop",))),
        ("<init>", "shop.Cart$Line", Sought("Line", "Line", ("shop", "Cart"))),
        ("lambda$total$0", "shop.Cart", Sought("total", "Cart", ("shop",))),
        ("Cart.total.<locals>.add", None, Sought("add", "total", ("Cart",))),
        ("new Cart", None, Sought("Cart")),
        ("Cart#total", None, Sought("total", "Cart")),
        ("$total", None, Sought("total")),
        ("", None, Sought("")),
    ],
)
def test_names_are_taken_apart_however_they_are_written(name: str, class_name: str | None, expected: Sought) -> None:
    assert sought(name, class_name) == expected
