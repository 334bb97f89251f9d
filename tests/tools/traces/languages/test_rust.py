"""Rust panics and error chains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.trace import Frame
from tools.traces import parse

BACKTRACE = """stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:645:5
   1: core::panicking::panic_fmt
             at /rustc/abc/library/core/src/panicking.rs:72:14
   2: core::result::unwrap_failed
             at /rustc/abc/library/core/src/result.rs:1649:5
   3: shop::cart::Cart<T>::total::{{closure}}
             at ./src/cart.rs:72:41
   4: <shop::Api as tower::Service<R>>::call::h0123456789abcdef
             at ./src/api.rs:9:5
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""


def test_the_machinery_of_the_panic_is_left_out() -> None:
    trace = parse(
        "thread 'main' panicked at src/cart.rs:72:41:\ncalled `Result::unwrap()` on an `Err` value: Empty\n" + BACKTRACE
    )
    assert (trace.language, trace.exception) == ("rust", "panic")
    assert trace.message == "called `Result::unwrap()` on an `Err` value: Empty"
    assert trace.frames == (
        Frame(path="src/cart.rs", line=72, column=41, function="total", class_name="shop::cart::Cart"),
        Frame(path="src/api.rs", line=9, column=5, function="call", class_name="shop::Api"),
    )


def test_the_place_of_the_panic_comes_first_when_the_backtrace_does_not_show_it() -> None:
    trace = parse("thread 'w' (4711) panicked at src/other.rs:1:2:\nboom\n" + BACKTRACE)
    assert [(frame.path, frame.line) for frame in trace.frames] == [
        ("src/other.rs", 1),
        ("src/cart.rs", 72),
        ("src/api.rs", 9),
    ]


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        (
            "'index out of bounds: the len is 3 but the index is 5', src/cart.rs:5:10",
            "index out of bounds: the len is 3 but the index is 5",
        ),
        ("'first line\nsecond line', src/cart.rs:5:10", "first line\nsecond line"),
    ],
)
def test_before_rust_1_73_the_message_stands_in_quotes_before_the_place(printed: str, message: str) -> None:
    trace = parse(f"thread 'tokio-runtime-worker' panicked at {printed}\nnote: run with `RUST_BACKTRACE=1`\n")
    assert (trace.message, [(frame.path, frame.line) for frame in trace.frames]) == (message, [("src/cart.rs", 5)])


def test_a_chain_of_causes_has_its_root_last() -> None:
    trace = parse(
        "Error: cannot read the settings\n\nCaused by:\n    0: cannot open shop.toml\n    1: No such file (os error 2)\n\n"
        "Stack backtrace:\n   0: anyhow::error::<impl anyhow::Error>::msg\n             at /cargo/anyhow/src/error.rs:83:36\n"
        "   1: shop::settings::read\n             at ./src/settings.rs:12:9\n"
    )
    assert [failure.message for failure in trace.failures] == [
        "No such file (os error 2)",
        "cannot open shop.toml",
        "cannot read the settings",
    ]
    assert [(frame.path, frame.function) for frame in trace.frames] == [("src/settings.rs", "read")]


def test_a_full_backtrace_with_addresses_and_inlined_calls_is_read() -> None:
    trace = parse(
        "  20:     0x56102b9af43f - shop::task::run::h7fc9a1c0189d9edd\n"
        "                               at /src/task.rs:113\n"
        "                           shop::task::inlined::h0123456789abcdef\n"
        "                               at /src/task.rs:20\n"
    )
    assert [(frame.path, frame.line, frame.function) for frame in trace.frames] == [
        ("/src/task.rs", 113, "run"),
        ("/src/task.rs", 20, "inlined"),
    ]


def test_javascript_is_not_found_in_it() -> None:
    assert parse("thread 'main' panicked at src/a.rs:1:2:\nno\n" + BACKTRACE).language == "rust"


@given(st.text(alphabet="0123:at src/.rs{}<>' panicked\n", max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    parse("thread 'main' panicked at " + text)
