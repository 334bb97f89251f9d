"""The commit that put what the error names into the code, or took it out, by nothing but the message."""

from pathlib import Path

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, signals, window_of
from tools.signals.registry import measure

PAGE = "var shop = {};\nfunction show( page ) {\n\treturn page;\n}\n"
CALL = PAGE.replace("return page;", "return shop.cartHooks.run( page );")


def test_the_expression_that_is_undefined_was_added_by_this_commit(tmp_path: Path) -> None:
    found = signals(tmp_path, {"web/page.js": PAGE}, {"web/page.js": CALL}, "TypeError: shop.cartHooks is undefined")
    assert found["added_failing_use"] == (1.0, "added a use of `shop.cartHooks` (web/page.js:3), which is what fails")
    assert found["touched_rarest_clue"][0] > 0.7


def test_a_use_that_only_moved_is_not_added(tmp_path: Path) -> None:
    moved = "\n// first\n" + CALL.replace("\treturn", "\t\treturn")
    found = signals(tmp_path, {"web/page.js": CALL}, {"web/page.js": moved}, "TypeError: shop.cartHooks is undefined")
    assert "touched_rarest_clue" not in found
    assert "added_failing_use" not in found


def test_a_comment_that_speaks_of_it_is_no_use(tmp_path: Path) -> None:
    noted = PAGE.replace("\treturn page;", "\t// see shop.cartHooks\n\treturn page;")
    found = signals(tmp_path, {"web/page.js": PAGE}, {"web/page.js": noted}, "TypeError: shop.cartHooks is undefined")
    assert "added_failing_use" not in found


def test_the_key_that_is_missing_was_taken_out_of_a_table(tmp_path: Path) -> None:
    table = "<?php\n$modules = array(\n\t'sku-of-item' => 'shop.sku',\n\t'more' => 'x',\n);\n"
    after = table.replace("\t'sku-of-item' => 'shop.sku',\n", "")
    found = signals(tmp_path, {"modules.php": table}, {"modules.php": after}, "PHP Notice: Undefined index sku-of-item")
    assert found["touched_rarest_clue"][1] == "removed `sku-of-item` (modules.php:3), named in the error"


def test_a_variable_of_php_is_found_although_the_notice_leaves_out_its_sign(tmp_path: Path) -> None:
    before = "<?php\nfunction rebuild( $options ) {\n\t$isPartial = $options['p'];\n\treturn $isPartial;\n}\n"
    after = before.replace("\t$isPartial = $options['p'];\n", "\tif ( $options ) {\n\t\t$isPartial = true;\n\t}\n")
    found = signals(tmp_path, {"rebuild.php": before}, {"rebuild.php": after}, "Undefined variable: isPartial")
    assert found["touched_rarest_clue"] == (1.0, "changed a line with `$isPartial` (rebuild.php:4), named in the error")


def test_the_rarest_name_that_the_window_touches_decides(tmp_path: Path) -> None:
    """`item` stands in every file, `due_rate` in one: only who touched `due_rate` is decided for."""
    start: Change = {"files": {f"shop/part{n}.py": f"def item{n}(item):\n    return item\n" for n in range(9)}}
    common: Change = {"files": {"shop/part0.py": "def item0(item):\n    item.lines = 2\n    return item\n"}}
    rare: Change = {"files": {"shop/part1.py": "def item1(item):\n    return item.due_rate\n"}}
    context = window_of(tmp_path, [start, common, rare, *QUIET], "KeyError: 'due_rate' of 'item'")
    found = [{signal.name: signal.value for signal in measure(context, each)} for each in context.changes]
    assert found[1]["touched_rarest_clue"] > 2 * found[0].get("touched_rarest_clue", 0.0)


def test_an_import_of_what_is_named_counts_only_where_loading_can_have_failed(tmp_path: Path) -> None:
    before, after = {"shop/a.py": "x = 1\n"}, {"shop/a.py": "from shop.taxes import TaxTable\nx = 1\n"}
    said = "ValueError: no rate in TaxTable"
    assert "touched_rarest_clue" not in signals(tmp_path / "value", before, after, said)
    missing = "ImportError: cannot import name 'TaxTable'"
    assert "touched_rarest_clue" in signals(tmp_path / "loading", before, after, missing)


def test_a_check_is_no_import_in_languages_that_check_with_require(tmp_path: Path) -> None:
    code = "class Prices {\n    fun price(rate_eur_factor: Int): Int {\n        require(rate_eur_factor %s 0)\n        return 1\n    }\n}\n"
    before, after = {"src/Prices.kt": code % ">="}, {"src/Prices.kt": code % ">"}
    found = signals(tmp_path, before, after, "java.lang.IllegalArgumentException: bad rate_eur_factor 0")
    assert (
        found["touched_rarest_clue"][1] == "changed a line with `rate_eur_factor` (src/Prices.kt:3), named in the error"
    )


def test_a_name_on_both_sides_of_a_changed_line_is_not_what_was_changed(tmp_path: Path) -> None:
    before = {"shop/a.py": "def tax(order):\n    return order.due_rate * 2\n"}
    after = {"shop/a.py": "def tax(order):\n    return order.due_rate * 3\n"}
    found = signals(tmp_path, before, after, "KeyError: 'due_rate'")
    assert found["touched_rarest_clue"][1] == "changed a line with `due_rate` (shop/a.py:2), named in the error"
