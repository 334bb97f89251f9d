"""Python tracebacks."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.trace import Frame
from tests.tools.traces.drawn import DIGITS, LOWER, UPPER, joined, path, several, some, word
from tools.traces import parse
from tools.traces.languages.python_handlers import OWN
from tools.traces.large.stream import read_errors

HEADER = "Traceback (most recent call last):\n"
SIMPLE = HEADER + "  File \"/srv/app/x.py\", line 3, in f\n    g(a)\n    ~^^^\nKeyError: 'foo'\n"


def test_the_innermost_frame_comes_first_with_its_source() -> None:
    trace = parse(
        HEADER + '  File "/srv/app/main.py", line 9, in <module>\n    run()\n'
        '  File "/srv/app/run.py", line 4, in run\n    return self.mapping[idx]\n           ~~~~~~~~~~~~^^^^^\n'
        "acme.errors.Missing: (1, 0)\n"
    )
    assert (trace.language, trace.exception, trace.message) == ("python", "acme.errors.Missing", "(1, 0)")
    assert trace.frames == (
        Frame(path="/srv/app/run.py", line=4, function="run", source="return self.mapping[idx]"),
        Frame(path="/srv/app/main.py", line=9, function="<module>", source="run()"),
    )


def test_both_linking_sentences_keep_the_cause_first() -> None:
    for sentence in (
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    ):
        trace = parse(
            SIMPLE
            + f"\n{sentence}\n\n"
            + HEADER
            + '  File "/srv/app/y.py", line 7, in h\n    f()\nValueError: no foo\n'
        )
        assert [failure.type for failure in trace.failures] == ["KeyError", "ValueError"]
        assert [frame.path for frame in trace.frames] == ["/srv/app/x.py", "/srv/app/y.py"]


@pytest.mark.parametrize(
    ("sentence", "source", "raised", "types"),
    [
        (
            "During handling of the above exception, another",
            "print(e.told)",
            "AttributeError",
            ["AttributeError", "KeyError"],
        ),
        (
            "During handling of the above exception, another",
            "raise TypeError(x)",
            "TypeError",
            ["KeyError", "TypeError"],
        ),
        ("During handling of the above exception, another", "connect()", "OSError", ["KeyError", "OSError"]),
        ("The above exception was the direct cause of another", "f(x)", "TypeError", ["KeyError", "TypeError"]),
    ],
)
def test_an_error_that_is_new_in_the_handler_is_the_root(
    sentence: str, source: str, raised: str, types: list[str]
) -> None:
    rows = f'  File "/srv/app/y.py", line 7, in h\n    {source}\n{raised}: no foo\n'
    trace = parse(f"{SIMPLE}\n{sentence} exception occurred:\n\n{HEADER}{rows}")
    assert [failure.type for failure in trace.failures] == types


def test_a_group_follows_its_members() -> None:
    trace = parse(
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "/srv/g.py", line 2, in <module>\n  |     raise ExceptionGroup("eg", errors)\n'
        "  | ExceptionGroup: eg (2 sub-exceptions)\n  +-+---------------- 1 ----------------\n"
        "    | Traceback (most recent call last):\n"
        '    |   File "/srv/a.py", line 1, in f\n    |     x = y\n    |         ^\n    | ValueError: 1\n'
        "    +---------------- 2 ----------------\n    | TypeError: 2\n    +------------------------------------\n"
    )
    assert [failure.type for failure in trace.failures] == ["ValueError", "TypeError", "ExceptionGroup"]
    assert trace.frames[0] == Frame(path="/srv/a.py", line=1, function="f", source="x = y")


def test_the_file_of_a_syntax_error_is_the_innermost_frame() -> None:
    trace = parse(
        HEADER + '  File "/srv/m.py", line 1, in <module>\n    import x\n'
        '  File "/srv/x.py", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax\n'
    )
    assert trace.frames[0] == Frame(path="/srv/x.py", line=3, source="def f(:")
    assert trace.message == "invalid syntax"


def test_messages_keep_their_lines_until_the_next_log_record() -> None:
    trace = parse(
        "2024-01-02 03:04:05 ERROR job failed\n" + HEADER + '  File "/srv/x.py", line 3, in f\n    g()\n'
        "acme.Invalid: 2 errors\n\n  name\n    is required\n2024-01-02 03:04:06 INFO next job\nmore\n"
    )
    assert trace.message == "2 errors\n\n  name\n    is required"


def test_an_exception_of_java_below_is_no_part_of_the_message() -> None:
    java = 'Exception in thread "main" java.lang.NullPointerException: null\n\tat org.example.Main.main(Main.java:3)\n'
    found = parse(SIMPLE + java)
    assert "'foo'" in [failure.message for failure in found.failures]
    assert not any("Exception in thread" in failure.message for failure in found.failures)


def test_repeated_lines_are_told_once() -> None:
    row = '  File "/srv/x.py", line 3, in f\n    f()\n'
    trace = parse(HEADER + row * 3 + "  [Previous line repeated 946 more times]\nRecursionError: too deep\n")
    assert (trace.exception, len(trace.frames)) == ("RecursionError", 1)


def test_an_exception_without_a_message_has_an_empty_one() -> None:
    trace = parse(HEADER + '  File "/srv/x.py", line 3, in f\n    next(it)\nStopIteration\n')
    assert (trace.exception, trace.message) == ("StopIteration", "")


def test_log_drivers_may_prefix_every_line() -> None:
    expected = parse(SIMPLE)
    for prefix in (
        "2024-01-02T03:04:05.123456789Z stderr F ",
        "web-1  | ",
        "[pod/web-7f/app] ",
        "2024-01-02 03:04:05,123 ",
    ):
        assert parse("\n".join(prefix + line for line in SIMPLE.splitlines())) == expected, prefix


def test_escaped_and_json_records_are_opened() -> None:
    expected = parse(SIMPLE).failures
    escaped = SIMPLE.replace("\n", "\\n").replace('"', '\\"')
    for text in (
        "ERROR worker crashed: " + escaped,
        '{"level": "error", "message": "job failed", "exc_info": "' + escaped + '"}',
        '2024-01-02T03:04:05Z {"message": "' + escaped + '"}',
    ):
        assert parse(text).failures == expected


def test_the_most_frequent_of_several_traces_is_taken_and_the_first_on_a_tie() -> None:
    record = "2026-01-15 09:41:02 ERROR shop: failed\n"
    once, twice = record + SIMPLE.replace("x.py", "y.py"), record + SIMPLE
    assert parse(once + twice + twice).frames[0].path == "/srv/app/x.py"
    assert parse(once + twice).frames[0].path == "/srv/app/y.py"


FORGED = (
    'Traceback (most recent call last):\n  File "/srv/innocent.py", line 3, in g\n    h()\nKeyError: y\n',
    "TypeError: x\n    at g (/srv/innocent.js:3:1)\n    at main (/srv/innocent.js:9:1)\n",
    'ERROR: x\nTraceback (most recent call last):\n  File "/srv/innocent.py", line 3, in g\n    h()\nKeyError: y\n',
    "WARNING: DATA RACE\nWrite at 0x1 by goroutine 7:\n  main.g()\n      /srv/innocent.go:3 +0x1\n\n",
)


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("between", ["", "\n"])
def test_traces_inside_a_message_make_no_error_more_frequent(forged: str, between: str) -> None:
    real = 'Traceback (most recent call last):\n  File "/srv/pay.py", line 20, in check\n    raise E\nValueError: bad\n'
    trace = parse(real + between + forged * 3)
    assert (trace.exception, trace.frames) == (
        "ValueError",
        (Frame(path="/srv/pay.py", line=20, function="check", source="raise E"),),
    )
    assert read_errors(BytesIO((real + between + forged * 3).encode())).errors[0].trace == trace


def test_frames_without_the_header_are_a_trace_too() -> None:
    assert parse('  File "/srv/x.py", line 3, in f\n    g()\nKeyError: 1').exception == "KeyError"


FUNCTION = word(LOWER + "_", LOWER + DIGITS + "_", 0, 9) | st.sampled_from(["<lambda>", "<module>"])
SOURCE = joined(word(LOWER, LOWER + " ().=", 0, 30), st.sampled_from(LOWER + ")"))
FRAME = st.builds(Frame, path=path(".py"), line=st.integers(1, 99_999), function=FUNCTION, source=SOURCE)
TYPE = joined(several(joined(some(LOWER, 1, 6), "."), 0, 3), word(UPPER, LOWER, 0, 8), "Error")
MESSAGE = st.just("") | joined(
    word(LOWER, LOWER + " ", 0, 20), st.sampled_from(LOWER), st.just("") | joined("\n  ", some(LOWER, 1, 20))
)
RAISED = st.tuples(TYPE.filter(lambda kind: kind not in OWN), MESSAGE, st.lists(FRAME, min_size=1, max_size=8))


@given(st.lists(RAISED, min_size=1, max_size=4))
def test_what_python_prints_is_read_back(chain: list[tuple[str, str, list[Frame]]]) -> None:
    blocks = []
    for kind, message, frames in chain:
        rows = [
            f'  File "{frame.path}", line {frame.line}, in {frame.function}\n    {frame.source}\n    ^^^^\n'
            for frame in reversed(frames)
        ]
        blocks.append(HEADER + "".join(rows) + (f"{kind}: {message}\n" if message else f"{kind}\n"))
    text = "\nDuring handling of the above exception, another exception occurred:\n\n".join(blocks)
    read = [(failure.type, failure.message, list(failure.frames)) for failure in parse(text).failures]
    assert read == chain
