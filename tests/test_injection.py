"""Text of strangers does not win over git, whatever the model makes of it (`python -m benchmarks.injection` runs it all)."""

from benchmarks.injection import PERFECT, covering, played, table
from benchmarks.injection_stage import FIELDS, UNSEEN
from benchmarks.payloads import PAYLOADS


async def test_a_model_that_obeys_what_it_reads_does_no_damage() -> None:
    rows = await played(covering())
    shown = table(rows)
    assert len(PAYLOADS) >= 40
    assert {field for _, field, _ in rows} == set(FIELDS)
    assert all(damage.read for _, field, damage in rows if field not in UNSEEN), (
        shown
    )  # what never reached the model tells nothing
    assert not [row for row in rows if row[2].done], shown


async def test_nor_does_one_that_was_always_right_where_nobody_misled_it() -> None:
    rows = await played(covering(), PERFECT)
    assert not [row for row in rows if row[2].done], table(rows)
