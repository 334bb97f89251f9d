"""The error in a body of any sender: its type, its message and its places."""

from typing import Any

import pytest

from tests.service.intake.generic_drafts import TRACE, only
from tools.traces import parse


def test_a_trace_is_found_wherever_it_stands() -> None:
    for document in ({"x": {"y": {"z": TRACE}}}, {"stack": TRACE.split("\n")}, {"error": TRACE}):
        draft = only({"title": "t", **document})
        assert (draft.stack_trace, draft.error_text) == (TRACE, True)


def test_calls_alone_get_what_was_raised_beside_them() -> None:
    stack = "    at charge (/srv/app/pay.js:8:3)\n    at run (/srv/app/run.js:2:1)"
    draft = only({"title": "t", "error": {"name": "TypeError", "message": "x is null", "stack": stack}})
    assert draft.stack_trace == f"TypeError: x is null\n{stack}"


CLASS = "java.lang.NullPointerException"
CALLS = ["com.acme.Cart.total(Cart.java:43)", "com.acme.Shop.pay(Shop.java:12)"]
OBJECTS = [
    {"className": "com.acme.Cart", "methodName": "total", "fileName": "Cart.java", "lineNumber": 43},
    {"className": "com.acme.Shop", "methodName": "pay", "fileName": "Shop.java", "lineNumber": 12},
]


def raised(document: dict[str, Any]) -> tuple[str | None, str, list[str]]:
    """Type and message of the error, and its places, the innermost first."""
    draft = only(document)
    trace = draft.trace or parse(draft.stack_trace)
    failure = trace.failures[-1]
    return failure.type, failure.message, [f"{each.path}:{each.line} {each.function}" for each in failure.frames]


def test_a_class_where_others_send_the_error_is_its_type_and_the_place_beside_it_a_frame() -> None:
    document = {"exception": "KeyError", "message": "'total'", "file": "/srv/cart.py", "line": 43, "function": "total"}
    assert raised(document) == ("KeyError", "'total'", ["/srv/cart.py:43 total"])
    assert raised({"error": {"class": "KeyError", "message": "'total'"}} | {"file": "/srv/log.py", "line": 8})[2] == []


@pytest.mark.parametrize("calls", [CALLS, [f"\tat {each}" for each in CALLS], "\n".join(CALLS), OBJECTS])
def test_a_class_beside_its_calls_is_the_type_and_no_message(calls: object) -> None:
    found = raised({"exception": CLASS, "message": "cart is null", "stackTrace": calls})
    assert found == (CLASS, "cart is null", ["com/acme/Cart.java:43 total", "com/acme/Shop.java:12 pay"])


@pytest.mark.parametrize("word", ["timeout", "Timeout", "Internal Server Error", "boom"])
def test_a_word_where_others_send_the_error_is_no_type(word: str) -> None:
    assert only({"error": word, "message": "no answer"}).trace is None


def test_the_line_that_threw_is_a_frame_that_php_sends_apart_from_the_calls() -> None:
    call = {"file": "/srv/Checkout.php", "line": 31, "function": "total", "class": "Cart", "type": "->"}
    thrown = {"class": "TypeError", "message": "Unsupported", "file": "/srv/Cart.php", "line": 12}
    both = ["/srv/Cart.php:12 total", "/srv/Checkout.php:31 None"]
    assert raised({"exception": {**thrown, "trace": [call]}}) == ("TypeError", "Unsupported", both)
    assert raised({"exception": thrown}) == ("TypeError", "Unsupported", ["/srv/Cart.php:12 None"])
    assert raised({**thrown, "exception": "App\\TypeError", "trace": [call]})[2] == both
    rows = {**thrown, "file": "/srv/Cart.php:12", "trace": ["/srv/Checkout.php:31"]}
    del rows["line"]
    assert raised({"exception": rows})[2] == ["/srv/Cart.php:12 None", "/srv/Checkout.php:31 None"]


def test_the_file_of_the_log_is_no_place_beside_the_calls_of_another_language() -> None:
    document = {"exception": CLASS, "message": "m", "stackTrace": OBJECTS, "file": "Log.java", "line": 7}
    assert len(raised(document)[2]) == 2
