"""RSpec's comments below an error are its cause; other comments stay comments."""

from tools.traces import parse
from tools.traces.unwrap.rspec_causes import without_comments_of_cause

REPORT = """  1) Cart adds the tax
     Failure/Error: cart.total

     Cart::Broken:
       no total
     # ./app/cart.rb:9:in `total'
     # ./spec/cart_spec.rb:4:in `block (2 levels) in <top (required)>'
     # ------------------
     # --- Caused by: ---
     # KeyError:
     #   key not found: :price
     #   ./app/cart.rb:7:in `price'

Finished in 0.1 seconds
"""


def test_a_cause_is_the_root_of_the_error() -> None:
    trace = parse(REPORT)
    assert [(failure.type, failure.message) for failure in trace.failures] == [
        ("KeyError", "key not found: :price"),
        ("Cart::Broken", "no total"),
    ]
    assert [frame.line for failure in trace.failures for frame in failure.frames] == [7, 9, 4]


def test_only_the_comments_below_the_title_lose_their_mark() -> None:
    assert without_comments_of_cause(["# a", "# --- Caused by: ---", "  # b", "c", "# d"]) == [
        "# a",
        "Caused by:",
        "  b",
        "c",
        "# d",
    ]
