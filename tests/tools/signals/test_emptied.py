"""A value on the way to the failing line is set to nothing: in each language as it writes attributes."""

from pathlib import Path

import pytest

from tests.tools.signals.bare_message import signals

GO = """package a

func New() *Cfg {{
	c := &Cfg{{}}
	c.hosts = {}
	return c
}}

func (c *Cfg) First() string {{
	return c.hosts[0]
}}
"""
SHARP = """class Cart {{
  List<int> rows;
  public Cart() {{
    rows = {};
  }}
  public int First() {{
    return rows[0];
  }}
}}
"""
JAVA = """class Cart {{
  List<Row> rows;
  Cart() {{
    this.rows = {};
  }}
  int first() {{
    return rows.size();
  }}
}}
"""
PYTHON = """class Cart:
    def __init__(self):
        self.rows = {}

    def first(self):
        return self.rows[0]
"""
GO_TRACE = """panic: runtime error: index out of range [0] with length 0

goroutine 1 [running]:
a.(*Cfg).First(0xc000)
	/src/a/cfg.go:10 +0x1c
"""
SHARP_TRACE = """System.NullReferenceException: Object reference not set to an instance of an object.
   at Cart.First() in /src/Cart.cs:line 7
"""
JAVA_TRACE = "java.lang.NullPointerException\n\tat Cart.first(Cart.java:7)\n\tat Main.main(Main.java:3)\n"
PYTHON_TRACE = """Traceback (most recent call last):
  File "/srv/cart.py", line 6, in first
    return self.rows[0]
IndexError: list index out of range
"""
CASES = [
    ("a/cfg.go", GO, "load()", "nil", GO_TRACE),
    ("src/Cart.cs", SHARP, "new List<int>()", "null", SHARP_TRACE),
    ("src/Cart.java", JAVA, "load()", "null", JAVA_TRACE),
    ("cart.py", PYTHON, "load()", "[]", PYTHON_TRACE),
]
RUST = """pub fn rate(c: &str) -> Option<i32> {
    Some(1)
}

pub fn total(c: &str) -> i32 {
    rate(c).unwrap()
}
"""
RUST_TRACE = "thread 'main' panicked at src/lib.rs:6:13:\ncalled `Option::unwrap()` on a `None` value\n"
RUBY = "def rate(c)\n  @all[c]\nend\n\ndef total(c)\n  rate(c).pct\nend\n"
RUBY_TRACE = "NoMethodError: undefined method `pct' for nil:NilClass\n/app/book.rb:6:in `total'\n"


@pytest.mark.parametrize(("path", "text", "before", "after", "trace"), CASES)
def test_the_attribute_that_arrives_is_set_to_nothing(
    tmp_path: Path, path: str, text: str, before: str, after: str, trace: str
) -> None:
    found = signals(tmp_path / "emptied", {path: text.format(before)}, {path: text.format(after)}, trace)
    value, sentence = found["emptied_value"]
    assert value == 1.0
    assert f"to nothing ({path}:" in sentence
    other = signals(tmp_path / "other", {path: text.format(before)}, {path: text.format("other()")}, trace)
    assert "emptied_value" not in other


@pytest.mark.parametrize(
    ("path", "before", "after", "trace"),
    [
        ("src/lib.rs", RUST, ("    Some(1)", "    None"), RUST_TRACE),
        ("book.rb", RUBY, ("  @all[c]", "  nil"), RUBY_TRACE),
        ("book.rb", RUBY.replace("@all[c]", "@all[c] || Rate.new"), (" || Rate.new", ""), RUBY_TRACE),
    ],
)
def test_a_last_line_that_is_the_result_gives_nothing_now(
    tmp_path: Path, path: str, before: str, after: tuple[str, str], trace: str
) -> None:
    found = signals(tmp_path, {path: before}, {path: before.replace(*after)}, trace)
    assert found["nothing_arrives"][1].startswith("changed when `rate`")
