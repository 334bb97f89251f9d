"""A label that is only shown is no code on which the failure depends; a text that is used otherwise is."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, window_of

LUA = "lua: ./page.lua:4: attempt to index a nil value (local 'order')\nstack traceback:\n\t./page.lua:4: in function 'show'\n"
PERL = 'Can\'t call method "total" on an undefined value at lib/Page.pm line 4.\n'
JS = "TypeError: Cannot read properties of undefined (reading 'name')\n    at page (/app/page.js:4:37)\n"
SHELL = "bin/deploy.sh: line 3: SHOP_URL: unbound variable\n"
PYTHON = 'Traceback (most recent call last):\n  File "/app/page.py", line 4, in page\n    {}\nTypeError: something is wrong\n'

SHOWN = {
    "lua": (
        "page.lua",
        'function show(id)\n  local order = find(id)\n  local title = "Sum "\n  return title .. order.total\nend\n',
        "Sum",
        "Total",
        LUA,
    ),
    "perl": (
        "lib/Page.pm",
        'sub show {\n    my $order = find(1);\n    my $title = "Sum ";\n    return $title . $order->total;\n}\n',
        "Sum",
        "Total",
        PERL,
    ),
    "javascript": (
        "page.js",
        "function page(id) {\n  const order = f(id);\n  const title = `No ${order.number}`;\n  console.log(title, order.customer.name);\n}\n",
        "No",
        "Your",
        JS,
    ),
    "shell": ("bin/deploy.sh", 'set -eu\necho "to"\ncurl "$SHOP_URL/ping"\n', '"to"', '"To"', SHELL),
}


def changed(folder: Path, path: str, before: str, old: str, new: str, trace: str) -> tuple[bool, bool]:
    """Whether the commit is told to have changed code that had run, and whether all that it did is beside what failed."""
    changes: list[Change] = [{"files": {path: before}}, QUIET[0], {"files": {path: before.replace(old, new)}}, QUIET[1]]
    context = window_of(folder, changes, trace)
    change = context.changes[1]
    return any(each.near_ran is not None for each in change.contacts), change.only_beside


@pytest.mark.parametrize("name", SHOWN)
def test_a_text_that_is_only_shown_is_beside_what_failed(tmp_path: Path, name: str) -> None:
    assert changed(tmp_path, *SHOWN[name]) == (False, True)


@pytest.mark.parametrize(
    "line",
    [
        "return row[text].total",  # a key
        "return query(text, row.total)",
        "raise Refused(text + row.total)",
        "return row.total % text",
        "return row.total if text == row.kind else 0",
        "return text.format(row.total)",
        "other = row[text + '.total']",
    ],
)
def test_a_text_that_is_used_otherwise_had_run(tmp_path: Path, line: str) -> None:
    before = f"def page(row):\n    row = row.first\n    text = 'total'\n    {line}\n"
    assert changed(tmp_path, "page.py", before, "'total'", "'sum'", PYTHON.format(line)) == (True, False)


def test_a_text_becomes_another_name_of_something_that_is_used(tmp_path: Path) -> None:
    before = "def page(row):\n    text = 'total'\n    key = text + '_sum'\n    return row[key].amount\n"
    trace = PYTHON.format("return row[key].amount")
    assert changed(tmp_path, "page.py", before, "'total'", "'sum'", trace) == (True, False)


def test_a_text_that_is_set_to_something_else_had_run(tmp_path: Path) -> None:
    before = "def page(row):\n    row = row.first\n    text = 'total'\n    return text + row.total\n"
    trace = PYTHON.format("return text + row.total")
    assert changed(tmp_path, "page.py", before, "'total'", "row.title", trace) == (True, False)
