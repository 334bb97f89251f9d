"""Lines that carry the name of the container or pod that wrote them, and the levels that stand before every line."""

import pytest

from tests.tools.traces.pieces import read_as
from tools.traces import parse

FIRST = ("Traceback (most recent call last):", '  File "/srv/shop/cart.py", line 43, in total', "KeyError: 'total'")
SECOND = ("Traceback (most recent call last):", '  File "/srv/shop/jobs.py", line 99, in run', "TimeoutError: 3 s")


@pytest.mark.parametrize(
    "names",
    [
        ("web-6f7c9d5b8-xk2lp web ", "web-6f7c9d5b8-z9x8w web "),
        ("[pod/web-1/web] ", "[pod/web-2/web] "),
        ("web-1  | ", "web-2  | "),
        ("[web-1] ", "[web-2] "),
    ],
    ids=["stern", "kubectl", "compose", "brackets"],
)
def test_lines_of_two_containers_are_read_apart(names: tuple[str, str]) -> None:
    mixed = [name + line for pair in zip(FIRST, SECOND, strict=True) for name, line in zip(names, pair, strict=True)]
    assert read_as(parse("\n".join(mixed))) == (("KeyError", "'total'", (("/srv/shop/cart.py", 43, "total"),)),)


def test_the_level_before_every_line_is_the_shippers() -> None:
    lines = ("[INFO] Reactor Summary:", "[INFO] Shop core ... FAILURE", "[ERROR] Failed to execute goal shop:verify")
    text = "\n".join(f"Sun Aug  5 10:50:12 PDT 2018: [INFO] {line}" for line in lines)
    assert [failure.message for failure in parse(text).failures] == ["Failed to execute goal shop:verify"]


def test_a_message_that_only_a_reports_tag_holds_is_kept() -> None:
    tag = '<failure message="TypeError: reduce() of empty iterable -> none">cart = &lt;Cart []&gt;'
    failure = parse(f'<testcase name="sum">{tag}\nshop/cart.py:31:\n</failure></testcase>\n').failures[0]
    assert (failure.type, failure.message) == ("TypeError", "reduce() of empty iterable -> none")
