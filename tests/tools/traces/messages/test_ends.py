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
]
PROSE = [
    "\n## Steps\n1. Open the cart",
    "\n- OS: Ubuntu 22.04\n- Version: 2.3.1",
    "\n> What does the log say?",
    "\n@anabel could you look?",
    "\n---\nUbuntu 22.04",
    "\nhttps://shop.example/wiki/errors",
    "'''",
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


@pytest.mark.parametrize("end", PROSE)
@pytest.mark.parametrize("language", ["python", "rust"])
def test_what_only_a_person_writes_ends_a_message_in_a_page(language: str, end: str) -> None:
    trace = parse("**Describe the bug**\n\n" + TEXTS[language].format(end))
    assert (trace.language, trace.failures[0].message) == (language, "no price")


LISTS = [
    "\n- Database: missing host\n- Cache: missing port",
    "12 | foo",
    '"',
    "\n@alice is no member",
    "\n| id | name |",
    "\nSee the log of worker 7",
    "\n> 3 items expected",
]


READ_OTHERWISE = {("python", "\n| id | name |"), ("python", "\n> 3 items expected"), ("rust", "\n> 3 items expected")}
"""Bars and marks that are taken for those of a group or of a mail before anybody reads a message."""
WRITTEN = [
    (language, said)
    for language in ("python", "rust", "java", "javascript")
    for said in LISTS
    if (language, said) not in READ_OTHERWISE
]


@pytest.mark.parametrize(("language", "said"), WRITTEN)
def test_a_program_may_write_the_same_lines(language: str, said: str) -> None:
    assert parse(TEXTS[language].format(said)).failures[0].message == f"no price\n{said}".rstrip()


@pytest.mark.parametrize(("language", "said"), [each for each in WRITTEN if each[0] == "python"])
def test_in_a_page_too_what_a_message_announces_with_a_colon_belongs_to_it(language: str, said: str) -> None:
    text = "**Describe the bug**\n\n" + TEXTS[language].format(said).replace("no price", "no price:")
    assert parse(text).failures[0].message == f"no price:\n{said}".rstrip()


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


def test_the_title_of_a_stack_closes_no_message() -> None:
    assert not closes("**Stack trace**")
    assert closes("**Additional context**")


def test_a_message_of_cpp_is_as_long_as_one_of_other_languages() -> None:
    said = "\n".join(f"cart {number}" for number in range(25))
    text = f"terminate called after throwing an instance of 'std::runtime_error'\n  what():  {said}\n\nAborted (core dumped)\n"
    assert parse(text).failures[0].message == said
