"""Which commits of the deploy changed files of a folder."""

from pathlib import Path

import pytest

from incidents.errors import ToolError
from tests.tools.source.deployments import deployment
from tools.source.changed_below import changed_below


def test_each_commit_that_changed_the_folder_is_listed_with_its_files_newest_first(tmp_path: Path) -> None:
    deployed = deployment(
        tmp_path,
        [
            {"files": {"schema/1.sql": "x", "app.py": "x", "schema_old/2.sql": "x"}},
            {"files": {"schema/delta/2.sql": "y"}, "message": "add a delta"},
            {"files": {"app.py": "y", "schema_old/2.sql": "y"}, "message": "elsewhere"},
            {"files": {"schema/1.sql": None}, "message": "drop the first"},
        ],
    )
    head, newest, older = changed_below(deployed, "schema/").split("\n")
    assert head == "2 of 3 commits of the deploy changed files below schema"
    assert newest.endswith("drop the first: 1.sql")
    assert older.endswith("add a delta: delta/2.sql")
    assert changed_below(deployed, "app.py").startswith("1 of 3 commits")


def test_without_a_folder_it_says_what_to_give(tmp_path: Path) -> None:
    deployed = deployment(tmp_path, [{"files": {"a.py": "x"}}, {"files": {"a.py": "y"}}])
    with pytest.raises(ToolError, match="give a pattern to search for, or a path"):
        changed_below(deployed, "")
