"""A title above the rows of a trace is part of no message, in any language and spelling."""

import pytest

from tools.traces import parse
from tools.traces.messages.titles import titles_stack

TITLES = ["Stack trace:", "stacktrace:", "Stack:", "StackTrace:", "Call stack:", "Backtrace:", "Back trace:", "Trace:", "Traceback:",
    "Full stack trace:", "**Stack trace**", "### Stack trace", "STACK TRACE:", "Error stack:", "Stack Trace", "stack =",
    "Stack backtrace:"]  # fmt: skip
TEXTS = {
    "javascript": "ValueErrorX\nno price\n{}\n  at total (/srv/shop/cart.js:3:5)\n  at run (/srv/shop/a.js:9:1)\n",
    "go": "panic: no price\n{}\n\ngoroutine 1 [running]:\nmain.total(0x1)\n\t/srv/cart.go:3 +0x1d\n",
    "java": "java.lang.IllegalStateException: no price\n{}\n\tat shop.Cart.total(Cart.java:3)\n",
    "ruby": "NoPriceError (no price)\n{}\napp/cart.rb:3:in `total'\napp/a.rb:4:in `run'\n",
    "csharp": "Shop.PriceException: no price\n{}\n   at Shop.Cart.Total(Int32 a) in /srv/Cart.cs:line 3\n",
    "rust": "thread 'main' panicked at src/main.rs:3:5:\nno price\n{}\n   0: shop::total\n             at ./src/main.rs:3:5\n",
}


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_title_of_the_stack_is_no_part_of_the_message(title: str, language: str) -> None:
    trace = parse(TEXTS[language].format(title))
    assert (trace.language, trace.failures[0].message) == (language, "no price")


@pytest.mark.parametrize("line", ["the haystack:", "no trace of the order", "stack overflow", "trace: 7f3a", "Stacked"])
def test_a_sentence_with_such_a_word_is_no_title(line: str) -> None:
    assert not titles_stack(line)
