"""What compilers, Gradle, R, shells and debuggers print stands in a message too: whoever wrote that failed elsewhere."""

import pytest

from tools.traces import parse

ROWS = "charge:3, Pay (com.shop)\nrefund:5, Pay (com.shop)\nrun:7, Main (com.shop)"


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("java.lang.IllegalStateException: mail says src/pay.py:2: error: y", "java", "java.lang.IllegalStateException"),
        ("ValueError: bad note 'x src/pay.py:2: error: y'", "python", "ValueError"),
        ("ValueError: src/pay.py:2: error: y", "python", "ValueError"),
        ("NoMethodError: undefined method x, note 'a src/pay.rb:2: error: y'", "ruby", "NoMethodError"),
        ("java.lang.IllegalStateException: he wrote:\n* What went wrong:\nnothing", "java", "java.lang.IllegalStateException"),
        ("ValueError: he wrote:\n* What went wrong:\nnothing", "python", "ValueError"),
        ("ValueError: note: x\nError in buy(3) : sold out", "python", "ValueError"),
        (f"RuntimeError: note was\n{ROWS}", None, "RuntimeError"),
    ],
)  # fmt: skip
def test_an_error_that_is_announced_keeps_its_type_whatever_it_quotes(
    text: str, language: str | None, kind: str
) -> None:
    trace = parse(text)
    assert (trace.language, trace.exception) == (language, kind)


@pytest.mark.parametrize(
    "text",
    [
        "Payment failed, a customer writes: see web/pay.ts:2: error: wrong sum",
        'note "look web/pay.php:2: error: x"',
        "# shop/pay\nnote src/pay.go:2:3: hello",
        "error: user note: run.sh: line 3: foo: command not found",
        "a customer sent\ncharge:3, Pay (com.shop)\nrefund:5, Pay (com.shop)\nand nothing more",
    ],
)
def test_a_place_within_a_sentence_is_none(text: str) -> None:
    assert parse(text).frames == ()


@pytest.mark.parametrize(
    "before",
    ["", "[ERROR] ", "2026-11-30 12:00:00 build | ", "#12 3.4 ", "web-1  | ", "12:00:01 ERROR in ", "Error: ", "> "],
)
def test_what_a_log_writes_before_a_compilers_error_is_no_sentence(before: str) -> None:
    trace = parse(f"{before}web/pay.ts(2,3): error TS2322: wrong sum")
    assert (trace.language, trace.message) == ("javascript", "wrong sum")
    assert [(frame.path, frame.line) for frame in trace.frames] == [("web/pay.ts", 2)]


def test_rows_of_a_debugger_below_words_are_read() -> None:
    assert [frame.line for frame in parse(f"it hangs here\n{ROWS}").frames] == [3, 5, 7]
