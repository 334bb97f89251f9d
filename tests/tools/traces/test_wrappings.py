"""A trace read bare equals the same trace under every wrapping that log shippers, loggers and people put around it."""

import json
from collections.abc import Callable

import pytest

from incidents.trace import StackTrace
from tools.traces import parse

BARE = {
    "python": (
        "Traceback (most recent call last):\n"
        '  File "/srv/app/shop/api.py", line 31, in checkout\n'
        "    total = cart.total()\n"
        '  File "/srv/app/shop/cart.py", line 12, in total\n'
        "    return self.sum / self.count\n"
        "ZeroDivisionError: division by zero"
    ),
    "java": (
        "java.lang.IllegalStateException: cart 7 is closed\n"
        "\tat com.acme.shop.Cart.total(Cart.java:42)\n"
        "\tat com.acme.shop.Api.checkout(Api.java:12)\n"
        "Caused by: java.sql.SQLException: gone away\n"
        "\tat com.acme.shop.Store.load(Store.java:88)\n"
        "\t... 2 more"
    ),
    "javascript": (
        "TypeError: Cannot read properties of undefined (reading 'total')\n"
        "    at Cart.total (/srv/app/src/cart.js:42:17)\n"
        "    at async checkout (/srv/app/src/api.js:12:3)"
    ),
    "php": (
        "PHP Fatal error:  Uncaught TypeError: total(): Argument #1 must be of type Cart, null given in /srv/app/src/Cart.php:42\n"
        "Stack trace:\n"
        "#0 /srv/app/src/Api.php(12): Cart->total(NULL)\n"
        "#1 /srv/app/public/index.php(5): Api->checkout()\n"
        "#2 {main}\n"
        "  thrown in /srv/app/src/Cart.php on line 42"
    ),
    "ruby": (
        "NoMethodError (undefined method `total' for nil:NilClass):\n"
        "  app/models/cart.rb:41:in `sum'\n"
        "  app/controllers/carts_controller.rb:12:in `show'"
    ),
    "go": (
        "panic: runtime error: index out of range [5] with length 3\n"
        "\n"
        "goroutine 1 [running]:\n"
        "main.(*Cart).Total(0xc000010000)\n"
        "\t/srv/app/cart.go:42 +0x1d\n"
        "main.main()\n"
        "\t/srv/app/main.go:12 +0x1d"
    ),
    "csharp": (
        "System.InvalidOperationException: cart 7 is closed\n"
        "   at Shop.Cart.Total(Int32 id) in /srv/app/Cart.cs:line 42\n"
        "   at Shop.Api.Checkout() in /srv/app/Api.cs:line 12"
    ),
    "elixir": (
        "** (KeyError) key :total not found in: %{items: []}\n"
        "    (shop 0.1.0) lib/shop/cart.ex:42: Shop.Cart.total/1\n"
        "    (shop 0.1.0) lib/shop/api.ex:12: Shop.Api.checkout/2"
    ),
    "rust": (
        "thread 'main' panicked at src/cart.rs:42:9:\n"
        "called `Option::unwrap()` on a `None` value\n"
        "stack backtrace:\n"
        "   0: rust_begin_unwind\n"
        "             at /rustc/abc/library/std/src/panicking.rs:645:5\n"
        "   1: shop::cart::Cart::total\n"
        "             at ./src/cart.rs:42:9\n"
        "   2: shop::main\n"
        "             at ./src/main.rs:9:5"
    ),
}


def each_line(prefix: str) -> Callable[[str], str]:
    """The same text before every line."""
    return lambda text: "\n".join(prefix + line for line in text.split("\n"))


def counted(prefix: str) -> Callable[[str], str]:
    """A prefix with a number that grows from line to line."""
    return lambda text: "\n".join(prefix.format(n=n) + line for n, line in enumerate(text.split("\n"), start=10))


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "a container's log driver": each_line("2026-01-15T09:41:02.123456789Z stderr F "),
    "heroku": each_line("2026-01-15T09:41:02+00:00 app[web.1]: "),
    "pm2": each_line("0|api  | "),
    "docker compose": each_line("checkout-1  | "),
    "kubectl with --prefix": each_line("[pod/checkout-5d9c7b6f8-x2x7k/app] "),
    "syslog": each_line("Jan 15 09:41:02 web-1 checkout[3722]: "),
    "syslog of RFC 5424": each_line("<11>1 2026-01-15T09:41:02Z web-1 checkout - - - "),
    "journal with microseconds": counted("Jan 15 09:41:02.0000{n} web-1 checkout[3722]: "),
    "epoch milliseconds": counted("17000000000{n} "),
    "a time and a tab": each_line("2026-01-15T09:41:02Z\t"),
    "a logger's name": each_line("ERROR:root:"),
    "celery": each_line("[2026-01-15 09:41:02,123: WARNING/ForkPoolWorker-4] "),
    "ruby's logger": each_line("F, [2026-01-15T09:41:02.000001 #3722] FATAL -- : "),
    "rails tags": each_line("[87a8acf9-1111-4222-8333-444455556666] "),
    "logcat, brief": each_line("E/AndroidRuntime( 123): "),
    "logcat, threadtime": each_line("01-15 09:41:02.123  1234  1250 E AndroidRuntime: "),
    "ant": each_line("     [java] "),
    "maven": each_line("[ERROR] "),
    "an unknown shipper": counted("edge-7/{n} eu-west ~ "),
    "a quotation mark of a mail": each_line("> "),
    "an indented code block": each_line("        "),
    "a code fence": lambda text: f"It broke after the deploy:\n```\n{text}\n```\nAny ideas?",
    "windows line ends": lambda text: text.replace("\n", "\r\n"),
    "terminal colours": lambda text: "\n".join(f"\x1b[31m{line}\x1b[0m" for line in text.split("\n")),
    "a JSON record": lambda text: json.dumps({"level": "error", "time": "2026-01-15T09:41:02Z", "stack_trace": text}),
    "a JSON record, nested": lambda text: json.dumps({"log": {"level": "error"}, "error": {"stack": text}}),
    "a JSON record after a stamp": lambda text: "2026-01-15T09:41:02Z " + json.dumps({"exception": text}),
    "docker's JSON file": lambda text: "\n".join(
        json.dumps({"log": line + "\n", "stream": "stderr", "time": "2026-01-15T09:41:02Z"})
        for line in text.split("\n")
    ),
    "logfmt": lambda text: "level=error msg=failed stack=" + json.dumps(text),
    "escaped line ends": lambda text: text.replace("\n", "\\n"),
    "ordinary lines around it": lambda text: (
        "INFO starting\nINFO listening on :8080\n"
        + text
        + '\nINFO:     10.0.0.1:1 - "GET / HTTP/1.1" 200 OK\nINFO done'
    ),
}


def told(trace: StackTrace) -> object:
    """What must not depend on the wrapping."""
    return (
        trace.language,
        [
            (failure.type, failure.message, [(frame.path, frame.line, frame.function) for frame in failure.frames])
            for failure in trace.failures
        ],
    )


@pytest.mark.parametrize("language", BARE)
def test_the_bare_traces_are_read(language: str) -> None:
    trace = parse(BARE[language])
    assert trace.language == language
    assert trace.frames


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("language", BARE)
def test_a_wrapped_trace_is_the_same_trace(language: str, wrapping: str) -> None:
    bare, wrapped = parse(BARE[language]), parse(WRAPPINGS[wrapping](BARE[language]))
    assert told(wrapped) == told(bare)
