"""What copying and viewing does to lines is undone, and nothing else."""

import pytest

from tools.traces import parse
from tools.traces.unwrap.labelled import without_labels
from tools.traces.unwrap.layout import repaired
from tools.traces.unwrap.literals import listed_rows, quoted_trace
from tools.traces.unwrap.markup import without_markup
from tools.traces.unwrap.prefixes import prefix_of_all
from tools.traces.unwrap.tables import text_of_table

TRACE = [
    "Traceback (most recent call last):",
    '  File "/app/cart.py", line 12, in total',
    "    return sum(",
    "        rows,",
    "    )",
    "ZeroDivisionError: division by zero",
]


@pytest.mark.parametrize(
    "lines",
    [
        TRACE,
        ["", *TRACE, "", "next"],
        ["2026-01-15 09:41:02 a", "2026-01-15 09:41:03 b", "2026-01-15 09:41:01 late", "2026-01-15 09:41:04 c"],
        ["- first", "- second", "- third"],
        ["Require stack:", "- /srv/pay.js", "- /srv/index.js"],
        ["Host: shop.example", "Type: text/html", "Length: 12"],
        ["TypeError: x", "    at f (a.js:1:2)", "    at g (b.js:3:4)", ""],
    ],
)
def test_lines_that_nobody_changed_stay_as_they_are(lines: list[str]) -> None:
    assert repaired(lines)[0] == lines


def test_records_of_a_viewer_are_turned_round_with_their_lines() -> None:
    newest = ["2026-01-15 09:41:03 c", "2026-01-15 09:41:02 b", "  below b", "2026-01-15 09:41:01 a"]
    assert repaired(newest)[0] == [newest[3], newest[1], newest[2], newest[0]]


def test_a_row_that_a_terminal_broke_is_one_row_again() -> None:
    broken = ["Traceback (most recent call last):", '  File "/app/a/', '  b.py", line 3, in f', "KeyError: 'x'"]
    assert repaired(broken)[0][1] == '  File "/app/a/b.py", line 3, in f'


def test_rows_themselves_are_no_prefix() -> None:
    assert prefix_of_all(["    at a (a.js:1:2)", "    at b (a.js:2:2)", "    at c (a.js:3:2)"]) is None
    assert prefix_of_all(['{"log": "a b"}', '{"log": "a c"}', '{"log": "a d"}']) is None
    assert prefix_of_all(["[10:00:01] a", "[10:00:02] b", "[9:00:03]"]) is not None


def test_names_in_angle_brackets_are_no_markup() -> None:
    text = 'File "/a.py", line 1, in <module>\n<lambda> at <init>(A.java:1)\nvalue <div> in the middle'
    assert without_markup(text) == text


def test_quotes_without_a_trace_are_left_alone() -> None:
    assert quoted_trace('say "a\\nb\\nc" twice') is None
    assert listed_rows('tags ["a", "b"]') is None


def test_a_table_is_one_when_all_its_rows_have_its_columns() -> None:
    assert text_of_table("a, message\nx") is None
    assert (
        text_of_table('time,message\n1,"Traceback (most recent call last):\n  File ""/a.py"", line 1, in f\n"\n')
        is not None
    )


def test_labels_without_a_place_tell_no_error() -> None:
    headers = ["Type: RuntimeException", "Message: no order"]
    assert without_labels(headers) == headers


def test_places_of_unknown_languages_name_no_language() -> None:
    trace = parse(
        "Unhandled exception: out of bounds (IndexError)\n  from src/cart.cr:42:5 in 'total'\n  from src/main.cr:9:1 in 'main'\n"
    )
    assert (trace.language, trace.exception, trace.message) == (None, "IndexError", "out of bounds")
    assert [(frame.path, frame.line, frame.function) for frame in trace.frames] == [
        ("src/cart.cr", 42, "total"),
        ("src/main.cr", 9, "main"),
    ]
