"""Who calls or names a function, and how sure it is that nobody does."""

from pathlib import Path

import pytest

from tests.tools.source.deployments import deployment
from tools.source.callers import callers
from tools.source.deployed import Deployed
from tools.source.index import SourceIndex
from tools.source.parsed import Parsed

PY = """from shop.prices import price_of
import shop.prices


class Special(price_of):
    pass


@price_of
def decorated():
    return 1


TABLE = [price_of, "price_of"]


def total(items):
    run(key=1, price_of=2)
    return sum(price_of(item) for item in items)
"""
FILES = {
    "shop/prices.py": "def price_of(item):\n    return item\n\n\ndef alone():\n    return 1\n",
    "shop/cart.py": PY,
    "routes.yaml": "total: shop.prices:price_of\n",
    "tests/test_prices.py": "def test():\n    assert price_of(1)\n",
}


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    """One deploy with a function that is named in every way."""
    return deployment(tmp_path, [{"files": {"a.txt": "a\n"}}, {"files": FILES}])


@pytest.mark.parametrize(
    "row",
    [
        "calls: shop/cart.py:19 in total | return sum(price_of(item) for item in items)",
        "decorates: shop/cart.py:9 in decorated | @price_of",
        "extends: shop/cart.py:5 in Special | class Special(price_of):",
        'names: shop/cart.py:14 | TABLE = [price_of, "price_of"]',
        "in a string or argument name: shop/cart.py:18 in total | run(key=1, price_of=2)",
        "imports: shop/cart.py:1 | from shop.prices import price_of",
        "text: routes.yaml:1 | total: shop.prices:price_of",
        "defines: shop/prices.py:1 | def price_of(item):",
        "calls: tests/test_prices.py:2 in test | assert price_of(1)",
    ],
)
def test_every_way_to_use_a_name_is_found_and_said(deployed: Deployed, row: str) -> None:
    assert row in callers(deployed, "shop.prices.price_of()").splitlines()


def test_calls_come_first_and_tests_last(deployed: Deployed) -> None:
    head, *rows = callers(deployed, "price_of").splitlines()
    assert head.startswith("price_of: calls 2, decorates 1, extends 1, names 1,")
    assert "searched 5 files at the deployed revision" in head
    assert rows[0].startswith("calls: shop/cart.py:19")
    assert rows[-1].startswith("calls: tests/")


def test_that_nobody_calls_it_is_said_with_what_could_not_be_seen(deployed: Deployed) -> None:
    text = callers(deployed, "alone")
    assert "Nobody calls or names alone (every file was searched); a name put together at run time" in text
    assert "defines: shop/prices.py:5" in text


def test_a_name_without_calls_may_still_be_called_through_what_names_it(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "jobs.py": "def nightly():\n    pass\n",
        "crontab.yaml": "run: jobs.nightly\n",
        "x.bin": b"\0",
    }
    deployed = deployment(tmp_path, [{"files": {"a.txt": "a\n"}}, {"files": files}])
    text = callers(deployed, "nightly")
    assert "it is named below and may be called through that (not every file could be searched)" in text
    assert "text: crontab.yaml:1 | run: jobs.nightly" in text


def test_a_path_narrows_and_what_there_is_no_room_for_is_counted(tmp_path: Path) -> None:
    files = {f"part_{number}.py": "def f(x):\n" + "    price_of(x)\n" * 9 for number in range(9)}
    deployed = deployment(tmp_path, [{"files": {"a.txt": "a\n"}}, {"files": files}], room=500)
    text = callers(deployed, "price_of")
    assert "price_of: calls 81;" in text
    assert "part_8.py (9)" in text
    assert "narrow by path" in text
    assert "price_of: calls 9; searched 1 files below part_3.py" in callers(deployed, "price_of", "part_3.py")


def test_php_subclasses_and_callbacks_in_strings_are_found(tmp_path: Path) -> None:
    php = "<?php\nclass Handle extends Base\n{\n    function run() { $hooks['Done'][] = 'Base::onDone'; }\n}\n"
    deployed = deployment(tmp_path, [{"files": {"a.txt": "a\n"}}, {"files": {"Handle.php": php}}])
    assert "extends: Handle.php:2" in callers(deployed, "Base")
    assert "in a string or argument name: Handle.php:4 in Handle.run" in callers(deployed, "onDone")


def test_a_packed_script_is_searched_as_text_without_being_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "x=1;" * 5_000 + "price_of(2);" + "y=1;" * 5_000
    deployed = deployment(
        tmp_path, [{"files": {"a.txt": "a\n"}}, {"files": {"packed.js": script, "b.js": "price_of(1)\n"}}]
    )
    parsed: list[str] = []
    real = SourceIndex.parsed

    def noted(index: SourceIndex, path: str) -> Parsed | None:
        parsed.append(path)
        return real(index, path)

    monkeypatch.setattr(SourceIndex, "parsed", noted)
    text = callers(deployed, "price_of")
    assert "calls: b.js:1 | price_of(1)" in text
    assert "text: packed.js:1 | … " in text
    assert "price_of(2)" in text  # the line is cut around the name
    assert len(text) < 600
    assert parsed == ["b.js"]
