"""One commit rewrote the failing line and calls what it called before; another changed what that call returns."""

from pathlib import Path

import pytest

from tests.repositories import Change, build
from tests.tools.signals.bare_message import QUIET
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

PYTHON = {
    "shop/prices.py": 'PRICES = {{"tea": 3}}\n\n\ndef price(article):\n    return {result}\n',
    "shop/cart.py": "from shop.prices import price\n\n\ndef total(articles):\n    amount = 0\n    for article in articles:\n"
    "        {line}\n    return amount\n",
}
JAVASCRIPT = {
    "shop/prices.js": "const PRICES = {{ tea: {{ net: 3 }} }}\n\nexport function price(article) {{\n  return {result}\n}}\n",
    "shop/cart.js": "import {{ price }} from './prices'\n\nexport function total(articles) {{\n  let amount = 0\n"
    "  for (const article of articles) {{\n    {line}\n  }}\n  return amount\n}}\n",
}
PYTHON_ERROR = """Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 7, in total
    {line}
TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'
"""
JAVASCRIPT_ERROR = """TypeError: Cannot read properties of undefined (reading 'net')
    at total (/srv/app/shop/cart.js:6:15)
"""
CASES: dict[str, tuple[tuple[dict[str, str], str], tuple[str, str], tuple[str, str]]] = {
    "python": (
        (PYTHON, PYTHON_ERROR),
        ("PRICES.get(article, 0)", "PRICES.get(article)"),
        ("amount += price(article) * 2", "amount = amount + price(article) * 2"),
    ),
    "python, a renamed factor": (
        (PYTHON, PYTHON_ERROR),
        ("PRICES.get(article, 0)", "PRICES.get(article)"),
        ("amount += price(article) * n", "amount += price(article) * number"),
    ),
    "javascript": (
        (JAVASCRIPT, JAVASCRIPT_ERROR),
        ("PRICES[article] || { net: 0 }", "PRICES[article]"),
        ("amount = amount + price(article).net", "amount += price(article).net"),
    ),
}


@pytest.mark.parametrize("first", ["callee", "caller"])
@pytest.mark.parametrize("case", CASES)
def test_who_changed_the_result_comes_before_who_rewrote_the_line_that_uses_it(
    tmp_path: Path, case: str, first: str
) -> None:
    (texts, error), results, lines = CASES[case]
    callee, caller = texts
    start: Change = {"files": {path: text.format(result=results[0], line=lines[0]) for path, text in texts.items()}}
    guilty: Change = {"files": {callee: texts[callee].format(result=results[1])}, "message": "Simplify the look-up"}
    innocent: Change = {"files": {caller: texts[caller].format(line=lines[1])}, "message": "Tidy the total"}
    both = [guilty, innocent] if first == "callee" else [innocent, guilty]
    built = build(tmp_path, [start, QUIET[0], *both, *QUIET[1:]])
    trace = parse(error.format(line=lines[1]))
    found = gather(Repository.open(built.path), built.shas[0], built.shas[-1], trace)
    assert found.suspects[0].commit.sha == built.shas[2 if first == "callee" else 3]
    assert "`price`" in found.suspects[0].reasons[0]


def test_a_line_that_newly_calls_it_is_as_suspect_as_before(tmp_path: Path) -> None:
    (texts, error), results, (_, line) = CASES["python"]
    callee, caller = texts
    start: Change = {
        "files": {path: text.format(result=results[0], line="amount += 2") for path, text in texts.items()}
    }
    changed: Change = {"files": {callee: texts[callee].format(result=results[1])}}
    uses: Change = {"files": {caller: texts[caller].format(line=line)}}
    built = build(tmp_path, [start, QUIET[0], changed, uses, *QUIET[1:]])
    found = gather(Repository.open(built.path), built.shas[0], built.shas[-1], parse(error.format(line=line)))
    assert found.suspects[0].commit.sha == built.shas[3]
    assert not any(each.name == "kept_use_of_changed_result" for each in found.suspects[0].signals)
