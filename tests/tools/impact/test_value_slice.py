"""Which commit changed a value on its way to the failing line: on small real repositories, in several languages."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.impact.producers import value_producers
from tools.ranking.gather import gather, read_context
from tools.signals.registry import measure
from tools.traces import PathIndex, map_to_repository, parse

PRICES = """from shop.rates import load


class Prices:
    def __init__(self):
        self.by_code = {}

    def refresh(self, source):
        rows = load(source)
        self.by_code = {row.code: row for row in rows}

    def price(self, code):
        wanted = code.strip()
        row = self.by_code[wanted]
        return row.amount
"""
RATES = """def load(source):
    found = source.rows()
    kept = [row for row in found if row]
    return kept


def unrelated(source):
    return source.name
"""
VIEW = """def show(prices, order):
    first = order.lines[0]
    code = first.code
    title = order.title
    return prices.price(code)
"""
FILES: Mapping[str, str | bytes | None] = {
    "shop/prices.py": PRICES,
    "shop/rates.py": RATES,
    "shop/view.py": VIEW,
}
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/view.py", line 5, in show
    return prices.price(code)
  File "/srv/app/shop/prices.py", line 14, in price
    row = self.by_code[wanted]
KeyError: 'A1'
"""
SCRIPT = """const { rateOf } = require('./rates');

function total(cart) {
  const rate = rateOf(cart);
  const sum = cart.sum;
  return rate.value * sum;
}
"""
JS_RATES = """function rateOf(cart) {
  const found = cart.rates.find(rate => rate.live);
  return found || null;
}

function other(cart) {
  return cart.id;
}
module.exports = { rateOf };
"""
JS_TRACE = """TypeError: Cannot read properties of null (reading 'value')
    at total (/srv/app/shop/total.js:6:15)
"""
PHP = """<?php
class Cart {
	private $rate;
	public function setUp( $settings ) {
		$this->rate = $settings['rate'];
	}
	public function total( $sum ) {
		return $this->rate->apply( $sum );
	}
}
"""
PHP_TRACE = "PHP Fatal error:  Call to a member function apply() on null in /srv/app/includes/Cart.php on line 8"


def produced(folder: Path, files: Mapping[str, str | bytes | None], old: Change, trace: str) -> dict[str, str]:
    """What is found of the commit that turned `old` into `files`, among quiet commits: signal -> sentence, of those about
    values, and how a value reaches the failing line -> the place that the commit changed."""
    quiet: list[Change] = [{"files": {f"mail{n}.txt": f"{n}\n"}} for n in range(2)]
    before: Change = {"files": {**files, **old["files"]}}
    built = build(folder, [before, quiet[0], {"files": {path: files[path] for path in old["files"]}}, quiet[1]])
    repository = Repository.open(built.path)
    mapped = map_to_repository(parse(trace), PathIndex(repository.paths(built.shas[-1])))
    window = repository.window(built.shas[0], built.shas[-1])
    context = read_context(repository, window, built.shas[-1], mapped)
    producers = value_producers(context)
    assert {each.commit for each in producers} <= {built.shas[2]}
    mine = next(change for change in context.changes if change.commit.sha == built.shas[2])
    names = ("set_what_line_uses", "changed_what_gives_value")
    signals = {signal.name: signal.detail for signal in measure(context, mine) if signal.name in names}
    return signals | {each.how: f"{each.path}:{each.line}" for each in producers}


def replaced(path: str, new: str, old: str, files: Mapping[str, str | bytes | None] = FILES) -> Change:
    text = files[path]
    assert isinstance(text, str)
    assert new in text
    return {"files": {path: text.replace(new, old)}}


def test_an_assignment_above_the_line_is_on_the_way(tmp_path: Path) -> None:
    found = produced(tmp_path, FILES, replaced("shop/prices.py", "code.strip()", "code"), TRACE)
    assert found["set_what_line_uses"] == "changed how `wanted` is set before shop/prices.py:14 in `price` uses it"
    assert found["`wanted` gets its value here; shop/prices.py:14 uses it"] == "shop/prices.py:13"


def test_what_the_caller_passes_is_on_the_way(tmp_path: Path) -> None:
    found = produced(tmp_path, FILES, replaced("shop/view.py", "order.lines[0]", "order.first()"), TRACE)
    assert found["set_what_line_uses"] == "changed what `first` becomes (shop/view.py:2) before shop/view.py:3 uses it"
    assert found["`first` gets its value here; shop/view.py:3 uses it"] == "shop/view.py:2"


def test_what_the_caller_sets_beside_it_is_not(tmp_path: Path) -> None:
    assert produced(tmp_path, FILES, replaced("shop/view.py", "order.title", "order.name"), TRACE) == {}


def test_an_attribute_leads_to_the_method_that_sets_it(tmp_path: Path) -> None:
    found = produced(tmp_path, FILES, replaced("shop/prices.py", "{row.code: row for", "{row.id: row for"), TRACE)
    assert found["the attribute `by_code` is set here; shop/prices.py:14 uses it"] == "shop/prices.py:10"


def test_code_that_works_on_the_attribute_is_on_the_way(tmp_path: Path) -> None:
    source = PRICES + "\n    def forget(self, code):\n        self.by_code.pop(code)\n"
    files = {**FILES, "shop/prices.py": source}
    old = replaced("shop/prices.py", "self.by_code.pop(code)", "pass", files)
    found = produced(tmp_path, files, old, TRACE)
    assert found["code works on the attribute `by_code` here; shop/prices.py:14 uses it"] == "shop/prices.py:18"


def test_a_value_that_a_called_function_returns_leads_into_it(tmp_path: Path) -> None:
    files = {"shop/total.js": SCRIPT, "shop/rates.js": JS_RATES}
    found = produced(tmp_path, files, replaced("shop/rates.js", "rate.live", "rate.id", files), JS_TRACE)
    assert (
        found["set_what_line_uses"] == "changed what `found` becomes (shop/rates.js:2) before shop/rates.js:3 uses it"
    )
    assert found["changed_what_gives_value"] == (
        "changed `rateOf` (shop/rates.js:1), whose result shop/total.js:4 uses"
    )
    assert found["`rateOf` is called for its result; shop/total.js:4 uses it"] == "shop/rates.js:1"


def test_a_function_beside_the_called_one_is_not_on_the_way(tmp_path: Path) -> None:
    files = {"shop/total.js": SCRIPT, "shop/rates.js": JS_RATES}
    assert produced(tmp_path, files, replaced("shop/rates.js", "cart.id", "cart.key", files), JS_TRACE) == {}


def test_an_attribute_is_followed_in_another_language_too(tmp_path: Path) -> None:
    files = {"includes/Cart.php": PHP}
    old = replaced("includes/Cart.php", "$settings['rate']", "new Rate( $settings )", files)
    found = produced(tmp_path, files, old, PHP_TRACE)
    assert found == {"the attribute `rate` is set here; includes/Cart.php:8 uses it": "includes/Cart.php:5"}


def test_a_comment_or_a_moved_line_changes_no_value(tmp_path: Path) -> None:
    old = replaced("shop/prices.py", "        wanted = ", "        # as typed\n        wanted = ")
    assert produced(tmp_path, FILES, old, TRACE) == {}


def test_the_evidence_lists_what_changed_on_the_way_nearest_first(tmp_path: Path) -> None:
    start: Change = {"files": {**FILES, **replaced("shop/view.py", "order.lines[0]", "order.first()")["files"]}}
    start["files"] = {**start["files"], **replaced("shop/prices.py", "code.strip()", "code")["files"]}
    built = build(tmp_path, [start, {"files": {"shop/view.py": VIEW}}, {"files": {"shop/prices.py": PRICES}}])
    evidence = gather(Repository.open(built.path), built.shas[0], built.shas[-1], parse(TRACE))
    near, far = evidence.producers
    assert (near.commit, near.path, near.line, near.symbol, near.steps) == (
        built.shas[2], "shop/prices.py", 13, "price", 0,
    )  # fmt: skip
    assert near.how == "`wanted` gets its value here; shop/prices.py:14 uses it"
    assert (far.commit, far.path, far.line) == (built.shas[1], "shop/view.py", 2)


@pytest.mark.parametrize("path", ["shop/prices.unknown", "shop/prices.html"])
def test_a_file_that_no_grammar_reads_has_no_slice(tmp_path: Path, path: str) -> None:
    files = {path: PRICES}
    trace = TRACE.replace("shop/prices.py", path)
    found = produced(tmp_path, files, replaced(path, "code.strip()", "code", files), trace)
    assert not any("wanted" in how and ";" in how for how in found)
