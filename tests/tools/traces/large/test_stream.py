"""Logs of any size: every error is found and counted, and what is held at once is bounded."""

import io
import json
from collections import Counter

import pytest

from incidents.errors import UnreadableTrace
from incidents.trace import Failure, Frame, StackTrace
from tests.tools.traces.pieces import pieces
from tests.tools.traces.wrappings import BARE
from tools.traces import parse, signature
from tools.traces.large.blocks import BLOCK, MAX_LINE, Block
from tools.traces.large.hot_lines import HotLines, HotLineSearch
from tools.traces.large.stream import SMALL, read_errors
from tools.traces.large.units import AROUND, MAX_UNIT, Unit
from tools.traces.unwrap.lines import Log, read_log
from tools.traces.unwrap.printing import printed

QUIET = b"".join(
    b"2026-01-15T09:41:%02d.%03dZ INFO [worker-%d] shop.api - GET /cart/%d 200 in %d ms\n"
    % (n % 60, n % 1000, n % 8, n * 7, n)
    for n in range(4_000)
)


def counted(log: bytes) -> dict[str, int]:
    """Errors by identity."""
    return {signature(error.trace): error.count for error in read_errors(io.BytesIO(log)).errors}


def alone(trace: StackTrace) -> StackTrace:
    """The trace without what the log says above it."""
    return trace.model_copy(update={"before": ()})


def test_an_error_in_the_middle_of_a_large_log_is_found_with_its_line() -> None:
    log = QUIET * 3 + b"2026-01-15T09:41:02Z ERROR failed\n" + BARE["java"].encode() + b"\n" + QUIET * 3
    assert len(log) > SMALL
    reading = read_errors(io.BytesIO(log))
    (error,) = reading.errors
    assert (alone(error.trace), error.count) == (parse(BARE["java"]), 1)
    assert "failed" in error.trace.before[-1]
    assert log.split(b"\n")[error.line - 1].startswith(b"\tat com.acme.shop.Cart.total")
    assert "ERROR failed" in error.text
    assert reading.lines == log.count(b"\n")


def test_exceptions_without_a_row_are_found_and_counted_once_each() -> None:
    memory = b'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n'
    inner = b"Unhandled exception. Shop.Store.StoreException: closed\n ---> System.IO.IOException: gone\n"
    reading = read_errors(io.BytesIO(b"".join((QUIET * 3, memory, QUIET, memory, QUIET, inner, QUIET * 3))))
    read = {(error.trace.language, error.trace.exception, error.trace.message): error.count for error in reading.errors}
    assert read == {
        ("java", "java.lang.OutOfMemoryError", "Java heap space"): 2,
        ("csharp", "System.IO.IOException", "gone"): 1,
    }


def test_parse_reads_the_whole_of_a_large_text_too() -> None:
    assert alone(parse((QUIET * 3).decode() + BARE["python"] + "\n" + (QUIET * 3).decode())) == parse(BARE["python"])


@pytest.mark.parametrize("prefix", ["", "2026-01-15T09:41:02.123456789Z stderr F ", "checkout-1  | "])
def test_every_occurrence_in_every_language_is_counted(prefix: str) -> None:
    order = [name for round_ in range(40) for name in BARE if (round_ + len(name)) % 3]
    blocks = [f"2026-01-15T09:41:02Z ERROR request {n} failed\n{BARE[name]}" for n, name in enumerate(order)]
    log = "\n".join(prefix + line for line in "\n".join(blocks).split("\n"))
    expected = Counter(signature(parse(BARE[name])) for name in order)
    assert counted(QUIET * 2 + log.encode() + b"\n" + QUIET) == expected


def test_numbers_in_messages_do_not_make_another_error_and_other_places_do() -> None:
    def error(order: int, function: str) -> str:
        failure = Failure(
            type="KeyError", message=f"order {order}", frames=(Frame(path="/app/a.py", line=3, function=function),)
        )
        return printed("python", [failure])

    log = "\n".join(error(n, "total" if n % 4 else "rate") for n in range(400)).encode()
    assert sorted(counted(QUIET * 2 + log).values()) == [100, 300]


def test_the_most_frequent_error_comes_first_and_warnings_last() -> None:
    warning = "PHP Warning:  Undefined variable $a in /srv/a.php on line 3\n"
    log = QUIET * 2 + (warning * 50 + (BARE["go"] + "\n\n") * 2 + (BARE["csharp"] + "\ndone\n") * 5).encode()
    errors = read_errors(io.BytesIO(log)).errors
    assert [(error.trace.language, error.count, error.grave) for error in errors] == [
        ("csharp", 5, True),
        ("go", 2, True),
        ("php", 50, False),
    ]


def test_the_lines_of_two_containers_are_told_apart() -> None:
    rows = [f"api-1  | {line}" for line in BARE["java"].split("\n")]
    log = "\n".join("\n".join([row, *["web-1  | GET / 200"] * 40]) for row in rows).encode()
    (error,) = read_errors(io.BytesIO(QUIET * 2 + log + b"\n" + QUIET)).errors
    assert error.trace == parse(BARE["java"])


def test_a_trace_like_one_seen_before_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counting(text: str) -> Log:
        parsed.append(text)
        return read_log(text)

    monkeypatch.setattr("tools.traces.large.stream.read_log", counting)
    traces = [f"2026-01-15T09:41:02Z ERROR request {n} failed\n{BARE[name]}" for n in range(60) for name in BARE]
    assert sum(counted(QUIET * 2 + "\n".join(traces).encode()).values()) == 60 * len(BARE)
    assert len(parsed) < 60


def test_records_in_json_are_counted_one_by_one() -> None:
    record = b'{"level":"error","n":%d,"stack_trace":"java.lang.Error: bad\\n\\tat com.acme.A.b(A.java:3)\\n\\tat com.acme.A.c(A.java:9)"}\n'
    (error,) = read_errors(io.BytesIO(QUIET * 2 + b"".join(record % n for n in range(30)))).errors
    assert (error.trace.exception, error.count) == ("java.lang.Error", 30)


def test_a_log_without_any_trace_gives_what_it_says() -> None:
    log = QUIET * 3 + b"2026-01-15T09:41:02Z ERROR payment gateway answered 503\n" + QUIET
    (said,) = read_errors(io.BytesIO(log)).errors
    assert (said.trace.message, said.count) == ("payment gateway answered 503", 1)


def test_a_log_without_any_error_gives_its_words_with_count_zero() -> None:
    (said,) = read_errors(io.BytesIO(QUIET * 3 + b"the worker has died\n")).errors
    assert said.count == 0


def test_a_small_log_is_read_as_parse_reads_it() -> None:
    (error,) = read_errors(io.BytesIO(BARE["ruby"].encode())).errors
    assert (error.trace, error.count, error.text) == (parse(BARE["ruby"]), 1, BARE["ruby"])


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\0\1\2" * 100_000])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableTrace):
        read_errors(io.BytesIO(content))


def test_utf_16_and_windows_line_ends_are_read() -> None:
    text = (QUIET * 2).decode() + BARE["python"] + "\n" + QUIET.decode()
    for raw in (text.encode("utf-16"), text.replace("\n", "\r\n").encode()):
        (error,) = read_errors(io.BytesIO(raw)).errors
        assert alone(error.trace) == parse(BARE["python"])


class Endless:
    """A stream that gives the same part again and again, in small pieces, as a pipe does."""

    def __init__(self, part: bytes, size: int) -> None:
        self._part, self._left = part * (1 + 300_000 // len(part)), size

    def read(self, size: int, /) -> bytes:
        """At most 64 kB."""
        given = self._part[: min(size, self._left, 65_536)]
        self._left -= len(given)
        return given


@pytest.mark.parametrize("part", [QUIET, BARE["java"].encode() + b"\n", b"\tat a.b.C.d(C.java:1)\n", b"x" * 4_096])
def test_what_is_held_at_once_does_not_grow_with_the_log(part: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks: list[int] = []
    units: list[int] = []

    def measured(search: HotLineSearch, block: Block) -> HotLines:
        blocks.append(len(block.text))
        return searched(search, block)

    def add_unit(_: object, unit: Unit) -> None:
        units.append(len(unit.lines))

    searched = HotLineSearch.of
    monkeypatch.setattr(HotLineSearch, "of", measured)
    monkeypatch.setattr("tools.traces.large.stream._Tally.add_unit", add_unit)
    read_errors(Endless(part, 5_000_000))
    assert max(blocks) <= BLOCK + MAX_LINE
    assert max(units, default=0) <= 2 * (MAX_UNIT + AROUND)


def test_different_errors_beyond_the_bound_are_counted_without_being_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.traces.large.stream.MAX_ERRORS", 3)
    names = ["alpha", "beta", "gamma", "delta", "delta"]
    log = "\n".join(
        f'Traceback (most recent call last):\n  File "/app/{name}.py", line 3, in f\nKeyError: {name}' for name in names
    )
    reading = read_errors(io.BytesIO(QUIET * 2 + log.encode()))
    assert (len(reading.errors), reading.uncounted) == (3, 2)


@pytest.mark.parametrize(
    "name",
    [
        "an exception group",
        "symfony's console",
        "laravel's line with a previous exception",
        "recovered and raised again",
        "a system in French prints rows in French, quoted",
        "a log viewer's text, the place before each call",
        "an exit's reason as a term with its rows in one line",
    ],
)
def test_in_a_large_log_a_text_is_read_as_it_is_alone(name: str) -> None:
    text = next(piece.text for piece in pieces() if piece.name == name)
    alone, large = parse(text), parse(QUIET.decode() + text.rstrip("\n") + "\n" + QUIET.decode())
    assert [_shown(large)] == [_shown(alone)]


def _shown(trace: StackTrace) -> tuple[object, ...]:
    places = [[(frame.path, frame.line) for frame in failure.frames] for failure in trace.failures]
    return trace.language, trace.exception, trace.message, places


def test_a_line_that_begins_with_a_type_of_one_language_is_an_error() -> None:
    said = b"ReferenceError: price is not defined\n"
    other = b"the page says Error: price is not defined\nTimeoutError: later\n"
    (error,) = read_errors(io.BytesIO(QUIET * 3 + said + QUIET + other + QUIET + said + QUIET * 2)).errors
    assert (error.trace.language, error.trace.exception, error.count) == ("javascript", "ReferenceError", 2)
    assert error.trace.message == "price is not defined"


def test_such_a_line_above_a_trace_is_no_error_of_its_own() -> None:
    log = QUIET * 3 + b"ValueError: no price\n" + BARE["python"].encode() + b"\n" + QUIET * 3
    (error,) = read_errors(io.BytesIO(log)).errors
    assert alone(error.trace) == parse(BARE["python"])


def test_the_file_of_a_container_of_docker_is_read_in_a_large_log() -> None:
    lines = (QUIET * 2).decode() + BARE["javascript"] + "\n" + QUIET.decode()
    log = "".join(json.dumps({"log": line + "\n", "stream": "stderr"}) + "\n" for line in lines.split("\n"))
    (error,) = read_errors(io.BytesIO(log.encode())).errors
    assert alone(error.trace) == parse(BARE["javascript"])
