"""Merges of only what matters agree with git where whole trees did not."""

import os
from pathlib import Path

import pygit2

from tests.repositories import Change, build, extend, git
from tests.tools.revert.planned import planned, shop
from tests.tools.revert.test_set import lines
from tools.git.repository import Repository
from tools.revert.plan import plan_revert


def git_tree(path: Path, commit: str) -> str:
    clone = path.parent / "reverting"
    git(path, "clone", "-q", "--no-local", str(path), str(clone))
    git(clone, "revert", "--no-edit", commit)
    return git(clone, "rev-parse", "HEAD^{tree}")


def test_a_file_that_moved_is_found_however_much_else_changed(tmp_path: Path) -> None:
    """libgit2 looks for moved files only among 200 changed ones; git among 7,000."""
    many: Change = {"files": {f"many/{number}.txt": f"{number}\n" for number in range(300)}}
    built = build(tmp_path, [{"files": {"f": lines()}}, {"files": {"f": lines(l3="three")}}, many])
    extend(built.path, [{"files": {"f": None, "moved/f": lines(l3="three", l25="x")}}])
    assert planned(built).tree == git_tree(built.path, built.shas[1])


def test_a_conflict_in_a_moved_file_is_one_conflict_at_its_new_path(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"f": lines()}}, {"files": {"f": lines(l3="three")}}])
    extend(built.path, [{"files": {"f": None, "moved": lines(l3="3!")}}])
    assert [conflict.path for conflict in planned(built).conflicts] == ["moved"]
    git(built.path, "revert", "--no-edit", built.shas[1], check=False)
    assert git(built.path, "diff", "--name-only", "--diff-filter=U") == "moved"


def test_a_conflict_in_a_file_that_the_commit_moved_is_one_conflict(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"f": lines()}}, {"files": {"f": None, "moved": lines(l3="three")}}])
    extend(built.path, [{"files": {"moved": lines(l3="3!")}}])
    assert [conflict.path for conflict in planned(built).conflicts] == ["f"]
    git(built.path, "revert", "--no-edit", built.shas[1], check=False)
    assert git(built.path, "diff", "--name-only", "--diff-filter=U") == "f"


def test_a_folder_in_the_place_of_a_file_and_the_reverse(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"a": "file\n"}}, {"files": {"a": None}}])
    (built.path / "a").mkdir()
    extend(built.path, [{"files": {"a/b": "below\n"}}])
    git(built.path, "rm", "-q", "-r", "a")
    (built.path / "a").write_text("again\n")
    git(built.path, "add", "a")
    git(built.path, "commit", "-q", "-m", "a file again")
    turned = git(built.path, "rev-parse", "HEAD")
    plan = planned(built, turned)
    assert plan.tree == git_tree(built.path, turned)
    assert plan.clean


def test_names_that_are_no_utf8_are_reverted_too(tmp_path: Path) -> None:
    built = shop(tmp_path)
    raw = pygit2.Repository(str(built.path))
    name = os.fsdecode(b"caf\xe9.txt")
    for text in ("one\n", "two\n"):
        (built.path / name).write_text(text)
        git(built.path, "add", "-A")
        git(built.path, "commit", "-q", "-m", text)
    head = str(raw.head.target)
    assert planned(built, head).tree == git_tree(built.path, head)


def test_a_file_that_a_partial_clone_lacks_does_not_stop_a_revert_that_need_not_read_it(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        [
            {"files": {"big": "1" * 5_000, "f": lines()}},
            {"files": {"big": "2" * 5_000, "f": lines(l3="three")}},
            {"files": {"f": lines(l3="three", l20="twenty")}},
        ],
    )
    git(built.path, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:limit=2k", f"file://{built.path}", str(partial))
    plan = plan_revert(Repository.open(partial), built.shas[1], "HEAD")
    assert plan.tree == git_tree(built.path, built.shas[1])
    assert plan.gaps == ("not every line of the revert was read", "1 file without readable lines")


def test_files_that_return_to_a_folder_that_is_gone_are_a_gap(tmp_path: Path) -> None:
    """git asks whether they belong where the rest of the folder moved to."""
    built = build(
        tmp_path,
        [
            {"files": {"doc/a": "a\n" * 9, "doc/b": "b\n" * 9}},
            {"files": {"doc/a": None}},
            {"files": {"doc/b": None, "modules/doc/b": "b\n" * 9}},
        ],
    )
    assert planned(built).gaps == ("doc, to which files come back, is gone at the head: they may belong elsewhere now",)
    git(built.path, "revert", "--no-edit", built.shas[1], check=False)
    assert git(built.path, "diff", "--name-only", "--diff-filter=U") == "modules/doc/a"
    assert planned(build(tmp_path, [{"files": {"x/a": "a\n"}}, {"files": {"x/a": None}}], name="plain")).gaps == ()
