"""Open the store before the service starts: what is wrong with it is one line, and what was done to it another."""

from sqlalchemy import URL

from incidents.errors import InputError, StoreUnavailable
from service.settings.store_address import StoreAddress
from service.store.engine import Database, NoConnection, sqlite_file
from service.store.migrations import NEWER, is_known, migrate, revision_of


async def prepared(address: StoreAddress) -> str:
    """Create the store or bring it to this program's version; a line that says so, "" when nothing was to be done.

    Raises InputError when it cannot be read and written, or is of a newer version; then nothing was changed.
    """
    database = Database(address)
    file = sqlite_file(database.url)
    place = repr(str(file)) if file else _server(database.url)
    is_new = file is not None and not file.exists()
    try:
        before = None if is_new else await _looked_at(address)
        if before is not None and not is_known(before):
            raise InputError(f"store_url: {NEWER.format(before[:40])}")
        await migrate(database)
        after = await revision_of(database)
    except NoConnection as error:
        raise InputError(f"store_url: no connection to {place} ({error.reason})") from error
    except StoreUnavailable as error:
        raise InputError(f"store_url: {place}: {error}") from error
    finally:
        await database.close()
    if before is None:
        return f"Store: {place} was not there and is made" if is_new else f"Store: its tables are made in {place}"
    return f"Store: {place} was of version {before} and is of {after} now" if before != after else ""


def _server(url: URL) -> str:
    """Return where the database is, without the name and password of its user."""
    return f"PostgreSQL at {url.host or 'this machine'}:{url.port or 5432}/{url.database or ''}"


async def _looked_at(address: StoreAddress) -> str | None:
    database = Database(address, read_only=True)
    try:
        return await revision_of(database)
    finally:
        await database.close()
