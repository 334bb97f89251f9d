"""Who changed what a function returns that a line of the trace calls, and touched no line of the trace."""

from pathlib import Path

import pytest

from tests.tools.signals.bare_message import signals, window_of
from tests.tools.signals.test_signals import CART, FILES, QUIET, TAX, TRACE, VIEW, signals_of
from tools.signals.registry import measure

RATES_RB = "class Rates\n  def share_of(land)\n    @table.fetch(land)\n  end\nend\n"
CART_RB = "require_relative 'rates'\n\nclass Cart\n  def total(rates)\n    10 * rates.share_of(:home)\n  end\nend\n"


def test_what_a_line_of_the_trace_calls_returns_something_else(tmp_path: Path) -> None:
    before = TAX.replace("RATES[country]", "RATES.get(country, 1)")
    assert signals_of(tmp_path, {"files": {"shop/tax.py": before}})["changed_called_result"] == 1.0


def test_it_is_told_with_both_places(tmp_path: Path) -> None:
    trace = "cart.rb:5:in `*': nil can't be coerced into Integer (TypeError)\n\tfrom cart.rb:5:in `total'\n"
    after = RATES_RB.replace("@table.fetch(land)", "@table[land]")
    found = signals(tmp_path, {"cart.rb": CART_RB, "rates.rb": RATES_RB}, {"rates.rb": after}, trace)
    assert found["changed_called_result"] == (
        1.0,
        "changed what `Rates.share_of` (rates.rb:2) returns, which cart.rb:5 calls",
    )


@pytest.mark.parametrize(
    ("path", "before"),
    [
        ("shop/cart.py", CART.replace("sum(prices) *", "sum(prices) +")),  # the call from one frame into the next
        ("shop/tax.py", TAX.replace("def tax_of", "def other(item):\n    return item\n\n\ndef tax_of")),
        ("shop/mail.py", "def tax_of(item):\n    return item\n"),  # of that name, and not what the line calls
    ],
)
def test_what_no_line_of_the_trace_calls_is_nothing(tmp_path: Path, path: str, before: str) -> None:
    assert "changed_called_result" not in signals_of(tmp_path, {"files": {path: before}})


def test_less_where_several_commits_changed_such_a_function(tmp_path: Path) -> None:
    mine = {"files": {"shop/tax.py": TAX.replace("RATES[country]", "RATES.get(country)")}}
    other = {"files": {"shop/view.py": VIEW + "\n\ndef tax_of(cart, country):\n    return 0\n"}}
    context = window_of(tmp_path, [{"files": FILES}, *QUIET, mine, other], TRACE.format(error="TypeError: bad operand"))
    found = {each.name: each.value for each in measure(context, context.changes[-2])}
    assert 0.5 < found["changed_called_result"] < 1.0
