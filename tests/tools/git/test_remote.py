"""Where a fetch may go: which addresses and names are taken, which servers are asked, who gets the token."""

import socket
from ipaddress import ip_network
from pathlib import Path

import pytest

from incidents.errors import FetchFailed
from tests.git_server import GitServer, git_server
from tests.repositories import Built
from tools.git.mirror import Mirror
from tools.git.remote import FetchPolicy, checked_name, checked_url, route_to, token_may_go_to
from tools.git.repository import Repository


def name_resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """There is no name server here: this is its answer."""

    def found(host: str, port: int, type: int = 0) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


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
