"""Which addresses mirrors may be fetched from, and to which IP addresses their names may resolve."""

import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import Field, IPvAnyNetwork

from incidents.errors import FetchFailed
from incidents.frozen import Frozen

Scheme = Literal["https", "http", "ssh", "git", "file"]
Address = IPv4Address | IPv6Address

_PORTS: Final = {"https": 443, "http": 80, "ssh": 22, "git": 9418}
# Excludes what git, curl and ssh interpret differently: backslashes, quotes, fragments, queries, IPv6 zones.
_URL: Final = re.compile(r"[a-z]+://[A-Za-z0-9._~:/@!$&'()*+,;=%\[\]-]{1,2000}")
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,250}[a-z0-9])?")
_USER: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,60}")
_NUMBER: Final = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
_NAME: Final = re.compile(r"[^\W.-][\w.+@/-]{0,199}")
_HIDDEN: Final = re.compile(r"%(?:[01][0-9a-f]|7f|5c)", re.IGNORECASE)
# Link-local, "this host", multicast, and the cloud metadata services that have an address elsewhere:
# Alibaba, Oracle, Azure, AWS and Google over IPv6.
_FORBIDDEN: Final = tuple(
    ip_network(each)
    for each in (
        *("169.254.0.0/16", "fe80::/10", "0.0.0.0/8", "::/128", "224.0.0.0/4", "ff00::/8"),
        *("100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32", "fd00:ec2::/32", "fd20:ce::/32"),
    )
)
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))


class FetchPolicy(Frozen):
    """The limits for `git fetch`."""

    schemes: tuple[Scheme, ...] = Field(
        default=("https", "http", "ssh"), description="Kinds of addresses in `remotes`; also possible: git, file."
    )
    networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(), description="Link-local or metadata networks that are allowed for remotes."
    )
    seconds: float = Field(default=300.0, gt=0, description="Time limit for one fetch.")


@dataclass(frozen=True, slots=True)
class Route:
    """A host and its addresses when it was checked; no addresses where a proxy resolves the name."""

    host: str
    port: int
    addresses: tuple[Address, ...]

    @property
    def pinned(self) -> str:
        """The route in curl's form, so that the name is not resolved again, possibly to another address."""
        listed = (f"[{each}]" if each.version == 6 else str(each) for each in self.addresses)
        return f"{self.host}:{self.port}:{','.join(listed)}" if self.addresses else ""


def checked_name(name: str) -> str:
    """Return a repository's name unchanged.

    Raises ValueError for a name that could be read as an option, a path or a log line.
    """
    if not _NAME.fullmatch(name) or ".." in name:
        raise ValueError("a name has letters, digits and . _ + @ / -, and begins with a letter or digit")
    return name


def checked_url(url: str, schemes: Collection[str] = FetchPolicy().schemes) -> str:
    """Return a remote's address unchanged.

    Raises ValueError for one that makes git run a program, or that contains a password.
    """
    known = url.startswith(tuple(f"{scheme}://" for scheme in schemes))
    if not known or not _URL.fullmatch(url) or _HIDDEN.search(url):
        raise ValueError(f"not an address git fetches from: give one with {', '.join(schemes)}")
    if not url.startswith("file://"):
        _host(url)
    parts = urlsplit(url)
    if parts.password is not None or (parts.username is not None and parts.scheme != "ssh"):
        raise ValueError("must not hold a password or token: put it into the environment variable for the token")
    if parts.scheme == "file":
        if parts.netloc or not parts.path.startswith("/"):
            raise ValueError("not an address: a file's has three slashes, as in file:///srv/shop.git")
        return url
    if parts.username is not None and not _USER.fullmatch(parts.username):
        raise ValueError("not an address: the user has letters, digits and . _ -")
    return url


def token_may_go_to(url: str) -> bool:
    """Return whether credentials may be sent: only over an encrypted connection or to this machine."""
    parts = urlsplit(url)
    literal = _literal(parts.hostname or "")
    here = parts.hostname == "localhost" or (literal is not None and literal.is_loopback)
    return parts.scheme == "https" or (parts.scheme == "http" and here)


def route_to(url: str, policy: FetchPolicy) -> Route | None:
    """Return the host and its addresses; None for a file.

    Where a proxy is configured, it resolves the name and decides which addresses to refuse. Raises FetchFailed for a
    name without an address, or with a forbidden one.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return None
    host, port = _host(url)
    literal = _literal(host)
    if literal is None and parts.scheme in ("http", "https") and _by_proxy(parts.scheme, host):
        return Route(host, port, ())
    addresses = (literal,) if literal is not None else _resolved(host, port)
    if any(_forbidden(each, policy) for each in addresses):
        raise FetchFailed(f"{host} has a link-local address or one of a metadata service: see fetch.networks")
    return Route(host, port, addresses if literal is None else ())


def _host(url: str) -> tuple[str, int]:
    """Return host and port. Raises ValueError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    except ValueError as error:
        raise ValueError(f"not an address: {error}") from error
    literal = _literal(host)
    if "%" in host or (literal is None and (not _HOST.fullmatch(host) or _NUMBER.fullmatch(host))):
        raise ValueError("not an address: the host is a name, or an IP address written in full")
    return host, port


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _resolved(host: str, port: int) -> tuple[Address, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise FetchFailed(f"{host} cannot be resolved: {error.strerror or error}") from error
    return tuple(dict.fromkeys(ip_address(str(row[4][0]).partition("%")[0]) for row in found))


def _forbidden(address: Address, policy: FetchPolicy) -> bool:
    meant = _meant(address)
    allowed = any(meant in network for network in policy.networks)
    return not allowed and any(meant in network for network in _FORBIDDEN)


def _meant(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address contains, else the address itself."""
    if isinstance(address, IPv4Address) or address == IPv6Address("::1"):
        return address
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address


def _by_proxy(scheme: str, host: str) -> bool:
    return bool(getproxies().get(scheme)) and not proxy_bypass(host)
