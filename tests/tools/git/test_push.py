"""Branches of a remote are created once, and deleted only while they are ours, over files and over HTTP."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from incidents.errors import PushFailed, PushRejected
from tests.git_server import TOKEN, GitServer, git_server
from tests.repositories import Built, build, git
from tools.git.push import RemoteBranches
from tools.git.remote import FetchPolicy
from tools.git.remote_git import RemoteGit

FILES = FetchPolicy(schemes=("file",))
OURS = "redtide/revert-1"


@pytest.fixture
def shop(tmp_path: Path) -> Built:
    return build(tmp_path, [{"files": {"a.txt": "a\n"}}, {"files": {"a.txt": "b\n"}}, {"files": {"a.txt": "c\n"}}])


@pytest.fixture
def bare(tmp_path: Path, shop: Built) -> Path:
    """The remote, at the second commit."""
    path = tmp_path / "served" / "shop.git"
    git(tmp_path, "clone", "-q", "--bare", str(shop.path), str(path))
    git(path, "update-ref", "refs/heads/main", shop.shas[1])
    return path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with git_server(tmp_path / "served", token=TOKEN) as running:
        yield running


@pytest.fixture(params=["file", "http"])
def branches(request: pytest.FixtureRequest, bare: Path, server: GitServer) -> RemoteBranches:
    url = f"file://{bare}" if request.param == "file" else server.url("shop.git")
    return RemoteBranches(RemoteGit(url, TOKEN, FILES))


def tips(bare: Path) -> dict[str, str]:
    lines = git(bare, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads").splitlines()
    return dict(line.split() for line in lines)


def hook(bare: Path, name: str, text: str) -> None:
    file = bare / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def test_the_default_branch_is_read_and_a_branch_is_created_once(
    branches: RemoteBranches, shop: Built, bare: Path
) -> None:
    assert branches.default() == ("main", shop.shas[1])
    for _ in range(2):
        branches.create(shop.path / ".git", OURS, shop.shas[2])
    assert branches.find(OURS) == shop.shas[2]
    assert branches.find("revert-1") is None
    assert tips(bare) == {"main": shop.shas[1], OURS: shop.shas[2]}


def test_a_branch_with_another_commit_is_never_moved_not_even_forwards(
    branches: RemoteBranches, shop: Built, bare: Path
) -> None:
    git(bare, "branch", OURS, shop.shas[1])
    with pytest.raises(PushRejected, match="is there with another commit"):
        branches.create(shop.path / ".git", OURS, shop.shas[2])
    assert tips(bare)[OURS] == shop.shas[1]


def test_who_loses_a_race_for_the_branch_overwrites_nothing(
    branches: RemoteBranches, shop: Built, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(bare, "branch", OURS, shop.shas[1])
    monkeypatch.setattr(RemoteBranches, "find", lambda *_: None)  # the other one has deleted it since
    with pytest.raises(PushRejected, match="stale info"):
        branches.create(shop.path / ".git", OURS, shop.shas[2])
    assert tips(bare)[OURS] == shop.shas[1]


def test_a_branch_is_deleted_while_it_is_ours(branches: RemoteBranches, shop: Built, bare: Path) -> None:
    branches.create(shop.path / ".git", OURS, shop.shas[2])
    assert not branches.delete(OURS, shop.shas[1])
    assert branches.delete(OURS, shop.shas[2])
    assert branches.delete(OURS, shop.shas[2])
    assert tips(bare) == {"main": shop.shas[1]}


def test_a_remote_that_refuses_says_why(branches: RemoteBranches, shop: Built, bare: Path) -> None:
    hook(bare, "pre-receive", "echo 'branch names need a ticket' >&2; exit 1")
    with pytest.raises(PushRejected, match=r"pre-receive hook declined.*branch names need a ticket"):
        branches.create(shop.path / ".git", OURS, shop.shas[2])
    assert tips(bare) == {"main": shop.shas[1]}


def test_neither_hooks_nor_configuration_of_the_pushing_repository_are_run(
    branches: RemoteBranches, shop: Built, bare: Path, tmp_path: Path
) -> None:
    trace = tmp_path / "ran"
    hook(shop.path / ".git", "pre-push", f"touch {trace}")
    branches.create(shop.path / ".git", OURS, shop.shas[2])
    assert not trace.exists()


def test_the_configuration_of_a_repository_around_is_not_read(
    shop: Built, bare: Path, server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (shop.path / ".git" / "config").open("a") as config:
        config.write('[url "http://127.0.0.1:9/"]\n\tinsteadOf = http://\n')
    monkeypatch.chdir(shop.path)
    assert RemoteBranches(RemoteGit(server.url("shop.git"), TOKEN, FILES)).default() == ("main", shop.shas[1])


def test_a_push_without_answer_may_have_acted_and_a_second_call_finds_out(
    shop: Built, bare: Path, server: GitServer
) -> None:
    over_http = RemoteBranches(RemoteGit(server.url("shop.git"), TOKEN, FILES))
    server.cut = 1
    with pytest.raises(PushFailed) as caught:
        over_http.create(shop.path / ".git", OURS, shop.shas[2])
    assert not isinstance(caught.value, PushRejected)
    assert tips(bare)[OURS] == shop.shas[2]
    over_http.create(shop.path / ".git", OURS, shop.shas[2])


def test_a_remote_is_not_asked_about_a_branch_that_it_lets_us_create(
    shop: Built, bare: Path, server: GitServer
) -> None:
    RemoteBranches(RemoteGit(server.url("shop.git"), TOKEN, FILES)).create(shop.path / ".git", OURS, shop.shas[2])
    assert [path for path, _ in server.requests if "receive-pack" not in path] == []
    assert tips(bare)[OURS] == shop.shas[2]


def test_a_remote_that_is_not_there_is_no_refusal(tmp_path: Path, shop: Built) -> None:
    for url in (f"file://{tmp_path}/nowhere.git", "http://127.0.0.1:9/shop.git"):
        nowhere = RemoteBranches(RemoteGit(url, TOKEN, FILES))
        with pytest.raises(PushFailed, match="the push failed") as caught:
            nowhere.create(shop.path / ".git", OURS, shop.shas[2])
        assert not isinstance(caught.value, PushRejected)


def test_the_token_is_neither_in_an_argument_nor_in_an_address_nor_in_an_error(
    shop: Built, bare: Path, server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "arguments"
    real = git(tmp_path, "--exec-path")
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {seen}\nexec {real}/git "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    branches = RemoteBranches(RemoteGit(server.url("shop.git"), TOKEN, FILES))
    branches.create(shop.path / ".git", OURS, shop.shas[2])
    server.refuse = TOKEN.encode()
    with pytest.raises(PushFailed) as caught:
        branches.find(OURS)
    assert "push" in seen.read_text()
    assert all(TOKEN not in text for text in (seen.read_text(), str(caught.value), repr(branches)))
    assert all(TOKEN not in path for path, _ in server.requests)
    assert server.credentials
