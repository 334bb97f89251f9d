"""The line of the innermost frame is found, or confirmed, by what the error says that failed there."""

from pathlib import Path

import pytest

from incidents.seen import Seen
from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, window_of
from tools.impact.context import SignalContext
from tools.ranking.visibility import how_much_is_seen

FILLER = "".join(f"\t// {number}\n" for number in range(12))
PAY = f"""<?php
function pay($order) {{
{FILLER}	$rate = $order->shop->rate();
	return $rate;
}}

function name($order) {{
	return $order->name;
}}
"""
CALL = PAY.split("\n").index("\t$rate = $order->shop->rate();") + 1
ERROR = "PHP Fatal error:  Uncaught Error: Call to a member function rate() on null in /srv/shop/pay.php:{line}\n"
THROW = """<?php
function pay($order) {
	if (!$order) {
		throw new PayException(
			"no order of {$order} is open"
		);
	}
	return $order;
}
"""


def read(folder: Path, text: str, trace: str) -> SignalContext:
    changes: list[Change] = [{"files": {"shop/pay.php": text}}, *QUIET]
    return window_of(folder, changes, trace)


def seen(context: SignalContext) -> Seen:
    return how_much_is_seen(context.site.trace, context)


def test_a_line_that_holds_what_failed_is_confirmed(tmp_path: Path) -> None:
    context = read(tmp_path, PAY, ERROR.format(line=CALL))
    assert [(frame.line, frame.printed, frame.said) for frame in context.site.frames] == [(CALL, None, True)]
    assert seen(context).visibility == "code"


def test_a_line_without_what_failed_gives_way_to_the_one_with_it(tmp_path: Path) -> None:
    context = read(tmp_path, PAY, ERROR.format(line=CALL + 5))
    assert [(frame.line, frame.printed, frame.said) for frame in context.site.frames] == [(CALL, CALL + 5, True)]


def test_where_two_lines_have_it_the_nearest_is_taken_and_not_confirmed(tmp_path: Path) -> None:
    text = PAY.replace("return $order->name", "return $order->rate()")
    context = read(tmp_path, text, ERROR.format(line=CALL + 1))
    assert [(frame.line, frame.said) for frame in context.site.frames] == [(CALL, False)]
    assert seen(context).visibility == "unconfirmed"


@pytest.mark.parametrize("line", [CALL + 1, CALL + 300])
def test_a_line_is_left_where_none_near_it_has_the_words(tmp_path: Path, line: int) -> None:
    text = PAY.replace("->rate()", "->price()") if line == CALL + 1 else PAY
    context = read(tmp_path, text + "\n" * 400, ERROR.format(line=line))
    assert [(frame.line, frame.printed, frame.said) for frame in context.site.frames] == [(line, None, False)]


def test_the_text_of_the_error_tells_the_throw(tmp_path: Path) -> None:
    trace = "PHP Fatal error:  Uncaught PayException: no order of 17 is open in /srv/shop/pay.php:{line}\n"
    moved = read(tmp_path / "moved", THROW, trace.format(line=8)).site.frames[0]
    assert (moved.line, moved.printed, moved.said, moved.throws) == (4, 8, True, True)
    right = read(tmp_path / "right", THROW, trace.format(line=4)).site.frames[0]
    assert (right.line, right.printed, right.said) == (4, None, True)


def test_the_words_say_nothing_of_a_caller(tmp_path: Path) -> None:
    """The error was raised in a package: the line of the repository that called it holds something else."""
    trace = (
        "Traceback (most recent call last):\n"
        '  File "/srv/shop/pay.py", line 2, in pay\n'
        '  File "/usr/lib/python3/site-packages/rates/core.py", line 9, in find\n'
        "AttributeError: 'NoneType' object has no attribute 'rate'\n"
    )
    changes: list[Change] = [{"files": {"shop/pay.py": "def pay(a):\n    find(a)\n    return a.rate\n"}}, *QUIET]
    context = window_of(tmp_path, changes, trace)
    assert [(frame.line, frame.printed, frame.said) for frame in context.site.frames] == [(2, None, False)]
