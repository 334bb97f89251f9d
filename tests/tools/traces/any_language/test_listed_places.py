"""Rows that Node.js prints as values, and types and messages in fields of their own."""

import pytest

from tools.traces import parse

ROW = "{{ column: 19,\n       file: '{}',\n       function: {},\n       line: {},\n       native: false }}"


def test_the_rows_of_a_logged_trace_are_its_places() -> None:
    rows = ",\n     ".join([ROW.format("/srv/cart.js", "null", 9), ROW.format("/srv/api.js", "'Api.run'", 3)])
    trace = parse(f"12:00:01 - error: no price for this\n{{ trace:\n   [ {rows} ] }}\n")
    assert trace.message == "no price for this"
    assert [(frame.path, frame.line, frame.function) for frame in trace.frames] == [
        ("/srv/cart.js", 9, None),
        ("/srv/api.js", 3, "run"),
    ]


def test_one_such_value_alone_is_no_trace() -> None:
    assert not parse(f"12:00:01 - error: no price for this\n{ROW.format('/srv/cart.js', 'null', 9)}\n").frames


@pytest.mark.parametrize("around", ["{}", "`{}`", "Why?\n\n```json\n{}\n```\n", "I get:\n\n`{}`\n\nThank you."])
def test_a_type_and_a_message_in_fields_are_those_of_the_error(around: str) -> None:
    record = '{\n  "errorMessage": "no price",\n  "errorType": "shop.PriceError"\n}'
    trace = parse(around.format(record))
    assert (trace.exception, trace.message) == ("shop.PriceError", "no price")


def test_the_fields_of_another_kind_are_none() -> None:
    assert parse('I get:\n\n```json\n{\n  "type": "Order",\n  "message": "no price"\n}\n```\n').exception is None
