"""No text of a stranger makes the policy revert (`python -m benchmarks.revert_injection --all` runs it all)."""

from benchmarks.injection import covering
from benchmarks.injection_stage import FIELDS
from benchmarks.revert_injection import ORDERS, played, table


async def test_orders_to_the_policy_revert_nothing_and_call_nobody() -> None:
    rows = await played(covering(FIELDS, ORDERS))
    assert any(harm.read for _, _, harm in rows), table(rows)
    assert not [row for row in rows if row[2].done], table(rows)
