"""JSON whose end was cut off."""

import pytest

from tools.traces import parse
from tools.traces.unwrap.cut_json import LONGEST, value_before_cut

LONG = (
    "a message that goes on for a while, so that what is left of it still says what failed, also when its end is gone"
)


def test_what_stands_before_the_cut_is_read() -> None:
    assert value_before_cut('{"a": 1, "b": [2, {"c": 3}, {"d": "a name that was') == {"a": 1, "b": [2, {"c": 3}]}
    assert value_before_cut('{"level": "error", "a": [1, 2, 3], "b": {"c": 4}') == {
        "level": "error",
        "a": [1, 2, 3],
        "b": {"c": 4},
    }


def test_a_long_text_is_kept_up_to_the_cut() -> None:
    assert value_before_cut('{"level": "error", "message": "' + LONG) == {"level": "error", "message": LONG}
    assert value_before_cut('{"level": "error", "message": "' + LONG + "\\") == {"level": "error", "message": LONG}


def test_a_fence_ends_the_text() -> None:
    assert value_before_cut('{"level": "error", "a": [1, 2, 3], "b": {"c": 4}\n```\nand prose') == {
        "level": "error",
        "a": [1, 2, 3],
        "b": {"c": 4},
    }


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        '{"level": "error", and something else, "message": "no price at all"}',
        '{"level": "error", "a": [1, 2, 3}, "b": {"c": 4}, "d": "e"',
        "{" + '"a": {' * 3_000,
        '{"a": "' + "x" * LONGEST,
        "no JSON at all, and it goes on for more than forty characters",
    ],
    ids=["short", "broken inside", "wrong brackets", "deep", "too long", "words"],
)
def test_anything_else_is_nothing(text: str) -> None:
    assert value_before_cut(text) is None


def test_a_record_whose_end_was_cut_shows_its_stack() -> None:
    stack = "TypeError: no price\\n    at total (/srv/shop/cart.js:12:7)\\n    at main (/srv/shop/main.js:4:1)"
    trace = parse('{"level": "error", "time": 1700000000, "err": {"type": "TypeError", "stack": "' + stack)
    assert (trace.exception, trace.message) == ("TypeError", "no price")
    assert [frame.line for frame in trace.frames] == [12, 4]
