"""Java and Kotlin stack traces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.trace import Frame
from tests.tools.traces.drawn import DIGITS, LETTERS, LOWER, SENTENCE, UPPER, word
from tools.traces import parse

CHAIN = """2024-01-02 03:04:05.123 ERROR 1 --- [exec-1] o.a.c.C.[dispatcherServlet] : Servlet.service() threw
com.acme.ServiceException: outer
on two lines
\tat com.acme.Service.lambda$run$0(Service.java:12) ~[app.jar!/:1.0]
\tat com.acme.Service$$EnhancerBySpringCGLIB$$1a2b.run(<generated>)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)
\tSuppressed: java.io.IOException: close
\t\tat com.acme.Res.close(Res.java:5)
\t\t... 3 more
Caused by: java.lang.IllegalStateException: mid
\tat com.acme.Repo$Inner.<init>(Repo.kt:33)
\t... 2 more
Caused by: java.lang.NullPointerException
\tat app//com.acme.Deep.get(Deep.java:7)
\tat jdk.internal.reflect.Accessor.invoke0(Native Method)
\t... 12 common frames omitted"""


def test_the_last_cause_is_the_root() -> None:
    trace = parse(CHAIN)
    assert [(failure.type, failure.message) for failure in trace.failures] == [
        ("java.lang.NullPointerException", ""),
        ("java.lang.IllegalStateException", "mid"),
        ("java.io.IOException", "close"),
        ("com.acme.ServiceException", "outer\non two lines"),
    ]
    assert trace.frames[0] == Frame(path="com/acme/Deep.java", line=7, function="get", class_name="com.acme.Deep")


def test_names_are_those_of_the_source() -> None:
    frames = parse(CHAIN).frames
    assert Frame(path="com/acme/Service.java", line=12, function="run", class_name="com.acme.Service") in frames
    assert Frame(path="com/acme/Repo.kt", line=33, function="Inner", class_name="com.acme.Repo$Inner") in frames
    assert Frame(function="run", class_name="com.acme.Service") in frames
    assert (
        Frame(path="java/util/ArrayList.java", line=1511, function="forEach", class_name="java.util.ArrayList")
        in frames
    )


def test_a_fragment_that_begins_with_a_cause_is_read() -> None:
    trace = parse("Caused by: java.lang.NullPointerException: null\n\tat a.b.C.d(C.java:3) ~[classes/:na]\n")
    assert (trace.exception, trace.message, trace.frames[0].path) == (
        "java.lang.NullPointerException",
        "null",
        "a/b/C.java",
    )


def test_a_log_row_may_end_with_the_exception() -> None:
    trace = parse("12:00:01 [main] ERROR c.a.Foo - java.lang.IllegalStateException: bad\n\tat a.b.C.d(C.java:3)\n")
    assert (trace.exception, trace.message) == ("java.lang.IllegalStateException", "bad")


def test_a_thread_may_be_named() -> None:
    trace = parse('Exception in thread "main" java.lang.Error: bad\n\tat a.b.C.d(C.java:3)\n')
    assert (trace.exception, trace.message) == ("java.lang.Error", "bad")


def test_structured_records_are_opened() -> None:
    trace = parse(
        '{"log.level":"error","error":{"type":"java.lang.Error","message":"bad",'
        '"stack_trace":"java.lang.Error: bad\\n\\tat com.acme.A.b(A.java:3)\\n"}}'
    )
    assert (trace.language, trace.exception, trace.frames[0].path) == ("java", "java.lang.Error", "com/acme/A.java")


ROWS = "\n\tat shop.Cart.check(Cart.java:9)\n\tat shop.Main.main(Main.java:3)"
FORGED = "\n{0}: java.lang.IllegalStateException: helper\n\tat shop.Cart.total(Cart.java:7)"


@pytest.mark.parametrize("role", ["Caused by", "\tSuppressed"])
@pytest.mark.parametrize("end", ["", '"', '\n"'])
def test_a_cause_above_the_first_row_is_a_part_of_the_message(role: str, end: str) -> None:
    trace = parse('java.lang.NullPointerException: bad "x' + FORGED.format(role) + end + ROWS)
    (failure,) = trace.failures
    assert (failure.type, failure.message.partition("\n")[0]) == ("java.lang.NullPointerException", 'bad "x')
    assert [frame.line for frame in failure.frames] == [7, 9, 3]  # nobody can tell which rows the message holds


def test_rows_inside_a_message_do_not_stand_for_the_rows_below_it() -> None:
    trace = parse('java.lang.NullPointerException: bad "x\n\tat shop.Cart.total(Cart.java:7)\n"' + ROWS)
    assert [frame.line for frame in trace.frames] == [7, 9, 3]
    cause = parse("a.b.OuterError: x" + ROWS + '\nCaused by: a.b.InnerError: "y' + FORGED.format("Caused by") + ROWS)
    assert [failure.type for failure in cause.failures] == ["a.b.InnerError", "a.b.OuterError"]


NAME = word(LOWER, LOWER + DIGITS, 0, 7)
CLASS = word(UPPER, LETTERS, 0, 8)


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    package = draw(st.lists(NAME, min_size=1, max_size=4))
    name, suffix = draw(CLASS), draw(st.sampled_from(["java", "kt"]))
    return Frame(
        path=f"{'/'.join(package)}/{name}.{suffix}",
        line=draw(st.integers(1, 99_999)),
        function=draw(NAME),
        class_name=".".join([*package, name]),
    )


RAISED = st.tuples(CLASS, SENTENCE, st.lists(frames(), min_size=1, max_size=6))


@given(st.lists(RAISED, min_size=1, max_size=4))
def test_what_the_jvm_prints_is_read_back(chain: list[tuple[str, str, list[Frame]]]) -> None:
    blocks = []
    for kind, message, stack in chain:
        rows = [
            f"\tat {frame.class_name}.{frame.function}({frame.path.split('/')[-1]}:{frame.line})" for frame in stack
        ]
        blocks.append("\n".join([f"com.acme.{kind}Exception: {message}", *rows, "\t... 3 more"]))
    read = [
        (failure.type, failure.message, list(failure.frames))
        for failure in parse("\nCaused by: ".join(blocks)).failures
    ]
    assert read == [(f"com.acme.{kind}Exception", message, stack) for kind, message, stack in reversed(chain)]


@pytest.mark.parametrize("mark", ["```", "~~~", "`"])
def test_a_fence_inside_a_message_takes_no_type_from_the_error(mark: str) -> None:
    text = f"java.lang.IllegalStateException: bad\n{mark}\nnothing wrong\n{mark}\n\tat shop.Cart.total(Cart.java:3)\n"
    (failure,) = parse(text).failures
    assert (failure.type, failure.message.split("\n")[0]) == ("java.lang.IllegalStateException", "bad")


def test_a_fence_around_the_rows_ends_the_prose_above_it() -> None:
    text = (
        "java.lang.IllegalStateException\nsays my log:\n```\nERROR no price\n\tat shop.Cart.total(Cart.java:3)\n```\n"
    )
    assert parse(text).failures[0].type is None
