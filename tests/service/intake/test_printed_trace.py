"""What is printed of a sender's frames is read back by our parsers as the very same trace."""

import pytest

from incidents.trace import Failure, StackTrace
from service.intake.printed_trace import printed
from service.intake.sdk_frames import Raised, SentFrame, headline, trace_of
from tools.traces import parse

ROOT = Raised("KeyError", "no price", [SentFrame("src/app.{0}", 4, "main"), SentFrame("src/cart.{0}", 9, "total")])
OUTER = Raised("CartError", "no cart", [SentFrame("src/index.{0}", 2, "main"), SentFrame("src/shop.{0}", 30, "show")])
ENDINGS = {"python": "py", "php": "php", "javascript": "js", "ruby": "rb"}


def of(ending: str, *raised: Raised) -> list[Raised]:
    return [
        each._replace(frames=[frame._replace(file=frame.file.format(ending)) for frame in each.frames])
        for each in raised
    ]


def places(failure: Failure) -> list[tuple[str, int | None, str | None]]:
    return [(frame.path, frame.line, frame.function) for frame in failure.frames]


@pytest.mark.parametrize(("language", "ending"), ENDINGS.items())
@pytest.mark.parametrize("chained", [False, True])
def test_a_chain_is_read_back(language: str, ending: str, chained: bool) -> None:
    trace = trace_of(language, of(ending, ROOT, *([OUTER] if chained else [])))
    assert trace
    read = parse(printed(trace))
    assert read.language == language
    assert [(each.type, each.message) for each in read.failures] == [
        (each.type, each.message) for each in trace.failures
    ]
    assert _outermost_aside(read, language) == _outermost_aside(trace, language)


def _outermost_aside(trace: StackTrace, language: str) -> list[list[tuple[str, int | None, str | None]]]:
    """PHP never prints the name of what called first."""
    found = [places(failure) for failure in trace.failures]
    return [[*rows[:-1], (*rows[-1][:2], None)] for rows in found] if language == "php" else found


def test_java_is_read_back() -> None:
    frames = [SentFrame("Main.java", 9, "main", "com.acme.Main"), SentFrame("Cart.java", 33, "<init>", "com.acme.Cart")]
    trace = trace_of("java", [Raised("java.lang.RuntimeException", "a", frames), Raised("a.b.Outer", "b", frames)])
    assert trace
    assert parse(printed(trace)).failures == trace.failures


def test_csharp_is_read_back() -> None:
    frames = [SentFrame("/src/P.cs", 9, "Main", "Pay.P"), SentFrame("/src/Rates.cs", 31, "For", "Pay.Rates")]
    trace = trace_of("dotnet", [Raised("System.NullError", "a", frames), Raised("System.OuterException", "b", frames)])
    assert trace
    assert parse(printed(trace)).failures == trace.failures


def test_go_and_rust_print_what_surfaced_with_its_frames() -> None:
    for platform, file in (("go", "/src/cart.go"), ("rust", "src/cart.rs")):
        trace = trace_of(platform, [Raised("X", "boom", [SentFrame(file, 2, "main"), SentFrame(file, 9, "total")])])
        assert trace
        read = parse(printed(trace))
        assert (read.language, read.message) == (platform, "boom")
        assert [(frame.line, frame.function) for frame in read.frames] == [(9, "total"), (2, "main")]


def test_a_language_we_do_not_know_is_none_that_we_know() -> None:
    trace = trace_of("perl", [Raised("Oops", "boom", [SentFrame("lib/Cart.pm", 9, "total", "Shop::Cart")])])
    assert trace
    assert trace.language is None
    assert parse(printed(trace)).language is None
    assert [(frame.path, frame.line) for frame in parse(printed(trace)).frames] == [("lib/Cart.pm", 9)]


def test_a_message_with_lines_draws_no_frames() -> None:
    message = 'x\n  File "/etc/passwd", line 1, in evil'
    trace = trace_of("python", [Raised("KeyError", message, [SentFrame("a.py", 1, "f")])])
    assert trace
    assert [frame.path for frame in parse(printed(trace)).frames] == ["a.py"]


@pytest.mark.parametrize(
    ("platform", "function", "module", "expected"),
    [
        ("python", "outer.<locals>.inner", "a.b", "inner"),
        ("python", "<module>", "a.b", "<module>"),
        ("python", "Cart.total", "a.b", "Cart.total"),
        ("php", "Shop\\Cart::total", "", "Shop\\Cart.total"),
        ("php", "Shop\\{closure}", "", "{closure}"),
        ("javascript", "async Cart.total", "", "Cart.total"),
        ("javascript", "Cart.total [as render]", "", "Cart.total"),
        ("javascript", "new Cart", "", "Cart.constructor"),
        ("javascript", "?", "", ""),
        ("java", "lambda$total$0", "com.acme.Cart", "com.acme.Cart.total"),
        ("go", "(*Cart).Total.func1", "github.com/acme/shop", "Cart.Total"),
        ("go", "shop.Total", "github.com/acme/shop", "Total"),
        ("go", "github.com/acme/shop.(*Cart).Total", "", "Cart.Total"),
        ("ruby", "block in Cart#total", "", "Cart.total"),
        ("ruby", "<main>", "", ""),
        ("csharp", "MoveNext", "Shop.Cart+<Total>d__3", "Shop.Cart.Total"),
        ("csharp", "async Task<int> Shop.Cart.Total(int id)", "", "Shop.Cart.Total"),
        ("csharp", "Total(Int32 id)", "Shop.Cart, Shop", "Shop.Cart.Total"),
        ("rust", "shop::cart::Cart::total::{{closure}}", "", "shop::cart::Cart.total"),
        ("elixir", "Shop.Cart.total/1", "Elixir.Shop.Cart", "Shop.Cart.total"),
        ("elixir", "anonymous fn/1 in Shop.Cart.total/2", "Shop.Cart", "Shop.Cart.total"),
    ],
)
def test_functions_are_named_as_the_source_has_them(platform: str, function: str, module: str, expected: str) -> None:
    trace = trace_of(platform, [Raised("E", "m", [SentFrame("f", 1, function, module)])])
    assert trace
    (frame,) = trace.frames
    assert ".".join(filter(None, (frame.class_name, frame.function))) == expected


@pytest.mark.parametrize(
    ("title", "type_", "message"),
    [
        ("KeyError: 'price'", "KeyError", "'price'"),
        ("Shop\\Cart\\Gone: cart 1", "Shop\\Cart\\Gone", "cart 1"),
        ("Pay::Failed: no rate", "Pay::Failed", "no rate"),
        ("*url.Error: Get x", "*url.Error", "Get x"),
        ("java.lang.IllegalStateException: x", "java.lang.IllegalStateException", "x"),
        ("http: Server closed", "", "http: Server closed"),
        ("Payment failed: card declined", "", "Payment failed: card declined"),
        ("rates are stale", "", "rates are stale"),
    ],
)
def test_the_title_of_an_issue_names_a_type_or_none(title: str, type_: str, message: str) -> None:
    assert headline(title)[:2] == (type_, message)
