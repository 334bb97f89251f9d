"""The first-parent line of a revision, whole and where something is missing."""

from collections.abc import Iterator
from pathlib import Path

import pygit2
import pytest

from tests.repositories import Change, build, git
from tools.git import first_parents as module
from tools.git.commit_objects import CommitObject
from tools.git.first_parents import FirstParents, first_parents
from tools.git.repository import Repository


def line(path: Path, revision: str = "HEAD") -> list[str]:
    return [str(commit.id) for commit in first_parents(Repository.open(path), revision)]


def one(name: str) -> Change:
    return {"files": {name: f"{name}\n"}}


def test_commits_of_merged_branches_are_not_on_the_line(tmp_path: Path) -> None:
    built = build(tmp_path, [one("a"), one("b")])
    git(built.path, "checkout", "-q", "-b", "topic", built.shas[0])
    (built.path / "c").write_text("c\n")
    git(built.path, "add", "c")
    git(built.path, "commit", "-q", "-m", "topic")
    git(built.path, "checkout", "-q", "main")
    git(built.path, "merge", "-q", "--no-ff", "-m", "merge", "topic")
    assert line(built.path)[1:] == built.shas[::-1]
    assert line(built.path) == git(built.path, "rev-list", "--first-parent", "HEAD").split()


def test_a_commit_that_libgit2_cannot_parse_is_passed(tmp_path: Path) -> None:
    built = build(tmp_path, [one("a"), one("b")])
    raw = pygit2.Repository(str(built.path))
    tree = raw[built.shas[1]].peel(pygit2.Commit).tree_id

    def commit(who: str, parent: str) -> str:
        text = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nchange nothing\n"
        return str(raw.odb.write(pygit2.enums.ObjectType.COMMIT, text.encode()))

    strange = commit("nobody", built.shas[1])
    newest = commit("Ada <ada@example.org> 1700000000 +0000", strange)
    assert line(built.path, newest) == [newest, strange, *built.shas[::-1]]


def test_the_line_ends_at_the_edge_of_a_shallow_clone(tmp_path: Path) -> None:
    built = build(tmp_path, [one(name) for name in "abcd"])
    git(tmp_path, "clone", "-q", "--depth", "2", built.path.as_uri(), "shallow")
    assert line(tmp_path / "shallow") == built.shas[:1:-1]


def test_what_was_walked_is_not_walked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = build(tmp_path, [one(name) for name in "abcdefgh"])
    monkeypatch.setattr(module, "_WORTH_CACHING", 2)
    walked: list[str] = []

    def counting(repository: Repository, revision: str) -> Iterator[CommitObject]:
        for each in first_parents(repository, revision):
            walked.append(str(each.id))
            yield each

    monkeypatch.setattr(module, "first_parents", counting)
    repository, newest_first = Repository.open(built.path), built.shas[::-1]
    for back in (3, 7):
        line = FirstParents(repository, "HEAD")
        assert [str(commit.id) for n in range(back) if (commit := line.at(n))] == newest_first[:back]
    assert walked.count(newest_first[0]) == 1
    assert FirstParents(repository, built.shas[4]).at(0) == FirstParents(repository, "HEAD").at(3)
