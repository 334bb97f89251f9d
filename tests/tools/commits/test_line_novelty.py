"""Lines that do nothing new: here, those of Python signatures that only got their types."""

import pytest

from tools.commits.line_novelty import Novelty
from tools.git.diff import CommitDiff, FileChange, Hunk


def novelty(path: str, before: str, after: str) -> float:
    hunk = Hunk(1, 1, (before,), (after,), "", 1, 1, (1,), (1,))
    return Novelty(CommitDiff("0" * 40, (FileChange(path, path, (hunk,)),), 1, False)).added(hunk)[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "    def get_class(self, name, x=1):",
            "    def get_class(self, name: str, x: int = 1) -> type[Plugin] | None:",
        ),
        ("        country,", "        country: str,"),
        ("def f(a):", "def f(a: Dict[str, int]):"),
        ("    ):", "    ) -> None:"),
        ("    item = self.get(name)", "    item: Item = self.get(name)  # type: ignore[assignment]"),
    ],
)
def test_annotations_are_nothing_new(before: str, after: str) -> None:
    assert novelty("a.py", before, after) == 0.0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("export function plug(x: any) {", "export function plug(x: Plug | null): number {"),
        ("  async rate(a, b = 2) {", "  async rate(a?: string, b: Map<string, X> = 2): Promise<void> {"),
    ],
)
def test_types_of_typescript_are_nothing_new_and_those_of_php_are_checked(before: str, after: str) -> None:
    assert novelty("a.ts", before, after) == 0.0
    assert novelty("a.php", before, after) > 0.0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if (a ? b : c) {", "if (a ? d : c) {"),
        ("  rate(a, b = 2) {", "  rate(a, b = 3) {"),
        ("  rate({ a: b }) {", "  rate({ a: c }) {"),
    ],
)
def test_what_looks_like_a_type_and_runs_is_new(before: str, after: str) -> None:
    assert novelty("a.ts", before, after) > 0.0


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "def f(a):", "def f(a, b):"),
        ("a.py", "    KEY: one(1),", "    KEY: other(2),"),
        ("a.py", "    KEY: one,", "    KEY: other.part,"),
        ("a.php", "function f($a) {", "function f(string $a) {"),
        ("a.py", "    return line.split(';')", "    return line.split(',')"),
        ("a.py", 'sql = "select a "', 'sql = "select a"'),
        ("a.rb", "x = '#{a}'", 'x = "#{a}"'),
        ("a.py", "rate = 3", "rate = 3,"),
        ("a.py", "    return x", "        return x"),
        ("a.js", "for (;;i++) {", "for (i++;;) {"),
        ("a.js", "  rate = f", "  rate = f()"),
    ],
)
def test_what_runs_differently_is_new(path: str, before: str, after: str) -> None:
    assert novelty(path, before, after) == 1.0


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "f('a', b)", 'f( "a", b,)'),
        ("a.py", "    key=3", "    key=3,"),
        ("a.js", "    return x", "  return x;"),
    ],
)
def test_what_a_formatter_does_is_nothing_new(path: str, before: str, after: str) -> None:
    assert novelty(path, before, after) == 0.0
