"""Reports of tools that print no rows as the language does: the place is in a heading, in fields, in words, or nowhere."""

from incidents.trace import Frame
from tools.traces import parse


def test_a_test_of_playwright_has_the_place_of_its_heading() -> None:
    trace = parse(
        "  1) [chromium] › tests/cart.spec.ts:12:5 › cart › total ──────\n\n"
        "    Test timeout of 30000ms exceeded while running beforeEach hook.\n\n"
        "      10 | test('total', async () => {\n    > 12 |   await total()\n"
    )
    assert (trace.language, trace.exception) == ("javascript", None)
    assert trace.message == "Test timeout of 30000ms exceeded while running beforeEach hook."
    assert trace.frames == (Frame(path="tests/cart.spec.ts", line=12, column=5),)


def test_a_test_of_playwright_with_rows_has_those() -> None:
    trace = parse(
        "  1) [chromium] › tests/cart.spec.ts:12:5 › cart › total ──────\n\n"
        "    Error: no price\n\n        at total (/srv/shop/cart.ts:33:7)\n"
    )
    assert [frame.path for frame in trace.frames] == ["/srv/shop/cart.ts"]


def test_a_failed_test_of_node_has_its_values() -> None:
    trace = parse(
        "TAP version 13\n# Subtest: total\nnot ok 1 - total\n  ---\n  duration_ms: 0.9\n  location: '/srv/shop/cart.test.js:3:1'\n"
        "  failureType: 'testCodeFailure'\n  error: 'no price'\n  code: 'ERR_TEST_FAILURE'\n  name: 'TypeError'\n  stack: |-\n"
        "    TestContext.<anonymous> (/srv/shop/cart.test.js:5:9)\n    Test.run (node:internal/test_runner/test:632:25)\n  ...\n"
    )
    assert (trace.language, trace.exception, trace.message) == ("javascript", "TypeError", "no price")
    assert (trace.frames[0].path, trace.frames[0].line) == ("/srv/shop/cart.test.js", 5)


def test_a_test_that_failed_by_another_inside_it_is_no_error() -> None:
    values = "---\n  location: '/srv/shop/a.test.js:{}:1'\n  failureType: '{}'\n  error: '{}'\n  ...\n"
    inner = "    not ok 1 - total\n  " + values.format(3, "testCodeFailure", "no price")
    outer = "not ok 1 - cart\n  " + values.format(1, "subtestsFailed", "1 subtest failed")
    assert parse(inner + outer).message == "no price"
    assert parse(outer + inner).message == "no price"


def test_an_error_of_gem_has_the_type_in_brackets() -> None:
    trace = parse(
        "ERROR:  While executing gem ... (Gem::FilePermissionError)\n"
        "    You don't have write permissions for the /usr/lib/ruby directory.\n"
    )
    assert (trace.language, trace.exception, trace.frames) == ("ruby", "Gem::FilePermissionError", ())
    assert trace.message == "You don't have write permissions for the /usr/lib/ruby directory."


def test_rows_of_erlang_in_words_are_read() -> None:
    trace = parse(
        "** exception error: no function clause matching shop:price([])\n"
        "     in function  shop:total/1 (src/shop.erl, line 12)\n     in call from shop:'-main/1-fun-0-'/2 (src/shop.erl, line 4)\n"
    )
    assert trace.language == "elixir"
    assert trace.message == "no function clause matching shop:price([])"
    assert [(frame.class_name, frame.function, frame.path, frame.line) for frame in trace.frames] == [
        ("shop", "total", "src/shop.erl", 12),
        ("shop", "main", "src/shop.erl", 4),
    ]


def test_a_term_of_erlang_gives_type_and_message() -> None:
    trace = parse(
        "** exception error: {badmatch,{error,enoent}}\n     in function  shop:total/1 (src/shop.erl, line 12)\n"
    )
    assert (trace.exception, trace.message) == ("badmatch", "{error,enoent}")


def test_a_failed_test_of_minitest_has_the_place_in_brackets() -> None:
    trace = parse(
        "Failure:\nCartTest#test_total [/srv/test/cart_test.rb:6]:\nExpected: 1\n  Actual: 2\n\n\nrails test test/cart_test.rb:6\n"
    )
    assert (trace.language, trace.exception, trace.message) == ("ruby", None, "Expected: 1\n  Actual: 2")
    assert trace.frames == (Frame(path="/srv/test/cart_test.rb", line=6, function="test_total"),)
    assert not parse("see CartTest#test_total [/srv/test/cart_test.rb:6]:\nit is slow\n").failures[0].type
