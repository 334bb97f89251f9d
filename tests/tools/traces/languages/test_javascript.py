"""Stacks of V8, Firefox and Safari."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.trace import Frame
from tests.tools.traces.drawn import DIGITS, LETTERS, SENTENCE, path, word
from tools.traces import parse


@pytest.mark.parametrize(
    ("row", "frame"),
    [
        ("at emitOne (events.js:82:20)", Frame(path="events.js", line=82, column=20, function="emitOne")),
        (
            "at async Foo.bar [as baz] (/srv/a b/x.ts:10:5)",
            Frame(path="/srv/a b/x.ts", line=10, column=5, function="bar", class_name="Foo"),
        ),
        (
            "at new Widget (file:///srv/w.mjs:3:1)",
            Frame(path="file:///srv/w.mjs", line=3, column=1, function="constructor", class_name="Widget"),
        ),
        (
            "at Object.<anonymous> (C:\\srv\\index.js:1:1)",
            Frame(path="C:/srv/index.js", line=1, column=1, function="<anonymous>", class_name="Object"),
        ),
        ("at /srv/x.js:30:80", Frame(path="/srv/x.js", line=30, column=80)),
        ("at async /srv/x.js:30:80", Frame(path="/srv/x.js", line=30, column=80)),
        ("at Array.every (native)", Frame(function="every", class_name="Array")),
        ("at new Promise (<anonymous>)", Frame(function="constructor", class_name="Promise")),
        ("at async Promise.all (index 0)", Frame(function="all", class_name="Promise")),
        (
            "at eval (eval at run (/srv/e.js:5:6), <anonymous>:1:1)",
            Frame(path="/srv/e.js", line=5, column=6, function="eval"),
        ),
        (
            "at process.tick (node:internal/process/task_queues:95:5)",
            Frame(path="node:internal/process/task_queues", line=95, column=5, function="tick", class_name="process"),
        ),
        (
            "at webpack-internal:///./src/y.js:8:9",
            Frame(path="webpack-internal:///./src/y.js", line=8, column=9),
        ),
        (
            "render@https://x.org/List.js:12:34",
            Frame(path="https://x.org/List.js", line=12, column=34, function="render"),
        ),
        ("async*@https://x.org/app.js:1:2", Frame(path="https://x.org/app.js", line=1, column=2)),
        (
            "at Sizzle.error (load.php?debug=false&lang=en:21)",  # a script that PHP serves
            Frame(path="load.php", line=21, function="error", class_name="Sizzle"),
        ),
    ],
)
def test_every_kind_of_frame(row: str, frame: Frame) -> None:
    trace = parse(f"TypeError: x is undefined\n    at first (/srv/first.js:1:1)\n    {row}\n")
    assert trace.language == "javascript"
    assert trace.frames[1] == frame


@pytest.mark.parametrize(
    ("header", "kind", "message"),
    [
        ("TypeError: Cannot read 'id'", "TypeError", "Cannot read 'id'"),
        ("Uncaught TypeError: no", "TypeError", "no"),
        ("Uncaught (in promise) RangeError: no", "RangeError", "no"),
        ("(node:12) UnhandledPromiseRejectionWarning: Error: no", "Error", "no"),
        ("AssertionError [ERR_ASSERTION]: no", "AssertionError", "no"),
        ("Error: one\ntwo", "Error", "one\ntwo"),
        ("Error", "Error", ""),
        ("2024-01-02 03:04:05 something failed", None, "something failed"),
    ],
)
def test_every_kind_of_header(header: str, kind: str | None, message: str) -> None:
    trace = parse(f"{header}\n    at f (/srv/first.js:1:1)\n")
    assert (trace.exception, trace.message) == (kind, message)


def test_causes_come_first() -> None:
    trace = parse(
        "Error: outer\n    at outer (/srv/o.js:1:2) {\n  code: 'EFOO',\n  [cause]: TypeError: inner\n  on two lines\n"
        "      at inner (/srv/i.js:5:6) {\n    [cause]: Error: root\n        at root (/srv/r.js:7:8)\n  }\n}\n"
    )
    assert [failure.message for failure in trace.failures] == ["root", "inner\n  on two lines", "outer"]


def test_the_members_of_an_aggregate_come_before_it() -> None:
    trace = parse(
        "AggregateError: All promises were rejected\n    at x (/srv/x.js:1:1) {\n  [errors]: [\n    Error: one\n"
        "        at a (/srv/a.js:1:1),\n    Error: two\n        at b (/srv/b.js:1:1)\n  ]\n}\n"
    )
    assert [failure.message for failure in trace.failures] == ["one", "two", "All promises were rejected"]


def test_the_code_frame_above_the_error_gives_the_source() -> None:
    text = (
        "/srv/lib/a.js:31\n    while (token.value) {\n           ^\n\nTypeError: no\n    at f (/srv/lib/{}.js:31:17)\n"
    )
    assert parse(text.replace("{}", "a")).frames[0].source == "while (token.value) {"
    elsewhere = parse(text.replace("{}", "b")).frames
    assert [frame.path for frame in elsewhere] == ["/srv/lib/a.js", "/srv/lib/b.js"]


def test_two_errors_one_below_the_other_are_two_traces() -> None:
    trace = parse("Error: a\n    at f (/srv/a.js:1:1)\nError: b\n    at f (/srv/b.js:1:1)\n")
    assert [failure.message for failure in trace.failures] == ["a"]


NAME = word(LETTERS + "_$", LETTERS + DIGITS + "_$", 0, 8)
FRAME = st.builds(
    Frame,
    path=path(st.sampled_from([".js", ".ts"])),
    line=st.integers(1, 99_999),
    column=st.integers(1, 999),
    function=NAME,
    class_name=st.none() | NAME,
)


@given(st.lists(FRAME, min_size=1, max_size=12), SENTENCE)
def test_what_v8_prints_is_read_back(frames: list[Frame], message: str) -> None:
    rows = [
        f"    at {f'{frame.class_name}.' if frame.class_name else ''}{frame.function}"
        f" ({frame.path}:{frame.line}:{frame.column})"
        for frame in frames
    ]
    (failure,) = parse("\n".join([f"RangeError: {message}", *rows])).failures
    assert (failure.type, failure.message, list(failure.frames)) == ("RangeError", message, frames)


REAL = "\n    at pay (/srv/pay.js:20:3)\n    at run (/srv/run.js:2:3)"


@pytest.mark.parametrize("forged", ["Caused by: Error: z", "  [cause]: Error: z"])
@pytest.mark.parametrize("end", ["", "\n}"])
def test_a_cause_above_the_first_row_is_a_part_of_the_message(forged: str, end: str) -> None:
    trace = parse(f"TypeError: bad\n{forged}\n    at q (/srv/q.js:1:1){end}{REAL}")
    assert (trace.exception, trace.message) == ("TypeError", f"bad\n{forged}")
    assert [frame.line for frame in trace.frames] == [1, 20, 2]  # nobody can tell which rows the message holds


def test_rows_inside_a_message_do_not_stand_for_the_rows_below_it() -> None:
    trace = parse(f'TypeError: bad "x\n    at q (/srv/q.js:1:1)\n"{REAL}')
    assert [frame.line for frame in trace.frames] == [1, 20, 2]


def test_a_lone_backtick_inside_a_message_is_no_fence() -> None:
    text = "RangeError: bad:\n`\nfoo\n`\n    at total (/srv/cart.js:3:5)\n    at run (/srv/a.js:9:1)\n"
    (failure,) = parse(text).failures
    assert (failure.type, failure.message.split("\n")[0]) == ("RangeError", "bad:")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Unable to import module 'cart': Error", "Unable to import module 'cart': Error"),
        ("(node:12) UnhandledPromiseRejectionWarning: Error", ""),
        ("Cannot pay: Error: no price", "no price"),
    ],
)
def test_a_sentence_that_ends_with_an_error_is_all_that_is_said(header: str, message: str) -> None:
    trace = parse(f"{header}\nat total (/srv/cart.js:12:5)\nat run (/srv/api.js:3:1)\n")
    assert (trace.language, trace.message) == ("javascript", message)


def test_a_host_with_its_port_in_two_lines_is_no_trace() -> None:
    line = (
        "Jun  7 03:52:{} paid[4286]: (node:43) "
        "UnhandledPromiseRejectionWarning: Unhandled promise rejection (rejection id: {}): "
        "Error: getaddrinfo ENOTFOUND pay.example.com pay.example.com:443\n"
    )
    trace = parse(line.format(14, 34) + line.format(23, 39))
    assert (trace.language, trace.exception, trace.frames) == ("javascript", "Error", ())


def test_a_quotation_within_a_quoted_error_does_not_end_it() -> None:
    text = 'The job fails with: `AssertionError: Timed out retrying after 4000ms: no element: `[data-a="b"]`.\n\nWhy?\n'
    assert parse(text).message == 'Timed out retrying after 4000ms: no element: `[data-a="b"]`'
    assert parse("It says `TypeError: x is not a function` and stops.\n").message == "x is not a function"
