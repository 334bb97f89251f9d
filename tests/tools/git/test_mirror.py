"""Mirrors: fetched from real git servers on loopback; nothing in a mirror or an account leads git elsewhere."""

import os
from pathlib import Path

import pytest

from incidents.errors import FetchFailed
from tests.git_server import SECRET, TOKEN, GitServer, git_server
from tests.repositories import Built, extend, git
from tools.git.git_command import environment
from tools.git.mirror import Mirror
from tools.git.remote import FetchPolicy
from tools.git.repository import Repository

FILES = FetchPolicy(schemes=("file",))


def test_a_mirror_is_cloned_over_http_and_then_refreshed(built: Built, server: GitServer, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "mirrors" / "shop.git", server.url("shop/.git"))
    mirror.refresh()
    assert Repository.open(mirror.path).resolve("HEAD") == built.shas[-1]
    (new,) = extend(built.path, [{"files": {"b.txt": "b\n"}}])
    mirror.refresh()
    assert Repository.open(mirror.path).resolve("main") == new


def test_the_token_goes_to_the_server_itself(server: GitServer, tmp_path: Path, token: None) -> None:
    Mirror(tmp_path / "shop.git", server.url("shop/.git")).refresh()
    assert set(server.credentials) == {f"Basic {SECRET}"}
    assert len(server.credentials) == len(server.requests)


def test_a_redirect_is_not_followed_and_the_remedy_is_named(
    built: Built, server: GitServer, tmp_path: Path, token: None
) -> None:
    with (
        git_server(built.path.parent, redirect=server.url("").rstrip("/")) as redirecting,
        pytest.raises(FetchFailed, match="redirects are not followed: give the address that it leads to") as caught,
    ):
        Mirror(tmp_path / "shop.git", redirecting.url("shop/.git")).refresh()
    assert redirecting.credentials
    assert server.requests == []
    assert TOKEN not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_server_that_repeats_the_token_does_not_bring_it_into_an_error(
    built: Built, tmp_path: Path, token: None
) -> None:
    with (
        git_server(built.path.parent, refuse=f"no entry for {TOKEN} and {SECRET}".encode()) as refusing,
        pytest.raises(FetchFailed) as caught,
    ):
        Mirror(tmp_path / "shop.git", refusing.url("shop/.git")).refresh()
    assert TOKEN not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_the_token_is_in_no_argument_of_any_process(
    built: Built, server: GitServer, tmp_path: Path, token: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = recording_git(tmp_path, monkeypatch)
    Mirror(tmp_path / "shop.git", server.url("shop/.git")).refresh()
    called = log.read_text()
    assert "fetch" in called
    assert TOKEN not in called
    assert SECRET not in called


def recording_git(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `git` that notes its arguments before it becomes the real one; returns where it notes them."""
    real, log = git_path(), folder / "arguments"
    fake = folder / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {real} "$@"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    return log


def git_path() -> str:
    return next(str(Path(each) / "git") for each in os.environ["PATH"].split(":") if (Path(each) / "git").exists())


def test_what_git_is_started_with_holds_no_secret_of_the_service_and_no_tracing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in (
        "REDTIDE_GIT_TOKEN",
        "REDTIDE_API_TOKEN",
        "GIT_TRACE_CURL",
        "GIT_CURL_VERBOSE",
        "GIT_DIR",
        "GIT_ASKPASS",
    ):
        monkeypatch.setenv(name, "x" * 20)
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")
    passed = environment("https")
    assert not any(name.startswith("REDTIDE_") for name in passed)
    assert "x" * 20 not in passed.values()
    assert "GIT_SSL_NO_VERIFY" not in passed
    assert passed["GIT_ALLOW_PROTOCOL"] == "https"


def program(folder: Path) -> tuple[Path, Path]:
    """A program, and the file that it leaves when it is run."""
    ran = folder / "ran"
    path = folder / "program"
    path.write_text(f"#!/bin/sh\ntouch {ran}\ncat >/dev/null\nexit 1\n")
    path.chmod(0o755)
    return path, ran


@pytest.mark.parametrize("hook", ["reference-transaction", "post-fetch", "pre-auto-gc", "post-checkout"])
def test_hooks_of_a_mirror_are_not_run(built: Built, server: GitServer, tmp_path: Path, hook: str) -> None:
    path, ran = program(tmp_path)
    mirror = Mirror(tmp_path / "shop.git", server.url("shop/.git"))
    mirror.refresh()
    (mirror.path / "hooks").mkdir(exist_ok=True)
    (mirror.path / "hooks" / hook).write_bytes(path.read_bytes())
    (mirror.path / "hooks" / hook).chmod(0o755)
    (new,) = extend(built.path, [{"files": {"b.txt": "b\n"}}])
    mirror.refresh()
    assert not ran.exists()
    assert Repository.open(mirror.path).resolve("main") == new


@pytest.mark.parametrize(
    "key",
    [
        *("core.sshCommand", "core.fsmonitor", "core.gitProxy", "core.hooksPath", "core.alternateRefsCommand"),
        *("core.askPass", "credential.helper", "credential.http://127.0.0.1.helper", "gc.recentObjectsHook"),
        *("remote.origin.uploadpack", "remote.origin.vcs", "remote.origin.proxy", "url.ext::sh.insteadOf"),
        *("http.proxy", "http.http://127.0.0.1.proxy", "http.sslVerify", "http.cookieFile", "include.path"),
        *("includeIf.gitdir:/.path", "protocol.ext.allow", "uploadpack.packObjectsHook", "core.worktree"),
        *("extensions.worktreeConfig", "filter.x.clean", "diff.external", "submodule.x.update", "alias.fetch"),
    ],
)
def test_a_mirror_whose_configuration_leads_elsewhere_is_not_fetched(
    built: Built, server: GitServer, tmp_path: Path, key: str
) -> None:
    path, ran = program(tmp_path)
    mirror = Mirror(tmp_path / "shop.git", server.url("shop/.git"))
    mirror.refresh()
    git(mirror.path, "config", "--file", str(mirror.path / "config"), key, str(path))
    before = len(server.requests)
    with pytest.raises(FetchFailed, match="is not fetched while its configuration has"):
        mirror.refresh()
    assert not ran.exists()
    assert len(server.requests) == before


def test_an_ordinary_clone_may_be_a_mirror(built: Built, server: GitServer, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--mirror", str(built.path), "cloned")
    git(tmp_path / "cloned", "config", "user.name", "Ada")
    (new,) = extend(built.path, [{"files": {"b.txt": "b\n"}}])
    Mirror(tmp_path / "cloned", server.url("shop/.git")).refresh()
    assert Repository.open(tmp_path / "cloned").resolve("main") == new


def test_the_configuration_of_the_account_leads_nowhere(
    built: Built, server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "home" / ".gitconfig"
    config.parent.mkdir()
    config.write_text(f'[url "http://127.0.0.1:9/"]\n\tinsteadOf = http://127.0.0.1:{server.port}/\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    Mirror(tmp_path / "shop.git", server.url("shop/.git")).refresh()
    assert server.requests


def test_passwords_of_a_netrc_file_are_not_sent(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ada password made-up\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    Mirror(tmp_path / "shop.git", server.url("shop/.git")).refresh()
    assert server.credentials == []


def test_files_are_fetched_where_that_is_configured(built: Built, tmp_path: Path) -> None:
    url = f"file://{built.path}"
    with pytest.raises(FetchFailed, match="not an address git fetches from"):
        Mirror(tmp_path / "shop.git", url).refresh()
    Mirror(tmp_path / "shop.git", url, policy=FILES).refresh()
    assert Repository.open(tmp_path / "shop.git").resolve("HEAD") == built.shas[-1]


def test_a_fetch_that_fails_says_so_and_leaves_the_mirror(built: Built, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "shop.git", f"file://{built.path}", policy=FILES)
    mirror.refresh()
    gone = Mirror(mirror.path, f"file://{tmp_path}/nowhere", policy=FILES)
    with pytest.raises(FetchFailed, match="git failed"):
        gone.refresh()
    assert Repository.open(mirror.path).resolve("HEAD") == built.shas[-1]
