"""Ruby backtraces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.trace import Frame
from tests.tools.traces.drawn import LOWER, SENTENCE, UPPER, joined, path, several, some, word
from tools.traces import parse


def test_the_first_line_tells_what_was_raised() -> None:
    trace = parse(
        "app/models/user.rb:12:in `full_name': undefined method `upcase' for nil:NilClass (NoMethodError)\n"
        "\tfrom /srv/lib/x.rb:20:in `block (2 levels) in run'\n\tfrom /srv/bin/run:3:in `<main>'\n"
    )
    assert (trace.language, trace.exception) == ("ruby", "NoMethodError")
    assert trace.message == "undefined method `upcase' for nil:NilClass"
    assert trace.frames == (
        Frame(path="app/models/user.rb", line=12, function="full_name"),
        Frame(path="/srv/lib/x.rb", line=20, function="run"),
        Frame(path="/srv/bin/run", line=3),
    )


def test_new_quotes_name_the_class_and_a_cause_follows_what_it_caused() -> None:
    trace = parse(
        "/srv/user.rb:12:in 'User#full_name': undefined method 'upcase' for nil (NoMethodError)\n"
        "\tfrom /srv/x.rb:20:in 'block in Acme::Runner.run'\n"
        "/srv/a.rb:2:in 'A#b': root (KeyError)\n\tfrom /srv/user.rb:11:in 'User#full_name'\n"
    )
    assert [failure.type for failure in trace.failures] == ["KeyError", "NoMethodError"]
    assert trace.failures[1].frames[1] == Frame(path="/srv/x.rb", line=20, function="run", class_name="Acme::Runner")


def test_the_reversed_order_of_terminals() -> None:
    trace = parse(
        "Traceback (most recent call last):\n\t2: from a.rb:9:in `<main>'\n\t1: from a.rb:5:in `f'\n"
        "a.rb:2:in `g': bad (RuntimeError)\n"
    )
    assert [frame.line for frame in trace.frames] == [2, 5, 9]
    assert trace.exception == "RuntimeError"


def test_framework_log_blocks_with_a_cause() -> None:
    trace = parse(
        "E, [2024-01-02T03:04:05.123456 #12] ERROR -- : \n"
        "NoMethodError (undefined method `total' for nil:NilClass):\n  \n"
        "app/controllers/carts_controller.rb:12:in `show'\n\nCaused by:\nKeyError (key not found: :cart)\n\n"
        "app/models/cart.rb:3:in `fetch'\n"
    )
    assert [(failure.type, failure.message) for failure in trace.failures] == [
        ("KeyError", "key not found: :cart"),
        ("NoMethodError", "undefined method `total' for nil:NilClass"),
    ]


NAME = word(UPPER, LOWER, 0, 8)
FRAME = st.builds(
    Frame,
    path=path(".rb"),
    line=st.integers(1, 99_999),
    function=joined(some(LOWER + "_", 1, 9), st.sampled_from(["", "?", "!"])),
    class_name=st.none() | joined(NAME, several(joined("::", NAME), 0, 1)),
)


@given(st.lists(FRAME, min_size=1, max_size=12), SENTENCE)
def test_what_ruby_prints_is_read_back(frames: list[Frame], message: str) -> None:
    rows = [
        f"{frame.path}:{frame.line}:in '{f'{frame.class_name}#' if frame.class_name else ''}{frame.function}'"
        for frame in frames
    ]
    (failure,) = parse("\n".join([f"{rows[0]}: {message} (KeyError)", *(f"\tfrom {row}" for row in rows[1:])])).failures
    assert (failure.type, failure.message, list(failure.frames)) == ("KeyError", message, frames)


@pytest.mark.parametrize(
    ("above", "kind", "message"),
    [
        ("expected: 1\n     got: 2\n (RSpec::Expectations::ExpectationNotMetError)", "RSpec::Expectations::ExpectationNotMetError",
         "expected: 1\n     got: 2"),
        ("  Then it adds # steps.rb:3\n  expected 1\n (Shop::Failure)", "Shop::Failure", "expected 1"),
        ("    Error:       no price (Shop::PriceError)", "Shop::PriceError", "no price"),
        ("Error: no price (for once)", "Error", "no price (for once)"),
    ],
)  # fmt: skip
def test_a_type_in_brackets_behind_or_below_the_message(above: str, kind: str, message: str) -> None:
    trace = parse(f"{above}\n/srv/cart.rb:24:in `total'\n/srv/api.rb:2:in `run'\n")
    assert (trace.language, trace.exception, trace.message) == ("ruby", kind, message)


def test_a_template_s_lines_before_the_first_do_not_part_the_rows() -> None:
    trace = parse(
        "undefined local variable or method `user' for main\n\t/app/log.haml:1:in `block in total'\n"
        "\t/app/log.haml:-7:in `instance_eval'\n\t/app/cart.rb:3:in `call'\n"
    )
    assert [(frame.path, frame.line) for frame in trace.frames] == [("/app/log.haml", 1), ("/app/cart.rb", 3)]


@pytest.mark.parametrize("line", ["------------", "============"])
def test_a_type_that_is_underlined_as_a_heading_has_its_message_below_the_line(line: str) -> None:
    trace = parse(
        f"   KeyError\n   {line}\n   key not found: :total\n\n   Trace of the recipe:\n   {line}\n"
        "     /srv/cookbooks/shop/recipes/cart.rb:38:in `block in from_file'\n"
        "     /srv/cookbooks/shop/recipes/cart.rb:37:in `from_file'\n"
    )
    assert (trace.exception, trace.message) == ("KeyError", "key not found: :total")
    assert [frame.line for frame in trace.frames] == [38, 37]
