"""The incident store as commands use it: it is never created or migrated, and mostly only read."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from incidents.errors import InputError, StoreUnavailable

if TYPE_CHECKING:
    from service.settings import Settings
    from service.store.store import Store


@asynccontextmanager
async def read_store(settings: "Settings") -> AsyncIterator["Store"]:
    """The store of the settings. Raises InputError when it is missing, of another version, or cannot be read."""
    from service.store.store import reading

    with _named(settings):
        async with reading(settings.store_address()) as store:
            yield store


@asynccontextmanager
async def changed_store(settings: "Settings") -> AsyncIterator["Store"]:
    """The same store, for a command that adds something to it. Raises InputError."""
    from service.store.store import changing

    with _named(settings):
        async with changing(settings.store_address(), settings.life) as store:
            yield store


@contextmanager
def _named(settings: "Settings") -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        remedy = "is it there, running, and its password set in the environment?"
        raise InputError(f"--store: {settings.store_url} cannot be read ({error}): {remedy}") from error
