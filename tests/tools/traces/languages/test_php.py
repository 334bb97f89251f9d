"""PHP errors as PHP itself, its web servers, frameworks and tools print them."""

import pytest

from incidents.trace import Failure, Frame
from tools.traces import parse

Place = tuple[str, int | None]
Name = tuple[str | None, str | None]


def places(failure: Failure) -> list[Place]:
    return [(frame.path, frame.line) for frame in failure.frames]


def names(failure: Failure) -> list[Name]:
    return [(frame.class_name, frame.function) for frame in failure.frames]


FATAL = """[02-Jan-2024 03:04:05 UTC] PHP Fatal error:  Uncaught TypeError: Size must be an int in /srv/app/src/B.php:12
Stack trace:
#0 /srv/app/src/C.php(40): Acme\\B->size('a) b(3): x', Array)
#1 /srv/app/src/C.php(55): Acme\\C->Acme\\{closure}(1)
#2 [internal function]: Acme\\C::each(Object(Closure))
#3 /srv/app/index.php(3): array_map(Object(Closure), Array)
#4 {main}
  thrown in /srv/app/src/B.php on line 12"""


def test_a_fatal_error_names_the_function_each_line_lies_in() -> None:
    (failure,) = parse(FATAL).failures
    assert (failure.type, failure.message) == ("TypeError", "Size must be an int")
    assert failure.frames == (
        Frame(path="/srv/app/src/B.php", line=12, function="size", class_name="Acme\\B"),
        Frame(path="/srv/app/src/C.php", line=40, function="{closure}", class_name="Acme\\C"),
        Frame(path="/srv/app/src/C.php", line=55, function="each", class_name="Acme\\C"),
        Frame(function="array_map"),
        Frame(path="/srv/app/index.php", line=3),
    )


def test_a_warning_without_any_trace_is_one_frame() -> None:
    trace = parse("PHP Warning:  Undefined variable $total in /srv/app/cart.php on line 33")
    assert trace.language == "php"
    assert trace.failures == (
        Failure(
            type="Warning", message="Undefined variable $total", frames=(Frame(path="/srv/app/cart.php", line=33),)
        ),
    )
    assert trace.tokens == ("total",)


def test_html_errors_read_like_log_lines() -> None:
    trace = parse('<br />\n<b>Warning</b>:  Undefined array key "sku" in <b>/srv/cart.php</b> on line <b>33</b><br />')
    assert (trace.message, places(trace.failures[0])) == ('Undefined array key "sku"', [("/srv/cart.php", 33)])


def test_a_fatal_error_beats_the_more_frequent_notices_around_it() -> None:
    notices = "PHP Notice:  Undefined index: a in /srv/app/n.php on line 1\n" * 5
    assert parse(notices + FATAL + "\n" + notices).exception == "TypeError"


def test_the_caller_with_wrong_arguments_is_the_second_frame() -> None:
    (failure,) = parse(
        "PHP Fatal error:  Uncaught TypeError: Acme\\Cart::add(): Argument #1 ($sku) must be of type string, null given"
        ", called in /srv/app/web.php on line 8 and defined in /srv/app/cart.php:30"
    ).failures
    said = (
        "Acme\\Cart::add(): Argument #1 ($sku) must be of type string, null given, called in /srv/app/web.php on line 8"
    )
    assert failure.message == said
    assert failure.frames == (
        Frame(path="/srv/app/cart.php", line=30, function="add", class_name="Acme\\Cart"),
        Frame(path="/srv/app/web.php", line=8),
    )


def test_too_few_arguments_name_both_ends_of_the_call() -> None:
    (failure,) = parse(
        "PHP Fatal error:  Uncaught ArgumentCountError: Too few arguments to function Cart::add(), 1 passed in "
        "/srv/web.php on line 8 and exactly 2 expected in /srv/cart.php:30\nStack trace:\n"
        "#0 /srv/web.php(8): Cart->add()\n#1 {main}\n  thrown in /srv/cart.php on line 30"
    ).failures
    assert (
        failure.message
        == "Too few arguments to function Cart::add(), 1 passed in /srv/web.php on line 8 and exactly 2 expected"
    )
    assert places(failure) == [("/srv/cart.php", 30), ("/srv/web.php", 8)]
    assert names(failure)[0] == ("Cart", "add")


def test_next_exceptions_come_after_their_cause() -> None:
    trace = parse(
        "PHP Fatal error:  Uncaught PDOException: Unknown column 'user_nam' in 'field list' in /srv/db.php:5\n"
        "Stack trace:\n#0 /srv/repo.php(9): Db->run()\n#1 {main}\n\n"
        "Next RuntimeException: cannot load user in /srv/repo.php:11\n"
        "Stack trace:\n#0 /srv/web.php(3): Repo->load()\n#1 {main}\n  thrown in /srv/repo.php on line 11"
    )
    assert [failure.type for failure in trace.failures] == ["PDOException", "RuntimeException"]
    assert trace.message == "Unknown column 'user_nam' in 'field list'"
    assert "user_nam" in trace.tokens
    assert names(trace.failures[1])[0] == ("Repo", "load")


def test_php_5_quotes_are_no_part_of_the_message() -> None:
    trace = parse(
        "PHP Fatal error:  Uncaught exception 'Foo\\Bar' with message 'it's bad' in /srv/x.php:3\n"
        "Stack trace:\n#0 /srv/y.php(7): handle()\n#1 {main}\n  thrown in /srv/x.php on line 3"
    )
    assert (trace.exception, trace.message) == ("Foo\\Bar", "it's bad")


def test_messages_run_over_several_lines() -> None:
    trace = parse(
        "PHP Fatal error:  Uncaught RuntimeException: first\nsecond in /srv/x.php:3\nStack trace:\n#0 {main}\n  thrown"
    )
    assert (trace.exception, trace.message) == ("RuntimeException", "first\nsecond")
    assert places(trace.failures[0]) == [("/srv/x.php", 3)]


@pytest.mark.parametrize("around", [" in ", " in\n", "\nin "])
def test_the_place_may_stand_on_the_next_line(around: str) -> None:
    """People and mail wrap the line at ` in `: the frame was lost, and the incident was taken for a bare message."""
    trace = parse(f"PHP Fatal error:  Call to undefined method Cart::total(){around}/srv/app/tag/Cart.php on line 92")
    assert trace.message == "Call to undefined method Cart::total()"
    assert places(trace.failures[0]) == [("/srv/app/tag/Cart.php", 92)]


def test_web_servers_wrap_the_error_in_their_own_line() -> None:
    apache = (
        "[Tue Jan 02 03:04:05.123456 2024] [php:error] [pid 17:tid 18] [client 10.0.0.1:5555] "
        "PHP Fatal error:  "
        "Uncaught Error: Call to undefined method Foo::barBaz() in /srv/x.php:3\\n"
        "Stack trace:\\n#0 /srv/y.php(7): handle()\\n"
        "#1 {main}\\n  thrown in /srv/x.php on line 3, referer: https://example.com/"
    )
    nginx = (
        '2024/01/02 03:04:05 [error] 31#31: *12 FastCGI sent in stderr: "PHP message: '
        "PHP Fatal error:  "
        "Uncaught Error: Call to undefined method Foo::barBaz() in /srv/x.php:3\n"
        "Stack trace:\n#0 /srv/y.php(7): handle()\n#1 {main}\n"
        '  thrown in /srv/x.php on line 3" while reading response header from upstream'
    )
    for text in (apache, nginx):
        trace = parse(text)
        assert (trace.exception, trace.message) == ("Error", "Call to undefined method Foo::barBaz()")
        assert places(trace.failures[0]) == [("/srv/x.php", 3), ("/srv/y.php", 7)]


def test_bracketed_exceptions_of_library_frames() -> None:
    (failure,) = parse(
        "[2020-03-04 05:06:07] EXCEPTION: (MissingSymbol) Failed to load class. at [<library>/src/boot.php:210]\n"
        "library(head=stable, ref.stable=abc)\n"
        "  #0 <#2> Boot::raise(string, array) called at [<library>/src/boot.php:190]\n"
        "  #1 <#2> phlog(MissingSymbol) called at [<program>/src/files/Foo.php:12]\n"
        "  #2 <#2> main() called at [<program>/web/index.php:5]"
    ).failures
    assert (failure.type, failure.message) == ("MissingSymbol", "Failed to load class.")
    assert places(failure)[0] == ("<library>/src/boot.php", 210)
    assert failure.frames[2] == Frame(path="<program>/src/files/Foo.php", line=12, function="main")


def test_a_proxied_exception_tells_its_cause_first() -> None:
    trace = parse(
        "[2020-03-04 05:06:07] EXCEPTION: (ProxyException) Error while executing task 12. {>} (RuntimeException) "
        "Undefined index: key at [<library>/src/handler.php:261]\n  #0 Y::go() called at [<program>/src/Z.php:44]"
    )
    assert [(failure.type, failure.message) for failure in trace.failures] == [
        ("RuntimeException", "Undefined index: key"),
        ("ProxyException", "Error while executing task 12."),
    ]


def test_logged_objects_keep_their_stack_and_their_cause() -> None:
    trace = parse(
        '[2024-01-02 03:04:05] production.ERROR: Undefined variable $x {"userId":1,"exception":"[object] '
        "(ErrorException(code: 0): Undefined variable $x at /var/www/app/X.php:12)\n[stacktrace]\n"
        "#0 /var/www/vendor/frame/Handle.php(255): Frame\\\\Handle->handleError()\n"
        "#1 /var/www/app/X.php(12): Frame\\\\Handle->Frame\\\\{closure}()\n"
        "#2 /var/www/app/Kernel.php(3): App\\\\X->show()\n#3 {main}\n\n"
        "[previous exception] [object] (PDOException(code: 42S22): Unknown column 'emial' at /var/www/vendor/x.php:9)\n"
        '[stacktrace]\n#0 /var/www/app/M.php(4): PDO->prepare()\n#1 {main}\n"} '
    )
    cause, surfaced = trace.failures
    assert (cause.type, cause.message) == ("PDOException", "Unknown column 'emial'")
    assert surfaced.frames == (
        Frame(path="/var/www/app/X.php", line=12, function="show", class_name="App\\X"),
        Frame(path="/var/www/app/Kernel.php", line=3),
    ), "the calls of the error handler are no frames of the program"


def test_console_output_is_read_without_its_frame_lines_own_header() -> None:
    (failure,) = parse(
        "In Update.php line 491:\n\n  [TypeError]\n  Update::clean(): Argument #2 must be of type ?string, bool given, "
        "called in /srv/app/src/Update.php on line 210\n\nException trace:\n  at /srv/app/src/Update.php:486\n"
        " Acme\\Update->clean() at /srv/app/src/Update.php:210\n Acme\\Update->run() at /srv/app/bin/x:3\n"
    ).failures
    assert (failure.type, failure.message) == (
        "TypeError",
        "Update::clean(): Argument #2 must be of type ?string, bool given, called in /srv/app/src/Update.php on line 210",
    )
    assert failure.frames == (
        Frame(path="/srv/app/src/Update.php", line=486, function="clean", class_name="Acme\\Update"),
        Frame(path="/srv/app/src/Update.php", line=210, function="run", class_name="Acme\\Update"),
        Frame(path="/srv/app/bin/x", line=3),
    )


def test_console_output_without_a_trace_still_names_the_file() -> None:
    trace = parse("In Update.php line 491:\n\n  No such option\n\n")
    assert (trace.message, places(trace.failures[0])) == ("No such option", [("Update.php", 491)])


def test_one_line_formats_of_frameworks() -> None:
    quoted = 'request.CRITICAL: Uncaught PHP Exception App\\Foo: "bad thing" at /srv/X.php line 12 {"a":1} []'
    told = "TypeError: Argument 1 passed to foo() must be an array in foo_bar() (line 12 of /srv/X.php)."
    for text, kind in ((quoted, "App\\Foo"), (told, "TypeError")):
        trace = parse(text)
        assert (trace.exception, places(trace.failures[0])) == (kind, [("/srv/X.php", 12)])


def test_database_errors_list_their_callers() -> None:
    (failure,) = parse(
        "WordPress database error Unknown column 'x' in 'where clause' for query SELECT 1 made by "
        "require('wp-blog-header.php'), wp, WP->main, WP_Query->get_posts"
    ).failures
    assert failure.message == "Unknown column 'x' in 'where clause'"
    assert failure.frames[0] == Frame(function="get_posts", class_name="WP_Query")
    assert failure.frames[-1] == Frame(path="wp-blog-header.php")


def test_xdebug_prints_the_outermost_call_first() -> None:
    (failure,) = parse(
        "PHP Warning:  Division by zero in /srv/x.php on line 3\nPHP Stack trace:\nPHP   1. {main}() /srv/index.php:0\n"
        "PHP   2. run($a = 1) /srv/index.php:9\nPHP   3. Foo->divide() /srv/y.php:8"
    ).failures
    assert places(failure) == [("/srv/x.php", 3), ("/srv/y.php", 8), ("/srv/index.php", 9)]
    assert names(failure) == [("Foo", "divide"), (None, "run"), (None, None)]


def test_evaluated_code_counts_where_it_was_evaluated() -> None:
    trace = parse("PHP Parse error:  syntax error in /srv/x.php(12) : eval()'d code on line 1")
    assert places(trace.failures[0]) == [("/srv/x.php", 12)]


NOTES = ["```\nx", "\nSee https://shop.example/a", "\n- Country: unknown", '"', "12 | foo", "</details>"]


@pytest.mark.parametrize("note", NOTES)
def test_no_line_of_a_message_hides_the_place_that_failed(note: str) -> None:
    said = f"Cannot pay hello\n{note} in /srv/src/pay.php:3"
    text = (
        f"PHP Fatal error:  Uncaught RuntimeException: {said}\nStack trace:\n#0 /srv/index.php(9): pay()\n#1 {{main}}\n"
    )
    (failure,) = parse(text).failures
    assert places(failure) == [("/srv/src/pay.php", 3), ("/srv/index.php", 9)]
    assert failure.message.startswith("Cannot pay hello")
    assert "pay.php" not in failure.message


@pytest.mark.parametrize("before", ["", "TypeError: ", "> Feb 11 09:43:27 web shop.apache[24]: TypeError: "])
def test_wrong_arguments_name_two_places(before: str) -> None:
    trace = parse(
        f"In the log:\n\n{before}Argument 1 passed to Cart::add() must be of the type array, null given,"
        " called in /srv/a.php on line 205 and defined in /srv/b.php:33\n"
    )
    assert (trace.language, trace.exception) == ("php", "TypeError" if before else None)
    assert [(frame.path, frame.line) for frame in trace.frames] == [("/srv/b.php", 33), ("/srv/a.php", 205)]
