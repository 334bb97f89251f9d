"""`redtide login` and `redtide logout`: the token of a server, for the commands that ask it."""

import argparse
import asyncio
import os
import sys
from dataclasses import replace

from incidents.errors import InputError
from service.cli import credentials, target
from service.cli.commands import Commands, add_command
from service.cli.streams import note, write

_LOGIN = """\
Store the token of a Red Tide server, and make it the one that `redtide incidents`, `show`, `watch`, `wrong`, `right`,
`rerun`, `alert` and `revert` ask. The token is tried first. It lies in the system's keyring where there is one that
works, else in a file that only you can read; REDTIDE_TOKEN takes its place. A token is only sent by https or to this
machine, and never to an address that a server redirects to.

The operator of the server makes tokens (REDTIDE_API_TOKENS). The scopes: incidents:read to look, feedback:write for
`wrong` and `right`, alerts:write for `alert` and `rerun`."""
_LOGIN_EXAMPLES = """\
examples:
  redtide login --server https://redtide.example.org
      asks for the token at the terminal
  redtide login --server https://redtide.example.org < token.txt
  SSL_CERT_FILE=company.pem redtide login --server https://redtide.example.org
      a server whose certificate an authority of your own signed

Exit status: 0 stored, 2 bad input, or no answer.
"""
_LOGOUT = "Remove the stored token of a server, and forget the server."
_LOGOUT_EXAMPLES = """\
examples:
  redtide logout
  redtide logout --server https://redtide.example.org

Exit status: 0 removed, 1 there was none, 2 bad input.
"""


def add(commands: Commands) -> None:
    """Options of both commands."""
    login = add_command(
        commands, "login", run, summary="store the token of a server", text=_LOGIN, examples=_LOGIN_EXAMPLES
    )
    logout = add_command(
        commands, "logout", run_logout, summary="remove that token", text=_LOGOUT, examples=_LOGOUT_EXAMPLES
    )
    for parser in (login, logout):
        parser.add_argument("--server", metavar="URL", help=f"the server (default: {target.SERVER}, or as last time)")


def run(arguments: argparse.Namespace) -> int:
    """Ask for the token, try it and store it. Raises InputError."""
    server = _server(arguments)
    if not (server.startswith("https://") or target.is_loopback(server)):
        raise InputError(
            f"--server: a token is only sent by https, or to this machine; give the https address of {server}"
        )
    token = _asked(server)
    may_read = asyncio.run(_tried(replace(target.Remote(server), token=token)))
    place = credentials.remember(server, token)
    write(f"logged in at {server}; the token lies in {place}\n")
    if not may_read:
        note("this token may not read incidents: ask for one with the scope incidents:read")
    if os.environ.get(credentials.TOKEN):
        note(f"{credentials.TOKEN} is set, and takes the place of the stored token")
    return 0


def run_logout(arguments: argparse.Namespace) -> int:
    """Remove it. Raises InputError."""
    server = _server(arguments)
    removed = credentials.forget(server)
    write(f"removed the token of {server}\n" if removed else f"there was no token of {server}\n")
    return 0 if removed else 1


def _server(arguments: argparse.Namespace) -> str:
    named = arguments.server or os.environ.get(target.SERVER, "").strip() or credentials.logins().server
    if not named:
        raise InputError("--server: missing; give the address of the server, such as https://redtide.example.org")
    return target.checked_server(named, "--server")


def _asked(server: str) -> str:
    """The token: typed at a terminal, where it is not shown, or the first line of standard input."""
    if sys.stdin is None:
        raise InputError("TOKEN: standard input is closed; start it at a terminal, or pipe the token in")
    if sys.stdin.isatty():
        import getpass

        token = getpass.getpass(f"Token for {server}: ").strip()
    else:
        token = sys.stdin.readline(8_192).strip()
    if not token:
        raise InputError("TOKEN: is empty; the operator of the server makes tokens (REDTIDE_API_TOKENS)")
    return target.sendable(token)


async def _tried(remote: target.Remote) -> bool:
    """Whether this token may read incidents. Raises InputError when it is not valid, or nothing answers."""
    from service.cli.client import ScopeMissing, connected

    async with connected(remote) as client:
        try:
            await client.page(1)
        except ScopeMissing:
            return False
    return True
