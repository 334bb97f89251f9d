"""The only way out over HTTP: no redirect is followed, and private addresses only where the settings name them."""

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from types import SimpleNamespace
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from service.notify.sender import Failed, Refused, Unavailable
from service.routing.channels import Notify

Networks = Sequence[IPv4Network | IPv6Network]
NO_ANSWER = (aiohttp.ClientError, TimeoutError)
"""What a request raises that got no answer; see `unreachable`."""
_MOST_BYTES = 20_000
_MOST_SECONDS = 3_600.0
_FOR_ALL = {301, 302, 303, 307, 308, 401, 403, 404, 407, 408, 410, 425, 502, 503, 504}
"""Answers about the channel, not about one message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered, its body cut."""

    status: int
    text: str


class Outbound:
    """An HTTP session for all senders. An asynchronous context manager."""

    def __init__(self, settings: Notify) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        tracing = aiohttp.TraceConfig()
        tracing.on_request_redirect.append(_refuse_redirect)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=_CheckedResolver(self._settings.networks)),
            timeout=aiohttp.ClientTimeout(total=self._settings.request_seconds),
            trace_configs=[tracing],
            trust_env=True,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session, for a client that makes its own requests; `check` its address first."""
        assert self._session is not None, "used outside of its context"
        return self._session

    def check(self, url: str) -> None:
        """Refuse an address that is a private IP address: those are not resolved. Raises Unavailable."""
        host = urlsplit(url).hostname or ""
        try:
            address = ip_address(host)
        except ValueError:
            return
        if not may_reach(address, self._settings.networks):
            raise Unavailable(_PRIVATE.format(host=host), known=True)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one request and return its successful answer. Raises Unavailable, Failed and Refused."""
        self.check(url)
        try:
            async with self.session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                text = (await answer.content.read(_MOST_BYTES)).decode("utf-8", "replace")
                if 200 <= answer.status < 300:
                    return Answer(answer.status, text)
                raise _problem(answer.status, answer.headers.get("Retry-After"))
        except NO_ANSWER as error:
            raise unreachable(error) from error


_PRIVATE = "{host} has a private address: name its network in notify.networks"


def may_reach(address: IPv4Address | IPv6Address, networks: Networks) -> bool:
    """Return whether an address is public or in one of `networks`."""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    public = address.is_global and not address.is_multicast
    return public or any(address in network for network in networks if network.version == address.version)


def retry_seconds(header: str | None) -> float | None:
    """Return the seconds of a Retry-After header (a number or a date), bounded; None when it says nothing."""
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), _MOST_SECONDS)
    try:
        seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), _MOST_SECONDS)


def unreachable(error: Exception) -> Unavailable:
    """What to make of an error without an answer: never its text, which may contain the address."""
    if isinstance(error, aiohttp.ClientConnectorError):
        cause = error.os_error
        return Unavailable(str(cause) if isinstance(cause, _Private) else f"no connection ({why(cause)})", known=True)
    if isinstance(error, RedirectedError):
        return Unavailable(str(error), known=True)
    return Unavailable("no answer in time" if isinstance(error, TimeoutError) else type(error).__name__)


def why(error: OSError) -> str:
    """What kept a connection from being made, in words without an address."""
    if isinstance(error, socket.gaierror):
        return "nobody knows the name of the host"
    return os.strerror(error.errno).lower() if error.errno else type(error).__name__


def _problem(status: int, retry_after: str | None) -> Unavailable | Failed | Refused:
    if status == 429:
        return Unavailable("too many requests (429)", retry_after=retry_seconds(retry_after), known=True)
    if status in _FOR_ALL:
        known = status not in (408, 502, 504)
        moved = ", and redirects are not followed" if 300 <= status < 400 else ""
        return Unavailable(f"the receiver answers {status}{moved}", retry_after=retry_seconds(retry_after), known=known)
    return Failed(f"the receiver answers {status}") if status >= 500 else Refused(f"the receiver answers {status}")


class RedirectedError(aiohttp.ClientError):
    """A receiver that answers with a redirect."""


class _Private(OSError):
    """A name that resolves to a private address."""


class _CheckedResolver(AbstractResolver):
    """Resolves names of public addresses; of private ones where they are allowed, and of the configured proxy."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses. Raises OSError when one of them may not be reached."""
        found = await self._resolver.resolve(host, port, family)
        proxies = {urlsplit(each).hostname for each in getproxies().values()}
        addresses = (ip_address(each["host"].partition("%")[0]) for each in found)
        if host not in proxies and not all(may_reach(each, self._networks) for each in addresses):
            raise _Private(_PRIVATE.format(host=host))
        return found

    async def close(self) -> None:
        """Close nothing."""


async def _refuse_redirect(
    session: aiohttp.ClientSession, context: SimpleNamespace, parameters: aiohttp.TraceRequestRedirectParams
) -> None:
    raise RedirectedError(f"the receiver answers {parameters.response.status}, and redirects are not followed")
