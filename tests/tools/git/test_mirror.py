"""Mirrors: fetched from real git servers on loopback, and from nowhere else; the token goes where it belongs."""

import base64
import os
import socket
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from incidents.errors import FetchFailed
from tests.git_server import GitServer, git_server
from tests.repositories import Built, build, extend, git
from tools.git.git_command import environment
from tools.git.mirror import Mirror
from tools.git.remote import FetchPolicy, checked_name, checked_url, route_to, token_may_go_to
from tools.git.repository import Repository

TOKEN = "t0ken-" + "t0ken-t0ken"
SECRET = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
FILES = FetchPolicy(schemes=("file",))


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return build(tmp_path / "served", [{"files": {"a.txt": f"{n}\n"}} for n in range(3)], name="shop")


@pytest.fixture
def server(built: Built) -> Iterator[GitServer]:
    with git_server(built.path.parent) as served:
        yield served


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDTIDE_GIT_TOKEN", TOKEN)


def name_resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """There is no name server here: this is its answer."""

    def found(host: str, port: int, type: int = 0) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


# -- fetching ------------------------------------------------------------------------------------------------------


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


# -- what a mirror could be made to run ----------------------------------------------------------------------------


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


# -- where it may go -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        *("ext::sh -c id", "--upload-pack=id", "/tmp/x", "git@example.org:shop.git", "", "https:///shop", "https://"),
        *(
            "https://a:b@example.org/x",
            "https://t0ken@example.org/x",
            "https://:@example.org/x",
            "http://@example.org/x",
        ),
        *("file:///srv/shop.git", "git://example.org/x", "ftp://example.org/x", "HTTPS://example.org/x"),
        *("https://example.org/a b", "https://example.org/a\tb", "https://example.org/a\nb", " https://example.org/a"),
        *(
            "https://example.org/a\r\nHost: b",
            "https://example.org/%0a%0dhost=b",
            "https://example.org/%00",
            "https://a\0b/",
        ),
        *("https://-oProxyCommand=id/x", "ssh://-oProxyCommand=id/x", "ssh://-F@example.org/x", "ssh://a@-x/x"),
        *("https://example.org\\@evil.example/x", "https://example.org#@evil.example/x", "https://example.org?x"),
        *("https://2852039166/x", "https://0xa9fea9fe/x", "https://0251.0376.0251.0376/x", "https://169.254.43518/x"),
        *("https://exämple.org/x", "https://example.org:99999/x", "https://example.org:x/x", "https://[::1/x"),
        *(
            "https://[fe80::1%25eth0]/x",
            "https://example.org./x",
            "https://" + "a" * 3_000 + "/x",
            "https://a..b@c@d/x",
        ),
    ],
)
def test_addresses_that_are_none_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"password|address"):
        checked_url(url)
    with pytest.raises(FetchFailed):
        Mirror(tmp_path / "shop.git", url).refresh()
    assert not (tmp_path / "shop.git").exists()


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://git.example.org/team/shop.git",
            "https://git.example.org:8443/a%20b/_git/shop",
            "http://127.0.0.1:80/x",
        ),
        *("ssh://git@git.example.org/shop.git", "ssh://git.example.org:2222/~/shop", "https://[2001:db8::1]:8443/shop"),
    ],
)
def test_addresses_of_every_day_are_taken(url: str) -> None:
    assert checked_url(url) == url


@pytest.mark.parametrize(
    "name", ["-x", ".git", "a b", "a\tb", "a\nb", "", "../x", "a/../b", "a\0", "a" * 300, "a:b", "`id`"]
)
def test_names_that_could_be_something_else_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a name has"):
        checked_name(name)


@pytest.mark.parametrize("name", ["shop", "team/shop", "shop.git", "web_2", "Käse"])
def test_names_of_every_day_are_taken(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "169.254.0.1", "fe80::1", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "0.0.0.0"),
        *(
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "::a9fe:a9fe",
            "ff02::1",
            "fd20:ce::254",
        ),
    ],
)
def test_metadata_services_and_link_local_addresses_are_never_asked(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    literal = f"https://[{address}]/x" if ":" in address else f"https://{address}/x"
    with pytest.raises(FetchFailed, match="link-local address or one of a metadata service"):
        Mirror(tmp_path / "shop.git", literal).refresh()
    name_resolves_to(monkeypatch, "127.0.0.1", address)
    for scheme in ("https", "http", "ssh"):
        with pytest.raises(FetchFailed, match="link-local address or one of a metadata service"):
            Mirror(tmp_path / "shop.git", f"{scheme}://git.example.org/x").refresh()


def test_a_link_local_server_can_be_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    name_resolves_to(monkeypatch, "169.254.10.7")
    policy = FetchPolicy(networks=(ip_network("169.254.10.0/24"),))
    route = route_to("https://git.example.org/x", policy)
    assert route is not None
    assert route.pinned == "git.example.org:443:169.254.10.7"


def test_git_goes_to_the_address_that_was_checked_and_asks_no_name_server_again(
    built: Built, server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_resolves_to(monkeypatch, "127.0.0.1")  # no name server knows the name: git itself could not find it
    mirror = Mirror(tmp_path / "shop.git", server.url("shop/.git", host="git.shop.invalid"))
    mirror.refresh()
    assert Repository.open(mirror.path).resolve("HEAD") == built.shas[-1]
    assert {headers["host"] for _, headers in server.requests} == {f"git.shop.invalid:{server.port}"}


def test_a_proxy_resolves_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    route = route_to("https://git.shop.invalid/x", FetchPolicy())
    assert route is not None
    assert route.pinned == ""


def test_a_name_without_address_is_a_failed_fetch(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"git\.shop\.invalid cannot be resolved"):
        Mirror(tmp_path / "shop.git", "https://git.shop.invalid/x").refresh()


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://git.example.org/x", True),
        ("http://127.0.0.1:8000/x", True),
        ("http://localhost/x", True),
        ("http://[::1]/x", True),
        ("http://git.example.org/x", False),
        ("http://10.0.0.1/x", False),
        ("ssh://git@git.example.org/x", False),
    ],
)
def test_the_token_is_sent_encrypted_or_not_at_all(url: str, may: bool) -> None:
    assert token_may_go_to(url) is may


def test_over_plain_http_the_token_stays_here(
    server: GitServer, tmp_path: Path, token: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_resolves_to(monkeypatch, "127.0.0.1")
    Mirror(tmp_path / "shop.git", server.url("shop/.git", host="git.shop.invalid")).refresh()
    assert server.requests
    assert server.credentials == []


def test_a_refusal_over_plain_http_says_that_the_token_was_not_sent(
    built: Built, tmp_path: Path, token: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_resolves_to(monkeypatch, "127.0.0.1")
    with (
        git_server(built.path.parent, refuse=b"no") as refusing,
        pytest.raises(FetchFailed, match="the token is sent by https only"),
    ):
        Mirror(tmp_path / "shop.git", refusing.url("shop/.git", host="git.shop.invalid")).refresh()


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
