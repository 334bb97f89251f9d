"""The HTTP interface over a store on this machine, without a server: the same answers, checks and audit records."""

import getpass
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx

from service.api.auth.tokens import SCOPES, Caller, Trust
from service.api.dependencies import Parts
from service.api.routes import create_api
from service.cli.incident_store import changed_store, read_store

if TYPE_CHECKING:
    from service.settings import Settings


class NobodyToWake:
    """Triage, when it runs in another process: it looks into the store by itself."""

    async def wake(self) -> None:
        """Do nothing."""


@asynccontextmanager
async def local_service(settings: "Settings", *, writes: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of the interface; the store is there and of this version, and is neither created nor migrated.

    Raises InputError.
    """
    token = secrets.token_urlsafe(24)
    caller = Caller(f"{_user()} (command line)", SCOPES)
    trust = Trust(tokens={hashlib.sha256(token.encode()).digest(): caller})
    async with (changed_store if writes else read_store)(settings) as store:
        api = create_api(store, NobodyToWake(), settings, trust)  # its lifespan, which would migrate, is not run
        parts: Parts = api.state.parts
        transport, headers = httpx.ASGITransport(api), {"Authorization": f"Bearer {token}"}
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://store", headers=headers) as http:
                yield http
        finally:
            await parts.close()


def _user() -> str:
    try:
        return getpass.getuser()[:80]
    except (OSError, KeyError, ImportError):  # an account without a name, as containers have
        return "somebody"
