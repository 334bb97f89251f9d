"""Which commits change only white space and comments: those cannot be the cause, so a line of code must not look like one."""

from pathlib import Path

import pytest

from tests.repositories import build
from tools.commits.analysis import read_commit
from tools.git.repository import Repository


@pytest.mark.parametrize(
    ("path", "before", "after", "cosmetic"),
    [
        ("a.rs", "fn a() {}\n", "#[inline]\nfn a() {}\n", False),
        ("a.c", "int a;\n", "#define N 3\nint a;\n", False),
        ("a.c", "int a;\n*p = 1;\n", "int a;\n*p = 2;\n", False),
        ("a.js", "class A {\n  #count = 0;\n}\n", "class A {\n  #count = 1;\n}\n", False),
        ("a.py", "f(\n    *rows,\n)\n", "f(\n    *columns,\n)\n", False),
        ("a.php", "#[Route('/a')]\nclass A {}\n", "#[Route('/b')]\nclass A {}\n", False),
        ("a.rs", "// one\nfn a() {}\n", "// two\nfn a() {}\n", True),
        ("a.c", "/*\n * one\n */\nint a;\n", "/*\n * two\n */\nint  a;\n", True),
        ("a.py", "# one\nx = 1\n", "# two\nx = 1\n", True),
        ("a.php", "# one\n$a = 1;\n", "# two\n$a = 1;\n", True),
    ],
)
def test_only_comments_and_white_space_are_cosmetic(
    tmp_path: Path, path: str, before: str, after: str, cosmetic: bool
) -> None:
    built = build(tmp_path, [{"files": {path: before}}, {"files": {path: after}}])
    assert read_commit(Repository.open(built.path), built.shas[1], [path]).cosmetic is cosmetic
