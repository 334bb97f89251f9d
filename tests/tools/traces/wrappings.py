"""One trace of each language, and the wrappings that log shippers, loggers and people put around it."""

import csv
import html
import io
import json
from collections.abc import Callable
from functools import cache

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


def each_a_record(record: Callable[[str], object], tag: str = "") -> Callable[[str], str]:
    """A JSON record for every line, behind a tag."""
    return lambda text: "\n".join(tag + json.dumps(record(line)) for line in text.split("\n"))


def as_table(rows: list[list[str]]) -> str:
    """Rows with commas between quoted cells."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def newest_first(text: str) -> str:
    """The journal from its end."""
    lines = text.split("\n")
    return "\n".join(
        f"Feb 02 10:00:{second} web-1 shop[7]: {line}" for second, line in reversed(list(enumerate(lines, 10)))
    )


RECORD = {"level": "error", "msg": "failed"}

WRAPPINGS: dict[str, Callable[[str], str]] = {
    "fluentd's file": each_a_record(
        lambda line: {"stream": "stderr", "log": line}, "2026-02-02T10:00:00+00:00\tkube.var.log.api\t"
    ),
    "fluentd's standard output": each_a_record(lambda line: {"log": line}, "2026-02-02 10:00:00.000 +0000 kube.api: "),
    "firelens": each_a_record(lambda line: {"source": "stderr", "log": line, "container_name": "worker"}),
    "loki's export": each_a_record(lambda line: {"line": line, "timestamp": "17", "fields": {"app": "shop"}}),
    "loki's labels": each_line('2026-02-02T10:00:00Z {app="shop", pod="shop-6d5f"} '),
    "a table, a record a row": lambda text: as_table(
        [
            ["@timestamp", "@message"],
            ["2026-02-02 10:00:00.120", "INFO start"],
            ["2026-02-02 10:00:00.123", text + "\n"],
        ]
    ),
    "a table, a line a row": lambda text: as_table(
        [["Date", "Host", "Message"], *(["2026-02-02T10:00:00Z", "web-1", line] for line in text.split("\n"))]
    ),
    "a comma behind each line": lambda text: ",\n".join(text.split("\n")),
    "a list in JSON": lambda text: json.dumps(text.split("\n"), indent=2),
    "each line in quotes": lambda text: ",\n".join(json.dumps(line) for line in text.split("\n")),
    "a page's line breaks": lambda text: "<br>\n".join(html.escape(text).split("\n")),
    "a page in one line": lambda text: "<br/>".join(html.escape(text).split("\n")),
    "a page's tags": lambda text: f"<pre><code>{html.escape(text)}</code></pre>",
    "a test report in XML": lambda text: (
        f'<testcase name="t">\n    <failure message="failed" type="x"><![CDATA[{text}]]></failure>\n</testcase>'
    ),
    "the newest first": newest_first,
    "no indent": lambda text: "\n".join(line.lstrip() for line in text.split("\n")),
    "doubled line ends": lambda text: text.replace("\n", "\n\n"),
    "swarm": each_line("shop_checkout.1.o91d5zubdis9@node-1    | "),
    "a hosting's instance and region": each_line("2026-02-02T22:03:34.321 app[1eb4c9ce] lhr [info] "),
    "a record inside a container's record": lambda text: json.dumps(
        {"log": json.dumps({**RECORD, "stack": text}) + "\n", "stream": "stderr"}
    ),
    "a record in quotes": lambda text: json.dumps(json.dumps({"stack": text})),
    "GELF": lambda text: json.dumps({"version": "1.1", "short_message": "failed", "full_message": text, "level": 3}),
    "splunk": lambda text: json.dumps({"preview": False, "result": {"_raw": text, "sourcetype": "app"}}),
    "OTLP": lambda text: json.dumps({"logRecords": [{"severityText": "ERROR", "body": {"stringValue": text}}]}),
    "an index's document": lambda text: json.dumps(
        {"_id": "a", "_source": {"message": text, "host": {"name": "web-1"}}}
    ),
    "logfmt with the trace as its error": lambda text: (
        'ts=2026-02-02T10:00:00Z caller=api.go:12 level=error msg="request failed" err=' + json.dumps(text)
    ),
    "a list as Python prints it": lambda text: repr([line + "\n" for line in text.split("\n")]),
    "bytes as Python prints them": lambda text: "stderr: " + repr(text.encode()),
    "YAML, a block": lambda text: "kind: Event\nmessage: |-\n" + each_line("  ")(text) + "\ncount: 3\n",
    "YAML, in quotes": lambda text: "kind: Event\nmessage: " + json.dumps(text) + "\ncount: 3\n",
    "a playbook's result": lambda text: "fatal: [web-1]: FAILED! => " + json.dumps({"module_stderr": text, "rc": 1}),
    "a clock in brackets": each_line("[10:00:00] "),
    "the kernel's seconds": each_line("[   12.345678] "),
    "a container's stamps in the journal": each_line("Feb 02 10:00:00 host app[1]: 2026-02-02T10:00:00.1Z stderr F "),
    "a build's seconds": counted("#12 0.{n} "),
    "a workspace's task": each_line("web:dev: "),
    "nanoseconds of TAI": each_line("@4000000065bf1c2a1dcd6500 "),
    "apache's module": each_line("[Mon Feb 02 10:00:00.1 2026] [wsgi:error] [pid 7:tid 140] [client 10.0.0.1:5] "),
    "a quote of a quote": each_line(">> "),
    "a table's cell": lambda text: "\n".join(f"| {line} |" for line in text.split("\n")),
    "a patch": each_line("+"),
    "a point of a list": lambda text: "- " + text.replace("\n", "\n  "),
    "klog": counted("E0202 10:00:00.1234{n}       1 runtime.go:78] "),
    "a level alone": each_line("ERROR "),
    "a level and a logger": each_line("2026-02-02 10:00:00,123 ERROR shop.api: "),
    "comments": each_line("// "),
    "comments of a shell": each_line("# "),
    "backticks": lambda text: f"`{text}`",
    "a chat": lambda text: f"bot  APP  10:02 AM\n{text}\nmaria  10:04 AM\nlooking",
    "a shell": lambda text: f"user@web-1:~/shop$ ./run\n{text}\nuser@web-1:~/shop$ ",
    "a question below": lambda text: f"{text}\n\nAny idea what this could be? Thanks!",
    "a rule below": lambda text: f"{text}\n{'-' * 70}\nRan 2 tests in 0.1s\n",
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
    "cloud logging's textPayload, a record a line": each_a_record(
        lambda line: {"severity": "ERROR", "textPayload": line, "resource": {"labels": {"pod_name": "shop-1"}}}
    ),
    "the journal in JSON": each_a_record(lambda line: {"PRIORITY": "3", "_PID": "7", "MESSAGE": line}),
    "an answer of a log store, a line an entry": lambda text: json.dumps(
        {"events": [{"timestamp": at, "message": line} for at, line in enumerate(text.split("\n"))]}, indent=2
    ),
    "an answer of a log store, a time and a line in each list": lambda text: json.dumps(
        {"data": {"result": [{"values": [[f"17{at}", line] for at, line in enumerate(text.split("\n"), 10)]}]}}
    ),
    "a daemon's logfmt, a line a record": lambda text: "\n".join(
        f'time="2026-02-02T10:00:00Z" level=error msg={json.dumps(line)} container=shop' for line in text.split("\n")
    ),
    "colours as a caret and letters": lambda text: "\n".join(f"^[[31m{line}^[[0m" for line in text.split("\n")),
    "colours as syslog escapes them": lambda text: "\n".join(f"#033[31m{line}#033[0m" for line in text.split("\n")),
    "escaped windows line ends": lambda text: text.replace("\n", "\\r\\n").replace("\t", "\\t"),
    "a forum's tags": lambda text: f"[code]{text}[/code]",
    "a tracker's tags": lambda text: f"{{noformat}}\n{text}\n{{noformat}}",
    "a byte order mark inside": lambda text: "\ufeff" + text,
    "a cell of a page's table": lambda text: (
        f"| time | log |\n|---|---|\n| 10:00 | {'<br>'.join(text.split(chr(10)))} |"
    ),
    "a paragraph of a person below": lambda text: (
        f"It broke:\n\n{text}\n\nThis started after the upgrade. Rolling back helps."
    ),
    "a prompt below": lambda text: f"{text}\n➜  shop git:(main) ✗ ",
    "the service manager's words below": lambda text: (
        f"{text}\nshop.service: Main process exited, code=exited, status=1/FAILURE"
    ),
    "compose's word below": lambda text: f"{text}\nshop-1 exited with code 1",
    "a tag's line below": lambda text: f"{text}\n[nodemon] app crashed - waiting for file changes before starting...",
    "ordinary lines around it": lambda text: (
        "INFO starting\nINFO listening on :8080\n"
        + text
        + '\nINFO:     10.0.0.1:1 - "GET / HTTP/1.1" 200 OK\nINFO done'
    ),
}


@cache
def bare(language: str) -> StackTrace:
    """The trace as nothing stands around it."""
    return parse(BARE[language])
