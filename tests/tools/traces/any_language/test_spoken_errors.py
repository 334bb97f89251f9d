"""Lines of level ERROR and worse without a trace: each is an error with an identity of its own, other levels are none."""

import io

import pytest

from tests.tools.traces.large.test_stream import QUIET
from tests.tools.traces.wrappings import BARE
from tools.traces import parse
from tools.traces.large import stream
from tools.traces.large.stream import read_errors

ROWS = [
    ("2026-01-15 09:41:02,123 ERROR [exec-3] com.acme.shop.Payments - gateway answered 503", "gateway answered 503"),
    (
        "2026-01-15T09:41:02.123Z ERROR 1 --- [nio-8080-exec-1] c.a.shop.Payments  : gateway answered 503",
        "gateway answered 503",
    ),
    ("2026-01-15 09:41:02,123 - shop.payments - ERROR - gateway answered 503", "gateway answered 503"),
    ("ERROR:shop.payments:gateway answered 503", "gateway answered 503"),
    ('[2026-01-15 09:41:02] production.ERROR: gateway answered 503 {"order":7} []', "gateway answered 503"),
    ("[2026-01-15 09:41:02,123: ERROR/MainProcess] gateway answered 503", "gateway answered 503"),
    ("2026-01-15 09:41:02.123 | ERROR    | shop.payments:charge:31 - gateway answered 503", "gateway answered 503"),
    ("E, [2026-01-15T09:41:02.123 #77] ERROR -- : gateway answered 503", "gateway answered 503"),
    ("2026/01/15 09:41:02 [error] 31#31: *7 gateway answered 503", "gateway answered 503"),
    ("Jan 15 09:41:02 web-1 shop[77]: ERROR gateway answered 503", "gateway answered 503"),
    (
        'time="2026-01-15T09:41:02Z" level=error msg="charge failed" err="gateway answered 503"',
        "charge failed: gateway answered 503",
    ),
    (
        '{"level":"error","ts":1.7,"msg":"charge failed","err":"gateway answered 503","trace_id":"a1"}',
        "charge failed: gateway answered 503",
    ),
    ('{"level":50,"time":1768470062123,"msg":"gateway answered 503"}', "gateway answered 503"),
    (
        '2026-01-15T09:41:02.123Z\tERROR\tpay/charge.go:31\tcharge failed\t{"order": 7, "error": "gateway answered 503"}',
        "charge failed: gateway answered 503",
    ),
    ("E0115 09:41:02.123456       1 charge.go:31] gateway answered 503", "gateway answered 503"),
    ("[09:41:02 ERR] gateway answered 503", "gateway answered 503"),
    ("2026-01-15 09:41:02 UTC [77] FATAL:  gateway answered 503", "gateway answered 503"),
    ("2026-01-15T09:41:02Z error: gateway answered 503", "gateway answered 503"),
    ("api-1  | 2026-01-15T09:41:02Z [ERROR] Gateway answered 503", "Gateway answered 503"),
]
OTHERS = [
    "2026-01-15 09:41:02,123 INFO [exec-3] com.acme.shop.Payments - ERROR count is 0",
    "2026-01-15T09:41:02Z GET /cart returned ERROR",
    '{"level":"info","msg":"no error"}',
    'level=warn msg="slow" err="none"',
    "2026-01-15 09:41:02.123 | WARNING  | shop:charge:3 - retry after ERROR",
    "I0115 09:41:02.123456       1 charge.go:31] gateway answered 503",
]


def counted(log: bytes) -> dict[str, int]:
    return {error.trace.message: error.count for error in read_errors(io.BytesIO(log)).errors if error.count}


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
@pytest.mark.parametrize(("row", "message"), ROWS)
def test_every_such_line_is_counted_by_its_message(row: str, message: str, large: bool) -> None:
    around = QUIET * 2 if large else b"2026-01-15T09:41:02Z INFO started\n"
    other = row.replace("503", "504").replace("answered", "closed the line")
    log = around + "\n".join([row, *OTHERS, row, other, row]).encode() + b"\n" + around
    assert counted(log) == {message: 3, message.replace("503", "504").replace("answered", "closed the line"): 1}


def test_lines_that_differ_in_numbers_only_are_one_error_and_the_commonest_comes_first() -> None:
    rows = [f"2026-01-15T09:41:02Z ERROR order {n} has no price" for n in range(30)]
    rows += [f"2026-01-15T09:41:02Z ERROR card of {name} was refused" for name in ("ada", "bob")]
    for around in (b"", QUIET * 2):
        errors = read_errors(io.BytesIO(around + "\n".join(rows).encode() + b"\n" + around)).errors
        assert [error.count for error in errors] == [30, 1, 1]
    assert parse("\n".join(rows[::-1])).message.startswith("order ")


@pytest.mark.parametrize("language", ["python", "java", "javascript", "ruby", "go", "php"])
def test_the_line_that_announces_a_trace_is_no_error_beside_it(language: str) -> None:
    trace = f"2026-01-15T09:41:02Z ERROR request 7 failed\n{BARE[language]}\n2026-01-15T09:41:03Z INFO next"
    other = "2026-01-15T09:41:04Z ERROR no route to the mail host"
    for around in ("", QUIET.decode() * 2):
        log = "\n".join([around + trace, other, trace, other, other, around])
        errors = read_errors(io.BytesIO(log.encode())).errors
        assert [(error.trace.failures, error.count) for error in errors] == [
            (parse(BARE[language]).failures, 2),
            (errors[1].trace.failures, 3),
        ]
        assert errors[1].trace.message == "no route to the mail host"


@pytest.mark.parametrize("language", ["python", "java", "ruby"])
def test_a_logger_that_puts_its_level_before_every_row_of_a_trace_tells_one_error(language: str) -> None:
    rows = [f"2026-01-15 09:41:02 ERROR [pay] {row}" for row in BARE[language].split("\n")]
    (error,) = read_errors(io.BytesIO("\n".join(rows).encode())).errors
    assert (error.trace, error.count) == (parse(BARE[language]), 1)


def test_the_words_of_a_log_without_errors_leave_out_what_went_well() -> None:
    text = "2026-01-15T09:41:02Z INFO started\nqueue is gone\n2026-01-15T09:41:02Z DEBUG 3 left\n"
    assert parse(text).message == "queue is gone"
    assert parse("2026-01-15T09:41:02Z INFO started\n").message == "started"


def test_what_an_error_names_is_read_from_its_line() -> None:
    trace = parse("2026-01-15T09:41:02Z ERROR worker - acme.PoolError: no connection is left at lib/pool.lua:31\nbye")
    assert (trace.exception, trace.message) == ("acme.PoolError", "no connection is left at lib/pool.lua:31")
    assert [(frame.path, frame.line) for frame in trace.frames] == [("lib/pool.lua", 31)]


def test_more_different_lines_than_are_kept_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_SAID", 500)
    monkeypatch.setattr(stream, "MAX_ERRORS", 200)
    names = (bytes([97 + n // 26 // 26, 97 + n // 26 % 26, 97 + n % 26]) for n in range(600))
    log = QUIET * 2 + b"".join(b"2026-01-15T09:41:02Z ERROR no user %sxyz\n" % name for name in names)
    reading = read_errors(io.BytesIO(log))
    assert sum(error.count for error in reading.errors) + reading.uncounted == 600
    assert len(reading.errors) == 200
