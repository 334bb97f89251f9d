"""Rows that a call gives are followed to the line that works on one of them: in a loop, a function literal, a comprehension."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, window_of
from tools.impact.value_slice import value_slice

ROWS = [
    (
        "a.php",
        5,
        "<?php\nfunction index($r) {\n  foreach ($r->unpaid() as $key => $row) {\n    $x = 1;\n    echo $row['name'];\n  }\n}\n",
    ),
    (
        "a.php",
        4,
        "<?php\nfunction index($r) {\n  return array_map(function ($row) {\n    return $row['name'];\n  }, $r->unpaid());\n}\n",
    ),
    (
        "a.php",
        5,
        "<?php\nfunction index($r) {\n  $rows = $r->unpaid();\n  return array_map(fn ($row) =>\n    $row['name'], $rows\n  );\n}\n",
    ),
    (
        "a.py",
        4,
        "def index(r):\n    rows = r.unpaid()\n    return [\n        row['name']\n        for row in rows\n    ]\n",
    ),
    (
        "a.py",
        5,
        "def index(r):\n    rows = r.unpaid()\n    return list(map(\n        lambda row:\n            row['name'],\n        rows))\n",
    ),
    ("a.js", 3, "function index(r) {\n  return _.map(r.unpaid(), (row) => {\n    return row.name.first;\n  });\n}\n"),
    ("a.js", 3, "function index(r) {\n  return r.unpaid().map((row) => {\n    return row.name.first;\n  });\n}\n"),
    ("a.rb", 3, "def index(r)\n  r.unpaid.map { |row|\n    row[:name].upcase\n  }\nend\n"),
    (
        "a.java",
        4,
        "class A {\n  void index(R r) {\n    r.unpaid().forEach(row -> {\n      use(row.name.length());\n    });\n  }\n}\n",
    ),
    (
        "a.cs",
        4,
        "class A {\n  void index(R r) {\n    r.unpaid().Select(row => {\n      return row.name.Length;\n    });\n  }\n}\n",
    ),
    (
        "a.cs",
        4,
        "class A {\n  object index(R r) {\n    return from row in r.unpaid()\n      select row.name.Length;\n  }\n}\n",
    ),
    ("a.kt", 4, "class A {\n  fun index(r: R) {\n    r.unpaid().map { row ->\n      row.name.length\n    }\n  }\n}\n"),
    ("a.kt", 4, "class A {\n  fun index(r: R) {\n    r.unpaid().map {\n      it.name.length\n    }\n  }\n}\n"),
    ("a.rs", 3, "fn index(r: R) {\n    r.unpaid().iter().map(|row| {\n        row.name.unwrap()\n    })\n}\n"),
]


@pytest.mark.parametrize(("path", "line", "text"), ROWS)
def test_the_call_that_gave_the_rows_gives_the_row(tmp_path: Path, path: str, line: int, text: str) -> None:
    context = window_of(tmp_path, [{"files": {f"src/{path}": text}}, *QUIET], f"it failed: src/{path}:{line}")
    assert [(frame.path, frame.line) for frame in context.site.frames] == [(f"src/{path}", line)]
    found = value_slice(context.site, {})
    assert "unpaid" in found.calls.keys() | found.attributes.keys()


def test_another_literal_of_the_same_call_gives_it_nothing(tmp_path: Path) -> None:
    text = "function index(r) {\n  r.each((other) => other.unpaid(), (row) => {\n    return row.name.first;\n  });\n}\n"
    context = window_of(tmp_path, [{"files": {"src/a.js": text}}, *QUIET], "it failed: src/a.js:3")
    assert "name" in value_slice(context.site, {}).attributes
    assert "unpaid" not in value_slice(context.site, {}).calls


@pytest.mark.parametrize(
    ("receiver", "known"), [("invoices", True), ("invoice", True), ("entries", False), ("process", False)]
)
def test_a_receiver_is_called_after_several_of_what_its_class_holds(tmp_path: Path, receiver: str, known: bool) -> None:
    index = f"<?php\nfunction index($r) {{\n  $rows = $r->{receiver}->unpaid();\n  return $rows[0]['name'];\n}}\n"
    store = "<?php\nclass InvoiceRepository\n{\n  public function unpaid()\n  {\n    return all(1);\n  }\n}\n"
    changes: list[Change] = [
        {"files": {"src/index.php": index, "src/InvoiceRepository.php": store}},
        {"files": {"src/InvoiceRepository.php": store.replace("all(1)", "all(2)")}},
        *QUIET,
    ]
    context = window_of(tmp_path, changes, "it failed: src/index.php:4")
    assert [each.name for each in context.changes[0].produced if each.name == "unpaid"] == ["unpaid"] * known


CLIENT = """import { defaults } from './options.js';

export async function get(url, options) {
  const o = { ...defaults, ...options };
  return o.parse(await fetch(url));
}
"""
USER = """import { get } from './client.js';

export async function user(id) {
  const data = await get(`/users/${id}`);
  return data.profile.name;
}
"""
OPTIONS = "export const defaults = {\n  retries: 3,\n  parse: JSON.parse,\n};\n"


@pytest.mark.parametrize(
    ("before", "after", "name", "line"),
    [("JSON.parse", "(x) => x", "parse", 5), ("retries: 3", "retries: 0", "defaults", 4)],
)
def test_a_table_of_defaults_that_the_called_function_spreads_is_on_the_way(
    tmp_path: Path, before: str, after: str, name: str, line: int
) -> None:
    files = {"lib/client.js": CLIENT, "lib/user.js": USER, "lib/options.js": OPTIONS}
    changes: list[Change] = [
        {"files": files},
        {"files": {"lib/options.js": OPTIONS.replace(before, after)}},
        *QUIET,
    ]
    trace = (
        "TypeError: Cannot read properties of undefined (reading 'name')\n    at user (file:///srv/lib/user.js:5:23)\n"
    )
    found = window_of(tmp_path, changes, trace).changes[0].produced
    assert {(each.name, each.use.path, each.use.line) for each in found} == {(name, "lib/client.js", line)}
