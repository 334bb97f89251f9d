"""A change makes a function give nothing."""

import pytest

from tools.commits.returns import changes_result, gives_nothing, last_value, with_results
from tools.commits.touched_lines import TouchedLine


def _rows(before: str, after: str) -> list[TouchedLine]:
    return [TouchedLine(1, added, added, text) for added, text in ((False, before), (True, after))]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("return PRICES.get(article, 0)", "return PRICES.get(article)", True),
        ("return prices.getOrDefault(article, 0);", "return prices.get(article);", True),
        ("return PRICES.get(article)", "return PRICES.get(article, 0)", False),
        ("return PRICES.get(article, 0)", "return PRICES.get(article, 1)", False),
        ("return PRICES[article]", "return PRICES.get(article)", True),
        ("return PRICES.setdefault(article, Price())", "return PRICES.get(article)", True),
        ("return Price.objects.get_or_create(of=article)[0]", "return Price.objects.filter(of=article).first()", True),
        ("    Price.find_or_create_by(article: article)", "    Price.find_by(article: article)", True),
        ("return prices.computeIfAbsent(article, Price::new);", "return prices.get(article);", True),
        ("return Price::firstOrCreate(['of' => $article]);", "return Price::where('of', $article)->first();", True),
        ("return prices.First(p => p.Of == article);", "return prices.FirstOrDefault(p => p.Of == article);", True),
        ("return prices.get(article)", "return other.get(article)", False),
        ("return PRICES[article]", "return PRICES.get(article) or Price()", False),
        ("return fetched(path)", "return requests.get(path)", False),
        ("return fetched(path)", "return self.http.get('/prices')", False),
        ("return prices[article] || { net: 0 }", "return prices[article]", True),
        ("return $prices[$article] ?? 0;", "return $prices[$article];", True),
        ("return prices.get(article) or 0", "return prices.get(article)", True),
        ("return a || b", "return b || a", False),
        ("return prices[article]", "return prices[article] || 0", False),
        ("    PRICES.fetch(article, 0)", "    PRICES[article]", True),
        ("    PRICES.fetch(article)", "    PRICES[article]", True),
        ("    PRICES[article]", "    PRICES.fetch(article, 0)", False),
        ("return PRICES.get(article)[0]", "return PRICES[article][0]", False),
    ],
)
def test_a_look_up_without_its_default_gives_nothing(before: str, after: str, expected: bool) -> None:
    assert gives_nothing(_rows(before, after)) is expected


@pytest.mark.parametrize(
    ("before", "after", "body"),
    [
        ("    row = query.one()", "    row = query.first()", "def find(n):\n    row = query.first()\n    return row\n"),
        (
            "  const row = rows[n] || {};",
            "  const row = rows[n];",
            "find(n) {\n  const row = rows[n];\n  return row;\n}\n",
        ),
        ("    $row = $rows[$n] ?? 0;", "    $row = $rows[$n];", "{\n    $row = $rows[$n];\n    return $row;\n}\n"),
    ],
)
def test_a_variable_that_is_returned_is_the_result(before: str, after: str, body: str) -> None:
    rows = _rows(before, after)
    assert not gives_nothing(rows)
    assert gives_nothing(with_results(rows, body))
    assert changes_result(with_results(rows, body), 0)
    assert not gives_nothing(with_results(rows, body.replace("return", "send")))
    assert not gives_nothing(
        with_results(rows, body.replace("return row", "return other").replace("return $row", "return 1"))
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("    fun of(c: String): Rate = rates.getOrDefault(c, ZERO)", "    fun of(c: String): Rate? = rates[c]", True),
        ("    Rate Of(string c) => rates[c] ?? Zero;", "    Rate Of(string c) => rates[c];", True),
        ("const of = (c) => rates.get(c) || ZERO;", "const of = (c) => rates.get(c);", True),
        ("    fun of(c: String): Rate = rates.getValue(c)", "    fun of(c: String): Rate = other.getValue(c)", False),
        ("if (a == of(b)) run(c || d)", "if (a == of(b)) run(c)", False),
    ],
)
def test_a_head_with_the_only_expression_is_the_result(before: str, after: str, expected: bool) -> None:
    assert gives_nothing(with_results(_rows(before, after), after)) is expected


@pytest.mark.parametrize(("path", "expected"), [("store.rb", True), ("store.rs", True), ("store.js", False)])
def test_a_last_value_without_its_default_gives_nothing(path: str, expected: bool) -> None:
    body = "def find(user)\n  log(user)\n  ROWS[user]\nend"
    rows = [
        TouchedLine(13, False, False, "  ROWS[user] || Order.new"),
        TouchedLine(12, True, True, "  ROWS[user]"),
    ]
    found = with_results(rows, body, last_value(path, body, 10))
    assert (gives_nothing(found), changes_result(found, 10)) == (expected, expected)
    assert not gives_nothing(with_results(rows[1:], body, last_value(path, body, 10)))
