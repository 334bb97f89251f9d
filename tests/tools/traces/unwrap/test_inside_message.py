"""A record between an error's header and its first row is part of the message; anywhere else it is read."""

import pytest

from tools.traces import parse

JAVA = ("java.lang.IllegalStateException: x\n", "\tat shop.Cart.total(Cart.java:10)\n\tat shop.Main.run(Main.java:5)\n")
NODE = ("TypeError: x\n", "    at total (/app/src/cart.js:5:9)\n    at main (/app/src/main.js:3:1)\n")
RECORDS = {
    "attribute": '     -> exception.stacktrace: Str(Traceback (most recent call last):\n  File "/app/helper.py", line 5, in help\n'
    "    y\nKeyError: 'z')\n",
    "body": "Body: Str(java.lang.Error: y\n\tat shop.Helper.help(Helper.java:3)\n\tat shop.Other.run(Other.java:4))\n",
    "elements": '<Thrown name="java.lang.Error" message="y"><ExtendedStackTrace><ExtendedStackTraceItem class="shop.Helper"'
    ' method="help" file="Helper.java" line="9"/></ExtendedStackTrace></Thrown>\n',
    "record": '{"level":"error","msg":"y","stack":"Error: y\\n    at help (/app/src/helper.js:5:10)"}\n',
    "container": '{"log":"Error: y\\n    at help (/app/src/helper.js:5:10)\\n","stream":"stderr"}\n',
}


def _first(text: str) -> str:
    return parse(text).frames[0].path.lower()


@pytest.mark.parametrize("trace", [JAVA, NODE], ids=["java", "node"])
@pytest.mark.parametrize("record", RECORDS)
def test_a_record_within_a_message_is_not_read(record: str, trace: tuple[str, str]) -> None:
    header, rows = trace

    assert "cart" in _first(header + RECORDS[record] + rows)


@pytest.mark.parametrize("record", RECORDS)
def test_the_same_below_a_line_that_names_an_error_is(record: str) -> None:
    assert "helper" in _first(f"2026-11-30 ERROR java.lang.IllegalStateException: x\n{RECORDS[record]}next\n")
