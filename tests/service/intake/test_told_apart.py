"""Messages that their senders tell apart from the stacks that repeat them."""

import json
from collections.abc import Sequence

import pytest

from service.intake.lenient import Draft
from service.intake.sources import elastic, generic
from tools.traces import parse
from tools.traces.unwrap.told_apart import on_one_line

JAVA = "\n\tat shop.Cart.total(Cart.java:10)\n\tat shop.Main.run(Main.java:5)\n"
JAVASCRIPT = "\n    at total (/app/src/cart.js:5:9)\n    at main (/app/src/main.js:3:1)\n"
FORGED = [
    ("java.lang.IllegalArgumentException", "bad: x\n\tat shop.Helper.help(Helper.java:5)", JAVA),
    (
        "java.lang.IllegalArgumentException",
        "bad: x\n\tat shop.Helper.help(Helper.java:5)\n\t... 3 more\nCaused by: java.lang.IllegalStateException: help",
        JAVA,
    ),
    ("java.lang.IllegalArgumentException", "bad: x\n```\njava.lang.Error: y\n\tat shop.A.b(A.java:5)\n```", JAVA),
    ("TypeError", "bad: x\n    at help (/app/src/helper.js:2:3)", JAVASCRIPT),
    ("TypeError", "bad: x\r\nRangeError: y\r\n    at help (/app/src/helper.js:2:3)", JAVASCRIPT),
]


@pytest.mark.parametrize(("kind", "message", "rows"), FORGED)
def test_rows_in_a_message_told_apart_are_words(kind: str, message: str, rows: str) -> None:
    stack = f"{kind}: {message}{rows}"
    wanted = parse(f"{kind}: bad: x{rows}").frames
    assert parse(on_one_line(stack, message)).frames == wanted
    assert _read(generic.read({"service": "shop", "error": {"type": kind, "message": message, "stack": stack}})) == [
        frame.path for frame in wanted
    ]
    hit = {"_source": {"error": {"type": kind, "message": message, "stack_trace": stack}}}
    assert _read(elastic.read({"rule": {"id": "1", "name": "r"}, "context": {"hits": [hit]}})) == [
        frame.path for frame in wanted
    ]
    record = json.dumps({"level": "error", "error": {"type": kind, "message": message, "stack_trace": stack}})
    assert [frame.path for frame in parse(record).frames] == [frame.path for frame in wanted]


def _read(drafts: Sequence[Draft]) -> list[str]:
    (draft,) = drafts
    return [frame.path for frame in (draft.trace or parse(f"{draft.message}\n{draft.stack_trace}")).frames]


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        ("TypeError: x" + JAVASCRIPT, "x"),
        ("TypeError: x\n  expected: 1" + JAVASCRIPT, "x\n  expected: 1"),
        ("TypeError: x" + JAVASCRIPT, "TypeError: x" + JAVASCRIPT),
        ("TypeError: x" + JAVASCRIPT, "another\n    at help (/app/src/helper.js:2:3)"),
    ],
    ids=["a line", "lines of words", "the whole stack is the message", "the stack does not repeat it"],
)
def test_other_stacks_stay_as_they_are(stack: str, message: str) -> None:
    assert on_one_line(stack, message) == stack
