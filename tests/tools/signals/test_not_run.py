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


BELOW = {
    "shop/rate.py": (
        "def rate(country):\n    found = rates[country]\n    return text('rate', found)\n",
        'Traceback (most recent call last):\n  File "/app/shop/rate.py", line 2, in rate\n'
        "    found = rates[country]\nKeyError: 'XK'\n",
    ),
    "src/Rate.java": (
        "class Rate {\n  String rate(String c) {\n    long found = rates.get(c);\n    return text('rate', found);\n  }\n}\n",
        "java.lang.NullPointerException: null\n\tat Rate.rate(Rate.java:3)\n",
    ),
    "src/rate.js": (
        "export function rate(c) {\n  const found = rates[c].now;\n  return text('rate', found);\n}\n",
        "TypeError: Cannot read properties of undefined (reading 'now')\n    at rate (/app/src/rate.js:2:25)\n",
    ),
    "app/rate.rb": (
        "def rate(c)\n  found = rates[c].now\n  text('rate', found)\nend\n",
        "app/rate.rb:2:in `rate': undefined method `now' for nil:NilClass (NoMethodError)\n",
    ),
    "src/rate.php": (
        "<?php\nfunction rate($c) {\n  $found = rates($c)->now();\n  return text('rate', $found);\n}\n",
        "PHP Fatal error:  Uncaught Error: Call to a member function now() on null in /app/src/rate.php:3\n"
        "Stack trace:\n#0 {main}\n  thrown in /app/src/rate.php on line 3",
    ),
    "rate/rate.go": (
        "package rate\n\nfunc Rate(c string) string {\n\tfound := rates[c].Now\n\treturn text('rate', found)\n}\n",
        "panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 1 [running]:\n"
        "example.org/shop/rate.Rate(0xc0)\n\t/build/rate/rate.go:4 +0x24\n",
    ),
}


def touched(folder: Path, path: str, before: str, after: str, trace: str) -> set[str]:
    changes: list[Change] = [{"files": {path: before}}, {"files": {path: after}}, *QUIET]
    context = window_of(folder, changes, trace)
    return {each.name for each in measure(context, context.changes[0])} & {"touched_any_function", "focus"}


@pytest.mark.parametrize("path", BELOW)
def test_lines_below_the_failing_one_are_no_code_of_the_trace(tmp_path: Path, path: str) -> None:
    before, trace = BELOW[path]
    assert not touched(tmp_path / "below", path, before, before.replace("'rate'", "'tax'"), trace)
    above = before.replace("ates", "oads")
    assert touched(tmp_path / "above", path, before, above, trace) == {"touched_any_function", "focus"}


LOOPED = "def rates(rows):\n    for row in rows:\n        found = RATES[row]\n        {inner}\n    {behind}\n"
HANDLED = (
    "def rate(c):\n    try:\n        found = RATES[c]\n    {handler}:\n        note('rate', c)\n    return found\n"
)
IN_LOOP = TRACE.format(line=3, source="found = RATES[row]").replace("in rate", "in rates")


@pytest.mark.parametrize(
    ("inner", "behind", "counts"), [("row = next(rows)", "pass", True), ("pass", "found = 2", False)]
)
def test_what_a_loop_around_both_repeats_may_have_run(tmp_path: Path, inner: str, behind: str, counts: bool) -> None:
    before, after = LOOPED.format(inner="pass", behind="pass"), LOOPED.format(inner=inner, behind=behind)
    assert bool(touched(tmp_path, "shop/rates.py", before, after, IN_LOOP)) is counts


@pytest.mark.parametrize("handler", ["finally", "except KeyError"])
def test_what_a_handler_does_may_have_run(tmp_path: Path, handler: str) -> None:
    before = HANDLED.format(handler=handler)
    trace = TRACE.format(line=3, source="found = RATES[c]")
    assert touched(tmp_path, "shop/rates.py", before, before.replace("'rate'", "'tax'"), trace)


@pytest.mark.parametrize("path", BELOW)
def test_of_a_commit_below_the_failing_line_neither_its_words_nor_its_file_count(tmp_path: Path, path: str) -> None:
    before, trace = BELOW[path]
    change: Change = {"files": {path: before.replace("'rate'", "'tax'")}, "message": "rate: say tax"}
    context = window_of(tmp_path, [{"files": {path: before}}, change, *QUIET], trace)
    names = {each.name for each in measure(context, context.changes[0])}
    assert names <= {"same_folder", "size", "breadth", "adds_only", "changed_around_named_use"}
