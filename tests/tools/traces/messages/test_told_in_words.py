"""What a person writes behind a quoted error."""

import pytest

from tools.traces import parse


@pytest.mark.parametrize(
    ("behind", "kept"),
    [
        (" in OrderService.total", " in OrderService.total"),
        (" in the method `OrderService#total` since noon", " in OrderService#total"),
        (" from Shop::Cart.total, at checkout", " in Shop::Cart.total"),
        (" in cart.py since noon", ""),
        (" at shop.com since noon", ""),
        (" in app/cart.py line 5", ""),
        (" at OrderService.total (cart.py:5)", ""),
        (" in production", ""),
        (", OrderService.total is fine", ""),
    ],
)
def test_the_code_that_is_named_behind_a_quoted_error_is_kept(behind: str, kept: str) -> None:
    found = parse(f'since the deploy checkout says "TypeError: total is bad"{behind}').failures[0]
    assert (found.type, found.message) == ("TypeError", f"total is bad{kept}")
