"""Lines of a file by their numbers, and its head."""

from dataclasses import replace
from pathlib import Path

import pytest

from incidents.errors import ToolError
from tests.tools.source.deployments import deployment
from tools.source.deployed import Deployed
from tools.source.file_parts import file_head, file_lines

PY = '''# Copyright
"""What it is."""
from __future__ import annotations

import os  # the system

LIMIT = 3
NAMES = {
    "a": 1,
}


def total():
    return LIMIT


LATE = 4
'''
PHP = "<?php\n/** docs */\ndeclare(strict_types=1);\nnamespace Shop;\n\nuse Shop\\Base;\n\nclass Cart extends Base\n{\n}\n"


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    """A Python file whose limit the deploy changed, a PHP file and settings."""
    before = {"a.py": PY.replace("LIMIT = 3", "LIMIT = 2"), "Cart.php": PHP, "b.yaml": "rate: 1\nlimit: 2\n"}
    return deployment(tmp_path, [{"files": before}, {"files": {"a.py": PY}, "message": "three"}], frames=[("a.py", 14)])


def test_lines_are_shown_with_the_commits_that_touched_them(deployed: Deployed) -> None:
    sha = deployed.window[0].sha[:10]
    assert file_lines(deployed, "a.py", 6, 8).splitlines() == [
        "a.py, lines 6-8 of 17",
        "     6            |",
        f"     7 {sha} | LIMIT = 3",
        "     8            | NAMES = {",
        "Commits of the deploy beside the lines they last touched (blank: older):",
        f"  {sha} three",
    ]


def test_of_lines_that_are_all_older_only_that_is_said(deployed: Deployed) -> None:
    text = file_lines(deployed, "a.py", 13, 14)
    assert "    14 >     return LIMIT" in text
    assert "No commit of the deploy wrote these lines: they are older." in text


def test_any_text_file_can_be_read_and_without_an_end_what_follows(deployed: Deployed) -> None:
    assert "     2 | limit: 2" in file_lines(deployed, "b.yaml", 0, 0)
    assert "lines 16-17 of 17" in file_lines(deployed, "a.py", 16, 3)


def test_lines_beyond_the_end_and_files_that_are_not_there_are_refused(deployed: Deployed) -> None:
    with pytest.raises(ToolError, match=r"a\.py has 17 lines"):
        file_lines(deployed, "a.py", 99, 120)
    with pytest.raises(ToolError, match=r"x/aa\.py does not exist at the deployed revision; there is a\.py"):
        file_lines(deployed, "x/aa.py", 1, 2)


def test_of_a_path_that_is_not_there_the_only_file_of_that_name_is_read(deployed: Deployed) -> None:
    assert file_lines(deployed, "shop/b.yaml", 1, 1).startswith("b.yaml, lines 1-1 of 2")
    assert file_head(deployed, "src/Cart.php").startswith("head of Cart.php")


def test_the_head_has_directives_imports_and_constants_also_those_further_down(deployed: Deployed) -> None:
    text = file_head(deployed, "a.py")
    for row in ("     3 | from __future__ import annotations", "     5 | import os  # the system", "    17 | LATE = 4"):
        assert row in text
    assert '     9 |     "a": 1,' in text
    assert "Copyright" not in text
    assert "return LIMIT" not in text


def test_the_head_of_a_class_file_has_its_namespace_and_uses(deployed: Deployed) -> None:
    assert file_head(deployed, "Cart.php").splitlines()[1:] == [
        "     1 | <?php",
        "     3 | declare(strict_types=1);",
        "     4 | namespace Shop;",
        "     6 | use Shop\\Base;",
    ]


def test_of_a_new_file_the_licence_is_left_out_before_its_code(tmp_path: Path) -> None:
    """Every line of it is of the deploy: that tells none from the others."""
    licence = "/* Copyright\n" + " * Licensed under some terms that go on and on\n" * 14 + " */\n"
    script = licence + "".join(f"CREATE TABLE rows_{number} (id TEXT NOT NULL);\n" for number in range(8))
    deployed = deployment(tmp_path, [{"files": {"a.py": "x"}}, {"files": {"05rows.sql": script}}], room=900)
    text = file_lines(deployed, "05rows.sql", 1, 40)
    assert "rows_7" in text
    assert text.count("Licensed") == 0


def test_commits_are_called_beside_lines_as_the_reader_knows_them(tmp_path: Path) -> None:
    deployed = deployment(tmp_path, [{"files": {"a.py": "x = 1\n"}}, {"files": {"a.py": "x = 1\ny = 2\n"}}])
    sha = deployed.window[-1].sha
    numbered = replace(deployed, marks={sha: "#4"})
    assert f"2 {sha[:10]} | y = 2" in file_lines(deployed, "a.py", 1, 2)
    assert "2 #4 | y = 2" in file_lines(numbered, "a.py", 1, 2)
    assert f"  #4 {sha[:10]} " in file_lines(numbered, "a.py", 1, 2)
