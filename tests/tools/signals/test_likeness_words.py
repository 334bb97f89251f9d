"""What a message alone shares with a commit is not said to stand in a trace."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, window_of
from tools.signals.registry import measure

TRACE = 'Traceback (most recent call last):\n  File "/srv/shop/rates.py", line 2, in rate\n'


@pytest.mark.parametrize(("above", "told"), [("", "error"), (TRACE, "trace")])
def test_a_likeness_to_a_bare_message_is_one_to_the_error(tmp_path: Path, above: str, told: str) -> None:
    changes: list[Change] = [
        {"files": {"shop/rates.py": "def rate(c):\n    return c.voucher\n"}},
        {"files": {"shop/b.py": "b = 1\n"}, "message": "voucher wallet: refund the ledger"},
        *QUIET,
    ]
    context = window_of(tmp_path, changes, f"{above}AttributeError: voucher wallet refund ledger")
    found = {each.name: each.detail for each in measure(context, context.changes[0])}
    assert found["likeness_in_messages"].endswith(f"in its message, as the {told} does")
