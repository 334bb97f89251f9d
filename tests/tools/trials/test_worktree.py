"""Throw-away work trees: the files of one commit, and nothing of the user's repository that could run."""

import subprocess
from pathlib import Path

from tests.repositories import build, git
from tools.git.repository import Repository
from tools.trials.worktree import worktree


def everything(path: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def test_it_holds_the_files_of_the_commit_and_is_removed(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"a/b": "old\n"}}, {"files": {"a/b": "new\n"}}])
    with worktree(Repository.open(built.path), built.shas[0]) as folder:
        assert (folder / "a/b").read_text() == "old\n"
        assert git(folder, "rev-parse", "HEAD") == built.shas[0]
        assert git(folder, "status", "--porcelain") == ""
    assert not folder.exists()


def test_the_users_repository_is_only_read_and_its_hooks_and_filters_do_not_run(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"f": "text\n", ".gitattributes": "f filter=evil\n"}}])
    ran = tmp_path / "ran"
    git(built.path, "config", "filter.evil.smudge", f"touch {ran}; cat")
    hook = built.path / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    before = everything(built.path)
    with worktree(Repository.open(built.path), built.shas[0]) as folder:
        assert (folder / "f").read_text() == "text\n"
        (folder / "f").write_text("changed by the command")
    assert everything(built.path) == before
    assert not ran.exists()
    git(built.path, "checkout", "-q", "-f", "HEAD~0")
    assert ran.exists()  # the hook does work where git runs it


def test_links_of_the_commit_lead_to_no_file_that_is_written(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    built = build(tmp_path, [{"files": {"f": "x\n"}}])
    (built.path / "link").symlink_to(outside)
    git(built.path, "add", "link")
    git(built.path, "commit", "-q", "-m", "link")
    with worktree(Repository.open(built.path), "HEAD") as folder:
        assert (folder / "link").is_symlink()
    assert list(outside.iterdir()) == []
    assert outside.exists()


def test_a_program_that_makes_its_files_read_only_is_cleaned_up_after(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"f": "x\n"}}])
    with worktree(Repository.open(built.path), "HEAD") as folder:
        subprocess.run(["sh", "-c", "mkdir d && touch d/x && chmod 500 d"], cwd=folder, check=True)
    assert not folder.exists()
