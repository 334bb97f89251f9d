"""Go panics."""

from hypothesis import given
from hypothesis import strategies as st

from incidents.trace import Frame
from tests.tools.traces.drawn import DIGITS, LETTERS, LOWER, SENTENCE, joined, several, word
from tools.traces import parse


def test_the_frame_that_panicked_is_the_innermost_not_the_handler_that_recovered() -> None:
    trace = parse(
        "2024/01/02 03:04:05 http: panic serving 10.0.0.1:1234: "
        "runtime error: index out of range [5] with length 3\n"
        "goroutine 34 [running]:\nnet/http.(*conn).serve.func1()\n\t/usr/local/go/src/net/http/server.go:1825 +0xbf\n"
        "panic({0x6d4a80, 0xc0000b4000})\n\t/usr/local/go/src/runtime/panic.go:844 +0x258\n"
        "github.com/acme/app/cart.(*Service).Total(0xc000010000, {0x1, 0x2})\n"
        "\t/go/src/github.com/acme/app/cart/service.go:42 +0x1d\n"
        "main.main.func1({0x7}, 0x9)\n\t/go/src/main.go:12 +0x1d\n"
        "created by net/http.(*Server).Serve in goroutine 1\n\t/usr/local/go/src/net/http/server.go:3089 +0x5ed\n"
    )
    assert (trace.language, trace.exception) == ("go", "panic")
    assert trace.message == "runtime error: index out of range [5] with length 3"
    assert trace.frames == (
        Frame(path="/go/src/github.com/acme/app/cart/service.go", line=42, function="Total", class_name="Service"),
        Frame(path="/go/src/main.go", line=12, function="main"),
        Frame(path="/usr/local/go/src/net/http/server.go", line=3089, function="Serve", class_name="Server"),
    )


def test_a_panic_raised_again_surfaces_last() -> None:
    trace = parse(
        "panic: first [recovered]\n\tpanic: second\n[signal SIGSEGV: segmentation violation code=0x1]\n\n"
        "goroutine 1 [running]:\nmain.Get[...](...)\n\t/app/main.go:8\n"
        "main.main()\n\t/app/main.go:12 +0x1d\nexit status 2"
    )
    assert [(failure.message, len(failure.frames)) for failure in trace.failures] == [("first", 2), ("second", 0)]
    assert trace.frames[0].function == "Get"


def test_fatal_errors_and_other_goroutines() -> None:
    trace = parse(
        "fatal error: all goroutines are asleep - deadlock!\n\n"
        "goroutine 1 [chan receive]:\nmain.main()\n\t/app/a.go:5 +0x1\n\n"
        "goroutine 7 [select]:\nmain.loop()\n\t/app/b.go:9 +0x1\n"
    )
    assert (trace.exception, [frame.path for frame in trace.frames]) == ("fatal error", ["/app/a.go"])


def test_a_logged_stack_needs_no_panic() -> None:
    trace = parse(
        '{"msg":"boom","error":"no key foo","stacktrace":"github.com/acme/app.(*T).Do\\n\\t/src/t.go:12\\n'
        'main.main\\n\\t/src/main.go:5"}'
    )
    assert (trace.message, trace.frames[0]) == (
        "no key foo",
        Frame(path="/src/t.go", line=12, function="Do", class_name="T"),
    )


def test_rows_with_number_place_and_function_are_frames() -> None:
    """As MinIO's logger prints them; they were not read, and the panic was taken for a bare message."""
    trace = parse(
        "Jul 26 19:08:29 node-1 store[27]: Error: handler (Scan) panic: runtime error: index out of range [4] with length 1\n"
        "Jul 26 19:08:29 node-1 store[27]:       33: internal/log/log.go:268:log.LogIf()\n"
        "Jul 26 19:08:29 node-1 store[27]:       32: internal/grid/mux.go:234:grid.(*mux).handle.func1()\n"
        "Jul 26 19:08:29 node-1 store[27]:       31: cmd/replica.go:2165:cmd.(*Pool).queue()\n"
    )
    assert (trace.language, trace.message) == ("go", "runtime error: index out of range [4] with length 1")
    assert trace.frames == (
        Frame(path="internal/log/log.go", line=268, function="LogIf"),
        Frame(path="internal/grid/mux.go", line=234, function="handle", class_name="mux"),
        Frame(path="cmd/replica.go", line=2165, function="queue", class_name="Pool"),
    )


NAME = word(LETTERS, LOWER + DIGITS, 0, 8)
FRAME = st.builds(
    Frame,
    path=joined(several(joined("/", word(LOWER, LOWER + DIGITS + "_-", 0, 8)), 1, 4), ".go"),
    line=st.integers(1, 99_999),
    function=NAME,
    class_name=st.none() | NAME,
)


@given(st.lists(FRAME, min_size=1, max_size=12), SENTENCE)
def test_what_go_prints_is_read_back(frames: list[Frame], message: str) -> None:
    rows = [
        f"acme.org/app.{f'(*{frame.class_name}).' if frame.class_name else ''}{frame.function}(0xc0, {{0x1, 0x2}})\n"
        f"\t{frame.path}:{frame.line} +0x1d"
        for frame in frames
    ]
    (failure,) = parse("\n".join([f"panic: {message}", "", "goroutine 1 [running]:", *rows])).failures
    assert (failure.message, list(failure.frames)) == (message, frames)


def test_a_call_whose_place_was_cut_off_is_the_last_frame_with_its_package() -> None:
    panic = (
        "panic: boom\n\ngoroutine 1 [running]:\ngithub.com/acme/shop/lib.Set({0x1, 0x2})\n\t/src/lib/set.go:22 +0xdf\n"
    )
    cut = "github.com/acme/shop/backend/s3.(*Object).Update(0xc1, {0x2, 0x3})"
    assert parse(panic + cut).frames[1:] == (
        Frame(function="Update", class_name="github.com/acme/shop/backend/s3.Object"),
    )
    assert len(parse(panic + "The customer called (twice)").frames) == 1
