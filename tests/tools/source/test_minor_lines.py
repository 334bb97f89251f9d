"""Which lines seldom break anything, by the language of their file."""

import pytest

from tools.source.minor_lines import all_minor


@pytest.mark.parametrize(
    ("path", "line", "minor"),
    [
        ("a.c", "*total = 0;", False),
        ("a.c", "#define LIMIT 3", False),
        ("a.rs", "#[derive(Clone)]", False),
        ("a.js", "#count = 0;", False),
        ("a.rb", "# frozen_string_literal: true", False),
        ("a.c", "// why", True),
        ("a.c", " * why", True),
        ("a.py", "# why", True),
        ("a.py", "import os", True),
        ("a.py", "});", False),
        ("a.py", "})", True),
        ("a.py", "", True),
    ],
)
def test_what_is_a_comment_somewhere_is_code_elsewhere(path: str, line: str, minor: bool) -> None:
    assert all_minor([line], path) is minor
