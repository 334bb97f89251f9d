"""Searching what the commits of the window added and removed, over a real repository."""

from pathlib import Path

import pygit2
import pytest

from incidents.errors import ToolError
from tests.tools.source.deployments import deployment
from tools.git import changed_text
from tools.source.change_search import search_changes
from tools.source.deployed import Deployed

CART = """class Cart:
    def total(self, rate):
        return self.net * rate

    def pay(self):
        return self.total(1)
"""


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    """Before the deploy a cart with `rate`; then it is renamed in the code, in a test, and elsewhere in a comment."""
    return deployment(
        tmp_path,
        [
            {"files": {"shop/cart.py": CART, "tests/test_cart.py": "Cart().total(rate=1)\n"}},
            {"files": {"shop/cart.py": CART.replace("rate", "factor")}, "message": "say factor"},
            {"files": {"tests/test_cart.py": "Cart().total(factor=1)\n"}, "message": "tests: factor"},
            {"files": {"shop/other.py": "# nothing about it\n"}, "message": "other"},
        ],
    )


def sha(deployed: Deployed, subject: str) -> str:
    """The short id of a commit of the window."""
    return next(commit.sha[:10] for commit in deployed.window if commit.subject == subject)


def test_added_and_removed_lines_are_found_with_commit_file_function_and_line(deployed: Deployed) -> None:
    assert search_changes(deployed, r"\brate\b").splitlines() == [
        r"\brate\b: 3 added or removed lines in 2 commits; searched all 3 commits of the deploy",
        f"{sha(deployed, 'say factor')} say factor",
        " shop/cart.py in Cart.total",
        " -    2 | def total(self, rate):",
        " -    3 | return self.net * rate",
        f"{sha(deployed, 'tests: factor')} tests: factor",
        " tests/test_cart.py",
        " -    1 | Cart().total(rate=1)",
    ]


def test_code_comes_before_tests_and_a_path_narrows(deployed: Deployed) -> None:
    text = search_changes(deployed, "factor")
    assert text.index("say factor") < text.index("tests: factor")
    narrowed = search_changes(deployed, "factor", "tests")
    assert "1 added or removed lines in 1 commit; searched all 3 commits of the deploy below tests" in narrowed
    assert "shop/cart.py" not in narrowed


def test_lines_that_no_commit_of_the_window_changed_are_not_found(deployed: Deployed) -> None:
    found = search_changes(deployed, "def pay")
    assert found == "def pay (in upper or lower case): no added or removed line of all 3 commits of the deploy matches"


def test_another_case_is_found_when_the_given_one_is_not(deployed: Deployed) -> None:
    assert "FACTOR (in upper or lower case): 3 added or removed lines" in search_changes(deployed, "FACTOR")


def test_a_renamed_file_is_searched_on_both_sides(tmp_path: Path) -> None:
    moved = CART.replace("self.net", "self.gross")
    deployed = deployment(
        tmp_path, [{"files": {"cart.py": CART}}, {"files": {"cart.py": None, "shop/cart.py": moved}, "message": "move"}]
    )
    assert search_changes(deployed, "self.(net|gross)").splitlines()[2:] == [
        " cart.py in Cart.total",
        " -    3 | return self.net * rate",
        " shop/cart.py in Cart.total",
        " +    3 | return self.gross * rate",
    ]


def test_what_there_is_no_room_for_is_counted(tmp_path: Path) -> None:
    rows = "".join(f"setting_{number} = {number}\n" for number in range(300))
    commits = [{"files": {f"a{number}.py": rows}, "message": f"part {number}"} for number in range(30)]
    deployed = deployment(tmp_path, [{"files": {"x.py": "x\n"}}, *commits], room=700, frames=[("a29.py", 150)])  # type: ignore[list-item]
    text = search_changes(deployed, "setting_")
    assert "setting_149 = 149" in text  # the lines next to that of the trace
    assert "… 290 more: a29.py (290)" in text
    assert "part 28: a28.py (300)" in text
    assert "and 14 more commits" not in text
    assert "searched the newest 7 of 30 commits of the deploy" in text
    assert len(text) < 1_600


def test_a_search_that_is_used_up_says_how_far_it_came(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_text, "_ALL_BYTES", 30)
    assert "searched the newest 2 of 3 commits of the deploy" in search_changes(deployed, "factor")


def test_files_that_are_absent_from_the_clone_are_counted(deployed: Deployed) -> None:
    raw = deployed.repository.raw
    blob = raw[deployed.revision].tree["shop/cart.py"].id
    (Path(raw.path) / "objects" / str(blob)[:2] / str(blob)[2:]).unlink()
    fresh = Deployed(deployed.index, type(deployed.repository)(pygit2.Repository(raw.path)), deployed.window)
    assert "1 files of them are too large or absent" in search_changes(fresh, "tests_only|rate")


def test_a_secret_beside_a_match_does_not_survive_the_cut(tmp_path: Path) -> None:
    secret = "AKIA" + "Z7QX2M4N6P8R1T3V"
    line = f"{'x' * 300} key = '{secret}' {'y' * 60} needle {'z' * 300}\n"
    deployed = deployment(tmp_path, [{"files": {"a.py": "a = 1\n"}}, {"files": {"b.py": line}}])
    text = search_changes(deployed, "needle")
    assert "needle" in text
    assert secret[4:] not in text
    assert secret[:12] not in text


@pytest.mark.parametrize("pattern", ["", ".*", "a" * 300])
def test_a_pattern_that_finds_everything_is_refused(deployed: Deployed, pattern: str) -> None:
    with pytest.raises(ToolError, match="pattern: "):
        search_changes(deployed, pattern)


def test_added_lines_are_numbered_as_deployed(tmp_path: Path) -> None:
    later = "first = 1\nsecond = 2\n"
    texts = ("x = 1\n", "x = 1\nfound = 1\ngone = 2\n", f"{later}x = 1\nfound = 1\n")
    moved = deployment(tmp_path, [{"files": {"a.py": text}} for text in texts])
    shown = search_changes(moved, "found|gone")
    assert " +    4 | found = 1" in shown
    assert " +      | gone = 2" in shown
    assert " -    3 | gone = 2" in shown
