"""Reverts of only some files, or some lines, of a commit."""

from pathlib import Path

import pytest

from incidents.errors import InputError
from tests.repositories import Built, git
from tests.tools.revert.planned import planned, shop
from tests.tools.revert.test_dependants import CALL, DISCOUNT
from tests.tools.revert.test_set import lines
from tools.git.repository import Repository
from tools.revert.write import write_revert


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """A commit that changes two places of one file, and another file."""
    return shop(
        tmp_path,
        {"files": {"f": lines(), "g": lines()}},
        {"files": {"f": lines(l3="three", l20="twenty"), "g": lines(l9="nine")}, "message": "Three things"},
        {"files": {"f": lines(l3="three", l20="twenty", l28="later")}},
    )


def shown(built: Built, sha: str, path: str) -> str:
    return git(built.path, "show", f"{sha}:{path}") + "\n"


def test_only_the_named_file_is_put_back(built: Built) -> None:
    plan = planned(built, 2, only=("g",))
    assert (plan.clean, plan.files, plan.only) == (True, ("g",), ("g",))
    sha = write_revert(Repository.open(built.path), plan)
    assert shown(built, sha, "g") == lines()
    assert shown(built, sha, "f") == lines(l3="three", l20="twenty", l28="later")
    assert plan.branch.startswith(f"redtide/revert-part-{built.shas[2][:12]}-")
    assert plan.branch != planned(built, 2, only=("f",)).branch
    assert plan.message.startswith('Revert part of "Three things"\n\nThis reverts only a part of commit')


def test_only_the_named_lines_are_put_back(built: Built) -> None:
    sha = write_revert(Repository.open(built.path), planned(built, 2, only=("f:18-22",)))
    assert shown(built, sha, "f") == lines(l3="three", l28="later")
    assert shown(built, sha, "g") == lines(l9="nine")


def test_what_the_commit_did_not_change_cannot_be_named(built: Built) -> None:
    with pytest.raises(InputError, match=r"did not change README\.md; it changed f, g"):
        planned(built, 2, only=("README.md",))
    with pytest.raises(InputError, match="changed none of these lines of f"):
        planned(built, 2, only=("f:5-9",))


def test_a_binary_or_new_file_has_no_lines_to_choose(tmp_path: Path) -> None:
    built = shop(tmp_path, {"files": {"image": b"\0\1"}}, {"files": {"image": b"\0\2", "new": "x\n"}})
    with pytest.raises(InputError, match="image is binary"):
        planned(built, 2, only=("image:1-1",))
    with pytest.raises(InputError, match="new was added or deleted as a whole"):
        planned(built, 2, only=("new:1-1",))
    assert planned(built, 2, only=("image",)).clean


def test_code_of_the_same_commit_that_uses_the_part_is_named(tmp_path: Path) -> None:
    built = shop(tmp_path, {"files": {"shop/cart.py": DISCOUNT, "shop/page.py": CALL}})
    plan = planned(built, only=("shop/cart.py",))
    assert [(each.commit, each.path) for each in plan.dependants] == [(built.shas[1], "shop/page.py")]
    assert planned(built).dependants == ()
