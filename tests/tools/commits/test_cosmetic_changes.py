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
        ("a.php", "<?php\n# one\n$a = 1;\n", "<?php\n# two\n$a = 1;\n", True),
        ("a.py", "l.split(';')\n", "l.split(',')\n", False),
        ("a.py", 'sql = """ a as\n b"""\n', 'sql = """ a as\n  b"""\n', False),
        ("a.py", "rate = 3\n", "rate = 3,\n", False),
        ("a.py", "x = y[3]\n", "x = y[3,]\n", False),
        ("a.py", "for a in b:\n    c()\nreturn d\n", "for a in b:\n    c()\n    return d\n", False),
        ("a.py", "f(a,b)\nx = 'a'\n", 'f(\n    a,\n    b,\n)\nx = "a"\n', True),
        ("a.py", 'def f():\n    """One."""\n    g()\n', 'def f():\n    """Two."""\n    g()\n', True),
        ("a.py", 'def f():\n    """One."""\n', 'def f():\n    """Two."""\nprint(f.__doc__)\n', False),
        ("a.js", "for (;;i++) {}\n", "for (i++;;) {}\n", False),
        ("a.js", "f(a['x'])\n", 'f( a["x"], );\n', True),
        ("a.js", "a = [1,,]\n", "a = [1,]\n", False),
        ("a.rb", "x = '#{a}'\n", 'x = "#{a}"\n', False),
        ("a.rb", "x = <<A\n a;b\nA\n", "x = <<A\n a,b\nA\n", False),
        ("a.php", "<?php f('$a');\n", '<?php f("$a");\n', False),
        ("a.go", "package a\nvar x = 'a'\n", 'package a\nvar x = "a"\n', False),
        ("a.go", "package a\nvar x  =  1\n", "package a\nvar x = 1\n", True),
        ("a.cpp", "f(s, ';');\n", "f(s, ',');\n", False),
        ("a.cpp", "#define A (x)\n", "#define A(x)\n", False),
        ("a.cpp", "f( a );\n", "f(a);\n", True),
        ("a.sh", "f '$A'\n", 'f "$A"\n', False),
        ("a.yaml", "a:\n  b:\n  c: 1\n", "a:\n  b:\n    c: 1\n", False),
        ("a.json", '["a" "b"]\n', '["a", "b"]\n', False),
        ("a.yaml", "# one\na: 1\n", "# two\na: 1\n", True),
        ("a.py", "x = 1\n", "x = 1  # one\n", True),
        ("a.js", "x = 1; // one\n", "x = 1; // two\n", True),
        ("a.py", "x = 'a # b'\n", "x = 'a # c'\n", False),
        ("a.js", "x = 'http://a';\n", "x = 'http://b';\n", False),
    ],
)
def test_only_comments_and_white_space_are_cosmetic(
    tmp_path: Path, path: str, before: str, after: str, cosmetic: bool
) -> None:
    built = build(tmp_path, [{"files": {path: before}}, {"files": {path: after}}])
    assert read_commit(Repository.open(built.path), built.shas[1], [path]).cosmetic is cosmetic
