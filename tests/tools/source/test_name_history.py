"""Which commits added or removed a name, compared with `git log -S` on the same repository."""

from pathlib import Path

import pytest

from tests.repositories import git
from tests.tools.source.deployments import deployment
from tools.git import name_history as walk
from tools.source.deployed import Deployed
from tools.source.name_history import name_history


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    """A name that comes before the deploy, moves, is used more often, and whose last use the deploy removes."""
    return deployment(
        tmp_path,
        [
            {"files": {"a.py": "def price_of(x):\n    return x\n"}, "message": "add it"},
            {"files": {"b.py": "price_of(1)\n"}, "message": "use it"},
            {"files": {"c.py": "price_of_all(1)\n"}, "message": "another name"},
            {"files": {"b.py": "price_of(2)\n"}, "message": "same number"},
            {"files": {"b.py": "b = 1\n"}, "message": "stop using it"},
            {"files": {"a.py": None}, "message": "remove it"},
        ],
        before=4,
    )


def test_commits_of_the_deploy_and_before_it_are_named_newest_first(deployed: Deployed) -> None:
    rows = name_history(deployed, "price_of").splitlines()
    assert [row.split(") ")[1] for row in rows if row.endswith("it")] == [
        "remove it",
        "stop using it",
        "use it",
        "add it",
    ]
    assert rows[1].endswith("(in this deploy) remove it")
    assert rows[2] == "    removed from a.py (1 -> 0, the last one)"
    assert "(before this deploy) use it" in rows[5]
    assert rows[-1].startswith("searched 2 commits of the deploy, and 4 before it in the 2 files that named it before")
    expected = git(Path(deployed.repository.raw.workdir), "log", "--format=%h", "-S", "price_of(").split()
    assert [row[:7] for row in rows if row[0] != " "][1:-1] == [short[:7] for short in expected]


def test_a_path_narrows(deployed: Deployed) -> None:
    text = name_history(deployed, "price_of", "b.py")
    assert "stop using it" in text
    assert "remove it" not in text


def test_a_piece_of_code_is_looked_for_as_it_stands(tmp_path: Path) -> None:
    shop = deployment(
        tmp_path,
        [
            {"files": {"a.js": "find( one );\n"}, "message": "another call"},
            {"files": {"a.js": "find( one );\ncart.find( one );\n"}, "message": "the call"},
            {"files": {"b.js": "b = 1;\n"}, "message": "the deploy"},
        ],
        before=2,
    )
    rows = name_history(shop, "cart.find(").splitlines()
    assert rows[0] == "commits that added or removed cart.find(, newest first:"
    assert [row.split(") ")[1] for row in rows if "(before this deploy)" in row] == ["the call"]


def test_a_name_that_never_stood_there_is_said_with_how_far_it_was_searched(deployed: Deployed) -> None:
    assert name_history(deployed, "refund").splitlines()[1:] == [
        "none",
        "searched 2 commits of the deploy, and 4 before it back to 2023-11-14",
    ]


def test_a_search_that_is_used_up_says_so(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_COMMITS", 1)
    assert name_history(deployed, "refund").endswith("there the search stopped")


def test_a_renamed_file_is_followed(tmp_path: Path) -> None:
    deployed = deployment(
        tmp_path,
        [
            {"files": {"old.py": "a = 1\nb = 2\nc = 3\n"}, "message": "start"},
            {"files": {"old.py": "a = 1\nb = 2\nc = 3\nrate = 4\n"}, "message": "add the rate"},
            {"files": {"old.py": None, "new.py": "a = 1\nb = 2\nc = 3\nrate = 4\n"}, "message": "move"},
            {"files": {"x.py": "x\n"}},
        ],
        before=3,
    )
    assert "added to old.py (0 -> 1, the first one)" in name_history(deployed, "rate", "new.py")
