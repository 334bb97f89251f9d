"""Causes outside functions: limits, schemas, and what data no longer holds."""

from pathlib import Path

import pytest

from tests.tools.signals.bare_message import signals


def test_a_memory_limit_was_lowered_and_memory_ran_out(tmp_path: Path) -> None:
    before, after = "resources:\n  limits:\n    memory: 2Gi\n", "resources:\n  limits:\n    memory: 512Mi\n"
    found = signals(
        tmp_path, {"k8s/shop.yaml": before}, {"k8s/shop.yaml": after}, "container shop OOMKilled (exit code 137)"
    )
    assert found["lowered_limit"] == (1.0, "lowered a limit from `memory: 2Gi` to `memory: 512Mi` (k8s/shop.yaml:3)")


def test_a_raised_limit_or_another_error_is_no_cause(tmp_path: Path) -> None:
    before, after = "memory: 512Mi\n", "memory: 2Gi\n"
    raised = signals(tmp_path / "raised", {"a.yaml": before}, {"a.yaml": after}, "OOMKilled")
    other = signals(tmp_path / "other", {"a.yaml": after}, {"a.yaml": before}, "KeyError: 'b'")
    assert "lowered_limit" not in {**raised, **other}


@pytest.mark.parametrize(
    ("before", "after", "lowered"),
    [
        ("30m", "1h", False),
        ("1h", "30m", True),
        ("2d", "36h", True),
        ("900ms", "1s", False),
        ("5000", "10s", False),  # of 5000 what, nobody knows
        ("10s", "5", False),
        ("5000", "4000", True),
    ],
)
def test_limits_of_time_are_compared_in_their_units(tmp_path: Path, before: str, after: str, lowered: bool) -> None:
    was, now = ({"a.yaml": f"timeout: {each}\n"} for each in (before, after))
    assert ("lowered_limit" in signals(tmp_path, was, now, "TimeoutError: timed out")) is lowered


def test_the_column_that_is_unknown_was_dropped_by_a_migration(tmp_path: Path) -> None:
    drop = "ALTER TABLE orders DROP COLUMN due_rate;\n"
    for folder, error in (
        ("mysql", "Unknown column 'orders.due_rate' in 'field list'"),
        ("pg", "column due_rate does not exist"),
    ):
        found = signals(tmp_path / folder, {"a.txt": ""}, {"db/7.sql": drop}, error)
        assert (
            found["changed_named_schema"][1] == "changed the schema of `due_rate` (db/7.sql:1), which the error names"
        )


def test_the_only_mention_of_a_key_was_taken_out_of_a_table(tmp_path: Path) -> None:
    """Neither set with `=` nor with `:`: a row of a list."""
    before = "<?php\nreturn ['A1', 'B2', 'C3'];\n"
    found = signals(
        tmp_path, {"codes.php": before}, {"codes.php": before.replace(" 'B2',", "")}, 'Undefined array key "B2"'
    )
    assert found["removed_only_mention"][1] == "removed `B2` (codes.php:2), which the error misses"
