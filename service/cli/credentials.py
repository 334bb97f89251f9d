"""What `redtide login` remembers: the server, and its token in the system keyring where one works, else in a 0600 file."""

import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from incidents.errors import InputError

TOKEN: Final = "REDTIDE_TOKEN"
"""Environment variable with a token; it takes the place of a stored one."""
_SERVICE: Final = "redtide"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class Logins(NamedTuple):
    """The remembered server, and the token of each server; None where the keyring holds it."""

    server: str | None
    tokens: dict[str, str | None]


def file() -> Path:
    """Where it is stored. Raises InputError without a home folder."""
    try:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    except RuntimeError as error:
        raise InputError(f"login: there is no home folder for the token; set {TOKEN} instead") from error
    return folder / "redtide" / "login.json"


def logins() -> Logins:
    """What is stored; nothing when there is no file. Raises InputError for a file that is open to others or damaged."""
    path = file()
    try:
        with path.open(encoding="utf-8") as opened:
            if os.fstat(opened.fileno()).st_mode & _OTHERS:
                raise InputError(f"login: {path} holds tokens and is open to other users; run `chmod 600 {path}`")
            read = json.load(opened)
        server, tokens = read["server"], dict(read["tokens"])
    except FileNotFoundError:
        return Logins(None, {})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"login: {path} cannot be read ({type(error).__name__}); remove it and log in again"
        ) from error
    return Logins(server if isinstance(server, str) else None, tokens)


def token_for(server: str) -> str | None:
    """The token to show to this server: of the environment, else the stored one. Raises InputError."""
    if given := os.environ.get(TOKEN, "").strip():
        return given
    known = logins().tokens
    if server not in known:
        return None
    return known[server] or _from_keyring(server)


def remember(server: str, token: str) -> str:
    """Store the token and make this the server that commands ask. Returns where the token lies. Raises InputError."""
    in_keyring = _to_keyring(server, token)
    tokens = {**logins().tokens, server: None if in_keyring else token}
    _write(Logins(server, tokens))
    return "the system keyring" if in_keyring else str(file())


def forget(server: str) -> bool:
    """Remove the token of this server. False when none was stored. Raises InputError."""
    known = logins()
    if server not in known.tokens:
        return False
    if known.tokens[server] is None:
        _out_of_keyring(server)
    tokens = {name: token for name, token in known.tokens.items() if name != server}
    _write(Logins(None if known.server == server else known.server, tokens))
    return True


def _write(stored: Logins) -> None:
    """Replace the file as a whole: it is complete, and never readable by others."""
    path = file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=".login-")  # mode 0600
        with os.fdopen(number, "w", encoding="utf-8") as opened:
            json.dump(stored._asdict(), opened, indent=2)
        Path(name).replace(path)
    except OSError as error:
        remedy = f"set {TOKEN} and REDTIDE_SERVER instead"
        raise InputError(f"login: cannot write {path} ({error.strerror}); {remedy}") from error


def _to_keyring(server: str, token: str) -> bool:
    """Whether a keyring that works took the token. Backends that store nothing count as none."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_SERVICE, server, token)
        return keyring.get_password(_SERVICE, server) == token
    except (KeyringError, OSError):
        return False


def _from_keyring(server: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(_SERVICE, server)
    except (KeyringError, OSError) as error:
        raise InputError(f"login: the keyring cannot be read ({type(error).__name__}); set {TOKEN}") from error
    if not found:
        raise InputError(f"login: the keyring no longer holds the token; run `redtide login --server {server}`")
    return found


def _out_of_keyring(server: str) -> None:
    import contextlib

    import keyring
    from keyring.errors import KeyringError

    with contextlib.suppress(KeyringError, OSError):  # removed there already, or the keyring is gone
        keyring.delete_password(_SERVICE, server)
