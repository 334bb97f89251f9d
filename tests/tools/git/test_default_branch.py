"""What a revert goes on top of: the remote's default branch as last fetched, whatever is checked out."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incidents.errors import InputError, UnknownRevision
from tests.repositories import Built, build, extend, git
from tools.git.default_branch import default_branch, remote_url
from tools.git.mirror import Mirror
from tools.git.remote import FetchPolicy
from tools.git.repository import Repository


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """Three commits on main; what a clone is made of."""
    return build(tmp_path, [{"files": {"f": f"{number}\n"}} for number in range(3)], name="shop")


def cloned(built: Built, *options: str) -> Path:
    clone = built.path.parent / "clone"
    git(built.path, "clone", "-q", *options, f"file://{built.path}", str(clone))
    return clone


def test_in_a_clone_it_is_the_remotes_branch_and_not_what_is_checked_out(built: Built) -> None:
    clone = cloned(built)
    git(clone, "checkout", "-q", "-b", "old", built.shas[0])
    later = extend(built.path, [{"files": {"f": "later\n"}}])[0]
    found = default_branch(Repository.open(clone))
    assert (found.name, found.sha, found.remote) == ("origin/main", built.shas[2], "origin")
    git(clone, "fetch", "-q")
    assert default_branch(Repository.open(clone)).sha == later


def test_its_age_is_that_of_the_last_fetch_and_not_of_the_last_commit(built: Built) -> None:
    clone = cloned(built)
    old = datetime.now(UTC) - timedelta(hours=5)
    for file in [each for each in (clone / ".git").rglob("*") if each.is_file()]:
        os.utime(file, (old.timestamp(), old.timestamp()))
    assert default_branch(Repository.open(clone)).fetched_at == datetime.fromtimestamp(old.timestamp(), UTC)
    before = datetime.now(UTC) - timedelta(seconds=5)
    git(clone, "fetch", "-q")  # brings nothing new
    found = default_branch(Repository.open(clone)).fetched_at
    assert found is not None
    assert found > before


def test_a_remote_that_was_never_fetched_has_no_age(built: Built) -> None:
    git(built.path, "remote", "add", "origin", "https://example.org/shop.git")
    found = default_branch(Repository.open(built.path))
    assert (found.name, found.remote, found.fetched_at) == ("main", "origin", None)


def test_fetching_another_remote_does_not_make_this_one_younger(built: Built) -> None:
    clone = cloned(built)
    git(built.path, "clone", "-q", "--bare", f"file://{built.path}", str(built.path.parent / "fork.git"))
    git(clone, "remote", "add", "fork", f"file://{built.path.parent / 'fork.git'}")
    old = datetime.now(UTC) - timedelta(hours=5)
    for file in [each for each in (clone / ".git").rglob("*") if each.is_file()]:
        os.utime(file, (old.timestamp(), old.timestamp()))
    git(clone, "fetch", "-q", "fork")
    assert default_branch(Repository.open(clone)).fetched_at == datetime.fromtimestamp(old.timestamp(), UTC)


def test_a_remote_that_says_nothing_of_its_default_branch_is_understood_by_its_usual_name(built: Built) -> None:
    clone = cloned(built)
    git(clone, "remote", "set-head", "origin", "--delete")
    git(clone, "update-ref", "refs/remotes/origin/feature", built.shas[0])
    assert default_branch(Repository.open(clone)).name == "origin/main"
    git(clone, "update-ref", "refs/remotes/origin/master", built.shas[0])
    with pytest.raises(InputError, match="run `git remote set-head origin --auto` there"):
        default_branch(Repository.open(clone))


def test_in_a_mirror_it_is_what_the_remote_calls_head(built: Built) -> None:
    mirror = Mirror(built.path.parent / "mirror.git", f"file://{built.path}", policy=FetchPolicy(schemes=("file",)))
    mirror.refresh()
    old = (datetime.now(UTC) - timedelta(hours=5)).timestamp()
    for file in [each for each in mirror.path.rglob("*") if each.is_file()]:
        os.utime(file, (old, old))
    before = datetime.now(UTC) - timedelta(seconds=5)
    mirror.refresh()  # brings nothing new
    opened = Repository.open(mirror.path)
    found = default_branch(opened)
    assert (found.name, found.sha) == ("main", built.shas[2])
    assert found.fetched_at is not None
    assert found.fetched_at > before
    assert remote_url(opened) == f"file://{built.path}"


def test_without_a_remote_it_is_what_is_checked_out(built: Built) -> None:
    git(built.path, "checkout", "-q", "-b", "work", built.shas[1])
    assert default_branch(Repository.open(built.path)) == ("work", built.shas[1], None, None)
    git(built.path, "checkout", "-q", "--detach", built.shas[0])
    assert default_branch(Repository.open(built.path))[:2] == ("HEAD", built.shas[0])


def test_of_several_remotes_origin_counts_and_without_it_none(built: Built) -> None:
    clone = cloned(built, "--origin", "company")
    assert default_branch(Repository.open(clone)).name == "company/main"
    git(clone, "remote", "add", "fork", "file:///nowhere")
    assert default_branch(Repository.open(clone)).remote is None
    git(clone, "remote", "add", "origin", f"file://{built.path}")
    git(clone, "fetch", "-q", "origin")
    assert default_branch(Repository.open(clone)).name == "origin/main"


def test_a_repository_without_commits_has_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "empty")
    with pytest.raises(UnknownRevision):
        default_branch(Repository.open(tmp_path / "empty"))
