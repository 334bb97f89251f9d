"""What had not run, and what only writes a log, is less than what had."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, window_of
from tools.signals.registry import measure

CODE = """def rate(country):
    found = RATES[country]
    text = "rate"
    return text + str(found)
"""
TRACE = """Traceback (most recent call last):
  File "/srv/shop/rates.py", line {line}, in rate
    {source}
KeyError: 'XK'
"""


def telling(
    folder: Path, before: str, after: str, line: int, source: str = "found = RATES[country]"
) -> dict[str, float]:
    changes: list[Change] = [{"files": {"shop/rates.py": before}}, {"files": {"shop/rates.py": after}}, *QUIET]
    context = window_of(folder, changes, TRACE.format(line=line, source=source))
    return {each.name: each.value for each in measure(context, context.changes[0])}


def test_what_stands_below_the_failing_line_had_not_run(tmp_path: Path) -> None:
    below = telling(tmp_path / "below", CODE, CODE.replace('"rate"', '"tax"'), 2)
    assert "ran_in_any_frame" not in below
    above = telling(tmp_path / "above", CODE, CODE.replace("    found", "    country = country.strip()\n    found"), 3)
    assert above["ran_in_any_frame"] > 0


def test_the_rest_of_the_failing_statement_had_run(tmp_path: Path) -> None:
    long = CODE.replace("RATES[country]", "RATES.only(\n        country,\n        False,\n    )")
    found = telling(tmp_path, long, long.replace("False", "True"), 2)
    assert found["ran_in_any_frame"] == 1


@pytest.mark.parametrize(
    "row", ['print("rate", country)', 'logger.info("rate of %s", country)', 'log.warning(f"rate {country}")']
)
def test_a_line_that_only_logs_is_no_change_of_the_function(tmp_path: Path, row: str) -> None:
    found = telling(tmp_path, CODE, CODE.replace("    found", f"    {row}\n    found"), 3)
    assert not found.keys() & {"touched_any_function", "focus", "ran_in_any_frame"}


def test_a_log_line_that_fails_itself_is(tmp_path: Path) -> None:
    row = 'print("rate", RATES[country])'
    found = telling(tmp_path, CODE, CODE.replace("    found", f"    {row}\n    found"), 2, row)
    assert found["wrote_any_new_line"] == 1
    assert "touched_any_function" in found
