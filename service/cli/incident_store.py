"""The incident store as commands read it: nothing is created, migrated or changed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from incidents.errors import InputError, StoreUnavailable

if TYPE_CHECKING:
    from service.settings import Settings
    from service.store.store import Store


@asynccontextmanager
async def read_store(settings: "Settings") -> AsyncIterator["Store"]:
    """The store of the settings. Raises InputError when it is missing, of another version, or cannot be read."""
    from service.store.store import reading

    try:
        async with reading(settings.store_address()) as store:
            yield store
    except StoreUnavailable as error:
        remedy = "is it there, running, and its password set in the environment?"
        raise InputError(f"--store: {settings.store_url} cannot be read ({error}): {remedy}") from error
