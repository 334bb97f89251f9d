"""What produces the values of a failing line, in any language, by text alone."""

import pytest

from tools.impact.value_slice import Producer, producers
from tools.source.outline import Outline

PYTHON = """def show(order):
    book = load_book(order.shop)
    rate, other = book.rate_of(order)
    log(other)
    return rate.value
"""
PHP = """<?php
class Show {
	function run( $group ) {
		$ffs = $group->getFormat();
		$file = $ffs->read( 'en' );
		$keys = array_keys( $file['MESSAGES'] );
	}
}
"""
GO = """package shop

func total(items []string) int {
	rate, err := loadRate(items)
	if err != nil {
		return 0
	}
	for _, item := range order(items) {
		use(rate[item])
	}
	return 1
}
"""
SCRIPT = """function show( order ) {
	const { rate } = loadRates( order );
	for ( const row of rowsOf( order ) ) {
		draw( rate[ row ].value );
	}
}
"""


@pytest.mark.parametrize(
    ("path", "source", "line", "span", "name", "producer"),
    [
        ("a.py", PYTHON, 5, (1, 5), "rate_of", Producer("rate", 0, 1)),
        ("a.py", PYTHON, 5, (1, 5), "load_book", Producer("book", 0, 2)),
        ("a.php", PHP, 6, (3, 7), "read", Producer("file", 0, 1)),
        ("a.php", PHP, 6, (3, 7), "getFormat", Producer("ffs", 0, 2)),
        ("a.go", GO, 9, (3, 12), "loadRate", Producer("rate", 0, 1)),
        ("a.go", GO, 9, (3, 12), "order", Producer("item", 0, 1)),
        ("a.js", SCRIPT, 4, (1, 6), "loadRates", Producer("rate", 0, 1)),
        ("a.js", SCRIPT, 4, (1, 6), "rowsOf", Producer("row", 0, 1)),
    ],
)
def test_what_sets_the_names_of_the_failing_line(
    path: str, source: str, line: int, span: tuple[int, int], name: str, producer: Producer
) -> None:
    assert producers([(Outline(path, source), line, *span)])[name] == producer


def test_what_does_not_reach_the_line_produces_nothing() -> None:
    assert "log" not in producers([(Outline("a.py", PYTHON), 5, 1, 5)])


def test_a_parameter_leads_on_to_the_calling_frame() -> None:
    inner = Outline("in.py", "def price(item):\n    return item.value\n")
    outer = Outline("out.py", "def total(shop):\n    item = shop.first_item()\n    return price(item)\n")
    found = producers([(inner, 2, 1, 2), (outer, 3, 1, 3)])
    assert found["first_item"] == Producer("item", 1, 1)


def test_a_caller_that_gave_nothing_to_the_line_produces_nothing() -> None:
    inner = Outline("in.py", "def price():\n    return RATES['a']\n")
    outer = Outline("out.py", "def total(shop):\n    item = shop.first_item()\n    return price()\n")
    assert "first_item" not in producers([(inner, 2, 1, 2), (outer, 3, 1, 3)])
