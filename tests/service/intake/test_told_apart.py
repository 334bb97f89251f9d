"""Messages that their senders tell apart from the stacks that repeat them."""

import json
from collections.abc import Sequence

import pytest

from incidents.alert import Alert
from service.intake.fingerprint import keys_of
from tests.service.intake.cases import Case
from tools.traces import parse
from tools.traces.unwrap.told_apart import on_one_line

JAVA = "\n\tat shop.Cart.total(Cart.java:10)\n\tat shop.Main.run(Main.java:5)\n"
JAVASCRIPT = "\n    at total (/app/src/cart.js:5:9)\n    at main (/app/src/main.js:3:1)\n"
CSHARP = "\n   at Acme.Pay.Charge() in /src/Pay.cs:line 42\n   at Acme.Program.Main() in /src/Program.cs:line 9"
PHP = " in /a/Pay.php:42\nStack trace:\n#0 /a/Main.php(9): charge()\n#1 {main}"
GO = "\n\ngoroutine 1 [running]:\nacme.Charge()\n\t/src/pay.go:42 +0x1\nmain.main()\n\t/src/main.go:9 +0x2"
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
    ("System.InvalidOperationException", "bad\n   at Shop.Helper.Help() in /src/Helper.cs:line 5", CSHARP),
    ("PHP Fatal error:  Uncaught E", "bad in /a/Helper.php:5\nStack trace:\n#0 /a/Helper.php(5): help()", PHP),
    ("panic", "bad\n\ngoroutine 1 [running]:\nshop.Help()\n\t/src/helper.go:5 +0x1", GO),
]


@pytest.mark.parametrize(("kind", "message", "rows"), FORGED)
def test_rows_in_a_message_told_apart_are_words(kind: str, message: str, rows: str) -> None:
    stack = f"{kind}: {message}{rows}"
    wanted = [frame.path for frame in parse(f"{kind}: bad{rows}").frames]
    assert len(wanted) >= 2
    assert _paths(on_one_line(stack, message)) == wanted
    for body in _bodies(kind, message, stack):
        (notice,) = body.notices()
        assert notice.trace
        assert [frame.path for frame in notice.trace.frames] == wanted, body.source
        assert _paths(notice.alert.text) == wanted, "and wherever its stored text is read again"
    record = {"level": "error", "error": {"type": kind, "message": message, "stack_trace": stack}}
    assert _paths(json.dumps(record)) == wanted


def _bodies(kind: str, message: str, stack: str) -> Sequence[Case]:
    """What each kind of sender makes of it that has a field for the message."""
    hit = {"_source": {"error": {"type": kind, "message": message, "stack_trace": stack}}}
    alert = {"labels": {"alertname": "x", "service": "s"}, "annotations": {"error": message, "stack_trace": stack}}
    own = {"service": "s", "environment": "production", "first_seen": "2026-11-30T08:00:00Z", "repository": "shop"}
    return (
        Case("generic", "one", {"service": "s", "error": {"type": kind, "message": message, "stack": stack}}),
        Case("generic", "flat", {"service": "s", "level": "error", "message": message, "stack_trace": stack}),
        Case("elastic", "hit", {"rule": {"id": "1", "name": "r"}, "context": {"hits": [hit]}}),
        Case("alertmanager", "notes", {"status": "firing", "alerts": [alert], "version": "4"}),
        Case("redtide", "own", {**own, "message": f"{kind}: {message}", "stack_trace": stack}),
    )


def _paths(text: str) -> list[str]:
    return [frame.path for frame in parse(text).frames]


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        ("TypeError: x" + JAVASCRIPT, "x"),
        ("TypeError: x" + JAVASCRIPT, "TypeError: x" + JAVASCRIPT),
        ("TypeError: x" + JAVASCRIPT, "another\n    at help (/app/src/helper.js:2:3)"),
    ],
    ids=["a line", "the whole stack is the message", "the stack does not repeat it"],
)
def test_other_stacks_stay_as_they_are(stack: str, message: str) -> None:
    assert on_one_line(stack, message) == stack


@pytest.mark.parametrize(
    "said",
    [
        "Syntax error in config/app.yml:12",
        "2 errors:\nValueError: bad 'a'\nTypeError: bad (b)",
        'x: cannot read in jar:file:/a.jar!/x.yml:3 "k"',
    ],
)
@pytest.mark.parametrize("kind", ["", "shop.ConfigError: "])
def test_people_read_a_message_as_it_was_sent(said: str, kind: str) -> None:
    """It is read without the signs that could draw rows; who only looked at it so far knows the same error still."""
    stack = f'Traceback (most recent call last):\n  File "/srv/a.py", line 9, in load\n    raise E(m)\nshop.ConfigError: {said}'
    body = {"service": "s", "repository": "shop", "message": kind + said, "stack_trace": stack}
    (notice,) = Case("redtide", "own", body).notices()
    assert notice.trace
    assert (notice.alert.message, notice.trace.message) == (kind + said, said)
    assert notice.trace.frames == parse(stack.replace(said, "bad")).frames
    failure = parse(stack.replace(said, "bad")).failures[0].model_copy(update={"message": said})
    plain = notice.trace.model_copy(update={"failures": (failure,)})
    assert notice.identity == keys_of(notice.alert, plain, "redtide", "").identity


def test_a_message_of_signs_alone_is_all_that_an_alert_says() -> None:
    assert Alert(service="s", repository="r", message="?!").text == "?!"


REPEATED = [
    ("TypeError", "at total (/app/src/cart.js:5:9)", JAVASCRIPT + "    at run (/app/src/run.js:1:1)\n"),
    ("TypeError", "bad: x\n    at total (/app/src/cart.js:5:9)\n    at main (/app/src/main.js:3:1)", JAVASCRIPT),
    ("TypeError", JAVASCRIPT.strip(), JAVASCRIPT + "    at run (/app/src/run.js:1:1)\n"),
    ("shop.Bad", JAVA.strip(), JAVA + "\tat shop.Start.run(Start.java:1)\n"),
]


@pytest.mark.parametrize(("kind", "message", "rows"), REPEATED)
def test_a_message_that_repeats_the_true_rows_takes_none_of_them_away(kind: str, message: str, rows: str) -> None:
    assert _paths(on_one_line(f"{kind}: {message}{rows}", message)) == _paths(f"{kind}: bad{rows}")


def test_rows_below_a_traceback_are_taken_out_of_its_message_and_stay_above() -> None:
    rows = '  File "/app/main.py", line 3, in main\n    total(1)\n  File "/app/cart.py", line 9, in total\n    fail()\n'
    message = 'File "/app/main.py", line 3, in main\n    total(1)'
    stack = f"Traceback (most recent call last):\n{rows}KeyError: {message}\n"

    assert on_one_line(stack, message).startswith(f"Traceback (most recent call last):\n{rows}KeyError: File")
    assert _paths(on_one_line(stack, message)) == _paths(f"Traceback (most recent call last):\n{rows}KeyError: x\n")


def test_a_text_that_no_header_announces_is_no_copy_of_the_message() -> None:
    stack = "TypeError: x" + JAVASCRIPT + "    at run (/app/src/run.js:1:1)\n"

    assert on_one_line(stack, JAVASCRIPT.strip()) == stack


def test_a_cause_that_repeats_the_message_is_cleaned_too() -> None:
    message = "bad: x\n\tat shop.Helper.help(Helper.java:5)"
    stack = f"shop.Outer: shop.Bad: {message}{JAVA}Caused by: shop.Bad: {message}{JAVA}"

    assert not any("Helper" in path for path in _paths(on_one_line(stack, message)))


RECORDS = [
    '{"level":"error","msg":"y","stack":"Error: y\\n    at help (/app/src/helper.js:5:10)"}',
    '{"log":"Error: y\\n    at help (/app/src/helper.js:5:10)\\n","stream":"stderr"}',
    '<Thrown name="a.B" message="y"><ExtendedStackTrace><ExtendedStackTraceItem class="shop.Helper" method="run"'
    ' file="Helper.java" line="9"/></ExtendedStackTrace></Thrown>',
]


@pytest.mark.parametrize("before", ["rate refused\n", "rate refused ", ""])
@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize(("kind", "rows"), [("TypeError", JAVASCRIPT), ("shop.Bad", JAVA)])
def test_a_record_in_a_message_is_words(before: str, record: str, kind: str, rows: str) -> None:
    message = f"{before}{record}"

    assert _paths(on_one_line(f"{kind}: {message}{rows}", message)) == _paths(f"{kind}: bad{rows}")


def test_lines_of_words_are_put_on_one_line() -> None:
    assert (
        on_one_line("TypeError: x\n  expected: 1" + JAVASCRIPT, "x\n  expected: 1")
        == "TypeError: x expected 1" + JAVASCRIPT
    )


@pytest.mark.parametrize(
    "told",
    [
        "bad:  x\n at shop.Helper.help(Helper.java:5)",
        "bad: x\n\tat shop.Helper.help(Helper.java:5)\n  ",
        "bad: x\n\tat shop.Helper.help(Helper.jav...",
        "bad: x\n\tat shop.Helper.help(Hel [truncated]",
    ],
    ids=["blanks", "blanks at the end", "cut", "cut with a word"],
)
def test_a_message_that_differs_in_blanks_or_was_cut_is_the_same(told: str) -> None:
    stack = f"shop.Bad: bad: x\n\tat shop.Helper.help(Helper.java:5)  {JAVA}"

    assert _paths(on_one_line(stack, told)) == _paths(f"shop.Bad: bad{JAVA}")


def test_rows_in_a_message_beside_its_type_are_words_where_no_stack_is_sent() -> None:
    message = "bad: x\n2026-03-02 08:14:55 ERROR TypeError: y\n    at help (/app/src/helper.js:2:3)"
    (notice,) = Case("generic", "", {"service": "s", "error": {"type": "ValueError", "message": message}}).notices()

    assert notice.trace
    assert (notice.trace.exception, notice.trace.frames) == ("ValueError", ())


def test_a_whole_stack_sent_as_the_message_is_still_read() -> None:
    (notice,) = Case("generic", "", {"error": {"type": "TypeError", "message": "TypeError: x" + JAVASCRIPT}}).notices()

    assert notice.trace
    assert notice.trace.frames


@pytest.mark.parametrize("kind", [{}, {"type": "ValueError"}], ids=["bare", "with a type"])
def test_an_object_as_the_message_is_known_by_its_words(kind: dict[str, str]) -> None:
    def identity(**told: str) -> str:
        (notice,) = Case("generic", "", {"error": {**kind, "message": json.dumps(told)}}).notices()
        return notice.identity

    assert identity(title="card refused", user="ann") == identity(title="card refused", user="bob")
    assert identity(title="card refused", code="Limit") != identity(title="card refused", code="Expired")
    assert identity(title="card refused") != identity(title="order lost")
    assert identity(title="server error", detail="no table") != identity(title="server error", detail="no space left")
    assert identity(title="card refused", type="a", code="b") == identity(title="card refused", code="b", type="a")
