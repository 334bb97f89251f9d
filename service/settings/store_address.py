"""Where the incident store is: its address as settings give it, and as the store takes it."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from pydantic import SecretStr

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_STORE_URL = re.compile(  # as SQLAlchemy reads it, which only the store imports
    r"(?P<name>[\w+]+)://"
    r"(?P<server>(?:[^:/]*(?::(?P<password>[^@]*))?@)?(?:\[[^/?]+\]|[^/:?]+)?(?::\d*)?)"
    r"(?:/(?P<database>[^?]*))?(?P<query>\?.*)?"
)


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """The address of the incident store: an SQLAlchemy URL with an asynchronous driver, and the password."""

    url: str
    password: SecretStr | None = None

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None for PostgreSQL, and for a database in memory.

        Read here, because a command that only wants to know whether there is a store would load SQLAlchemy for it (0.5 s).
        """
        found = _STORE_URL.fullmatch(self.url)
        database = unquote(found["database"] or "") if found and found["name"].startswith("sqlite") else ""
        return Path(database) if database not in ("", ":memory:") else None


def checked_store_url(value: str) -> str:
    """Return the URL with an asynchronous driver. Raises ValueError when the store cannot use it, or for a password."""
    found = _STORE_URL.fullmatch(value)
    if found is None or found["name"] not in _DRIVERS:
        raise ValueError("not an SQLAlchemy URL of SQLite or PostgreSQL, such as sqlite:///redtide.sqlite3")
    if found["password"] or "password" in (found["query"] or "").lower():
        raise ValueError("must not hold a password: put it into the variable named by store_password_variable")
    return _absolute(found)


def _absolute(url: re.Match[str]) -> str:
    """Return the URL with an asynchronous driver and an absolute SQLite path: replicas run in other folders."""
    driver, database = _DRIVERS[url["name"]], unquote(url["database"] or "")
    if driver.startswith("sqlite") and database not in ("", ":memory:"):
        database = str(Path(database).expanduser().resolve())
    tail = f"/{quote(database, safe=' +/:')}" if database else ""
    return f"{driver}://{url['server']}{tail}{url['query'] or ''}"
