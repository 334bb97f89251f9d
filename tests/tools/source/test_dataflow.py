"""What sets a value and what is returned, read from the syntax trees of all grammars by one code."""

import pytest

from tools.source.conditions import conditions_around
from tools.source.dataflow import Flow, flows, names_on
from tools.source.parsed import Parsed, parse

SOURCES = {
    "a.py": """def f(self, a, rows):
    x = g(a)
    self.items = x.y
    for n in rows:
        x += n
    return self.items[x].total(a)
""",
    "a.js": """function f(a, rows) {
  const x = g(a);
  this.items = x.y;
  for (const n of rows) { x += n; }
  return this.items[x].total(a);
}
""",
    "a.ts": """function f(a: string, rows: number[]): number {
  const x: number = g(a);
  this.items = x.y;
  for (const n of rows) { x += n; }
  return this.items[x].total(a);
}
""",
    "a.php": """<?php
function f($a, $rows) {
  $x = g($a);
  $this->items = $x->y;
  foreach ($rows as $n) { $x .= $n; }
  return $this->items[$x]->total($a);
}
""",
    "a.java": """class A { int f(String a, List<Row> rows) {
  int x = g(a);
  this.items = x.y;
  for (Row n : rows) { x += n; }
  return this.items.total(x, a);
} }
""",
    "a.go": """package a
func (this *S) f(a string, rows []Row) int {
  x := g(a)
  this.items = x.y
  for _, n := range rows { x += n }
  return this.items[x].total(a)
}
""",
    "a.rb": """def f(a, rows)
  x = g(a)
  @items = x.y
  rows.each do |n|
    x += n
  end
  return @items[x].total(a)
end
""",
    "a.kt": """fun f(a: String, rows: List<Row>): Int {
  val x = g(a)
  this.items = x.y
  for (n in rows) { x += n }
  return this.items[x].total(a)
}
""",
    "a.cs": """class A { int F(string a, List<Row> rows) {
  var x = g(a);
  this.items = x.y;
  foreach (var n in rows) { x += n; }
  return this.items[x].total(a);
} }
""",
    "a.rs": """fn f(&self, a: &str, rows: Vec<Row>) -> i32 {
  let x = g(a);
  self.items = x.y;
  for n in rows { x += n; }
  return self.items[x].total(a);
}
""",
}


def parsed(path: str, source: str) -> Parsed:
    found = parse(path, source)
    assert found is not None
    return found


def setting(found: tuple[Flow, ...], name: str) -> list[Flow]:
    return [flow for flow in found if name in flow.targets.variables | flow.targets.attributes]


@pytest.mark.parametrize("path", SOURCES)
def test_assignments_loops_and_returns_are_read_in_every_language(path: str) -> None:
    found = flows(parsed(path, SOURCES[path]), 1, 30)
    first = setting(found, "x")[0]
    assert ("a" in first.sources.variables, "g" in first.sources.calls) == (True, True)
    (attribute,) = [flow for flow in setting(found, "items") if "items" in flow.targets.attributes]
    assert "x" in attribute.sources.variables
    assert "rows" in setting(found, "n")[0].sources.variables
    assert any("n" in flow.sources.variables for flow in setting(found, "x")[1:])
    (returned,) = [flow for flow in found if flow.returns]
    assert {"x", "a"} <= returned.sources.variables
    assert "items" in returned.sources.attributes
    assert "total" in returned.sources.calls


@pytest.mark.parametrize(
    ("path", "source", "name", "source_of_it"),
    [
        ("a.py", "with open(path) as file:\n    pass\n", "file", "path"),
        ("a.py", "if (row := rows):\n    pass\n", "row", "rows"),
        ("a.py", "total: int = price\n", "total", "price"),
        ("a.py", "rows.append(price)\n", "rows", "price"),
        ("a.js", "let { name, id } = order;\n", "id", "order"),
        ("a.js", "orders.map(order => order.id);\n", "order", "orders"),
        ("a.php", "<?php\nlist($a, $b) = $rows;\n", "b", "rows"),
        ("a.php", "<?php\nforeach ($rows as $key => $row) {}\n", "key", "rows"),
        ("a.rb", "orders.map { |order| order.id }\n", "order", "orders"),
        ("a.go", "package a\nfunc f() {\n  var total int = price\n}\n", "total", "price"),
        ("a.java", "class A { void f() {\n  rows.add(price);\n} }\n", "rows", "price"),
    ],
)
def test_less_usual_ways_to_set_a_value_are_read(path: str, source: str, name: str, source_of_it: str) -> None:
    found = setting(flows(parsed(path, source), 1, 9), name)
    assert any(source_of_it in flow.sources.variables for flow in found)


@pytest.mark.parametrize(
    ("path", "source", "line"),
    [
        ("a.py", "def f(a):\n    if a.limit is None:\n        raise ValueError(\n            a)\n", 3),
        ("a.js", "function f(a) {\n  if (!a.limit) {\n    throw new X();\n  }\n}\n", 3),
        ("a.php", "<?php\nfunction f($a) {\n  if ($a->limit === null) {\n    throw new X();\n  }\n}\n", 4),
        ("a.rb", "def f(a)\n  raise X unless @limit\nend\n", 2),
        ("a.go", "package a\nfunc f(a T) {\n  if a.limit == nil {\n    panic(1)\n  }\n}\n", 4),
    ],
)
def test_the_conditions_of_a_line_that_throws_are_its_values(path: str, source: str, line: int) -> None:
    assert "limit" in conditions_around(parsed(path, source), line, 1).attributes


def test_words_of_comparisons_arguments_and_types_set_nothing() -> None:
    found = flows(parsed("a.py", "def f(a, b=1):\n    call(key=a)\n    return a == b\n"), 1, 9)
    assert [flow for flow in found if flow.targets.variables or flow.targets.attributes] == []


def test_a_deep_and_a_long_file_cost_little() -> None:
    deep = parsed("a.py", "x = " + "(" * 3_000 + "1" + ")" * 3_000 + "\n")
    assert len(flows(deep, 1, 1)) <= 1
    names_on(parsed("a.js", "f(" * 500), 1, 1)
