"""Which incidents a command is about: those of a server, or those of a store on this machine."""

import argparse
import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from incidents.errors import InputError
from service.cli import credentials, store_option

if TYPE_CHECKING:
    from service.settings import Settings

SERVER: Final = "REDTIDE_SERVER"
_DEFAULT_STORE: Final = "redtide.sqlite3"  # of settings.store_url
_STORE: Final = "REDTIDE_STORE_URL"
_URL: Final = re.compile(r"https?://[A-Za-z0-9.\-_:\[\]]{1,255}(?:/[A-Za-z0-9.\-_~/]{0,500})?")


@dataclass(frozen=True, slots=True)
class Remote:
    """A server, and the token that is shown to it. `options` are what a further command needs to reach it too."""

    url: str
    token: str | None = field(default=None, repr=False)
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Local:
    """A store on this machine, or one that it reaches, with the settings of the service that uses it."""

    settings: "Settings"
    options: tuple[str, ...] = ()


Target: TypeAlias = Remote | Local


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add --server, --store and --config."""
    group = parser.add_argument_group(
        "where the incidents are (default: the server of `redtide login`, else the store)"
    )
    group.add_argument("--server", metavar="URL", help=f"ask this server (default: {SERVER}); its token: redtide login")
    store_option.add_options(group, config=True)


def target_of(arguments: argparse.Namespace) -> Target:
    """The server or the store: what an option names, then what the environment names, then what login remembers.

    Raises InputError.
    """
    local = arguments.store is not None or arguments.config is not None
    if arguments.server is not None and local:
        raise InputError("--server: cannot be combined with --store or --config; leave one of them out")
    if arguments.server is not None:
        return _remote(arguments.server, "--server")
    if local:
        return _local(arguments)
    if named := os.environ.get(SERVER, "").strip():
        return _remote(named, SERVER)
    if os.environ.get(_STORE):
        return _local(arguments)
    if remembered := credentials.logins().server:
        return _remote(remembered, "login")
    local_store = _local(arguments)
    if not Path(_DEFAULT_STORE).is_file():
        remedy = "name a server with --server (`redtide login` remembers one), or a store with --store"
        raise InputError(f"--server: missing, and there is no {_DEFAULT_STORE} in this folder; {remedy}")
    return local_store


def checked_server(url: str, option: str) -> str:
    """The address in one spelling. Raises InputError for what is no http(s) address, or holds a password or a query."""
    text = url.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        usable = bool(_URL.fullmatch(text)) and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise InputError(f"{option}: {url!r} is no server's address; give one such as https://redtide.example.org")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"


def is_loopback(url: str) -> bool:
    """Whether the address is this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _remote(url: str, option: str) -> Remote:
    """A server with its token. Raises InputError where the token would travel in the clear."""
    server = checked_server(url, option)
    given = credentials.token_for(server)
    token = sendable(given) if given else None
    if token and not (server.startswith("https://") or is_loopback(server)):
        raise InputError(
            f"{option}: a token is only sent by https, or to this machine; give the https address of {server}"
        )
    remembered = option != "--server" or credentials.logins().server == server
    return Remote(server, token, () if remembered else ("--server", server))


def sendable(token: str) -> str:
    """Return the token unchanged. Raises InputError for what no HTTP header can hold; it is not repeated."""
    if not re.fullmatch(r"[\x21-\x7e]{1,4096}", token):
        raise InputError("TOKEN: a token has printable characters without blanks; copy it again")
    return token


def _local(arguments: argparse.Namespace) -> Local:
    named = (("--store", arguments.store), ("--config", arguments.config))
    return Local(
        store_option.settings_given(arguments),
        tuple(word for option, value in named if value for word in (option, value)),
    )
