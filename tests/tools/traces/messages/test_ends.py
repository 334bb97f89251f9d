"""Lines that no message goes on with end it in every language alike."""

import pytest

from tools.traces import parse
from tools.traces.messages.ends import closes, whole

ENDS = [
    "```\nAny idea why?",
    "~~~\nThe rest of the issue.",
    "`",
    "**Additional context**\nIt works on my machine.",
    "**Version:** 2.3.1",
    "</details>",
    "Did you mean?  totals",
    "  12 |   return cart.total",
    "\n## Steps\n1. Open the cart",
    "\n- OS: Ubuntu 22.04\n- Version: 2.3.1",
    "\n> What does the log say?",
    "\n@anabel could you look?",
    "\n---\nUbuntu 22.04",
    "\nhttps://shop.example/wiki/errors",
]
TEXTS = {
    "python": 'Traceback (most recent call last):\n  File "/srv/cart.py", line 3, in total\n    return 1 / 0\nValueError: no price\n{}\n',
    "go": "panic: no price\n{}\n\ngoroutine 1 [running]:\nmain.total(0x1)\n\t/srv/cart.go:3 +0x1d\n",
    "rust": "thread 'main' panicked at src/main.rs:3:5:\nno price\n{}\nnote: run with `RUST_BACKTRACE=1` environment variable\n",
    "java": "java.lang.IllegalStateException: no price\n{}\n\tat shop.Cart.total(Cart.java:3)\n",
    "javascript": "RangeError: no price\n{}\n    at total (/srv/shop/cart.js:3:5)\n    at run (/srv/shop/a.js:9:1)\n",
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("language", ["python", "go", "rust"])
def test_what_a_person_or_a_tool_adds_below_a_message_is_no_part_of_it(language: str, end: str) -> None:
    trace = parse(TEXTS[language].format(end))
    assert (trace.language, trace.failures[0].message) == (language, "no price")


@pytest.mark.parametrize(
    "end", ["  12 |   return cart.total", "Did you mean?  totals", "... 3 lines matching cause stack trace ..."]
)
@pytest.mark.parametrize("language", ["java", "javascript"])
def test_nor_between_a_message_and_the_rows_below_it(language: str, end: str) -> None:
    trace = parse(TEXTS[language].format(end))
    assert (trace.language, trace.failures[0].message) == (language, "no price")


MESSAGES = [
    "no price\n  of cart 7",
    "no price\n\n[SQL: select 1]\n(Background on this error at: https://sqlalche.me/e/20/e3q8)",
    "### Error querying database.  Cause: java.sql.SQLException\n### The error may exist in Cart.xml",
    "Cannot find module 'mysql'\nRequire stack:\n- /srv/cart.js",
    "2 validation errors for Cart\nprice\n  field required (type=value_error.missing)",
    "no price\n\nCompile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.",
]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_of_several_lines_stays_whole(message: str) -> None:
    assert whole(message) == message


def test_a_heading_closes_a_message_only_below_a_blank_line() -> None:
    assert closes("## Steps", "")
    assert not closes("## Steps", "no price")
    assert not closes("**Stack trace**", "no price")
