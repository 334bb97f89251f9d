"""A client of the interface in this process, with a token of its own."""

import hashlib

import httpx

from service.api.auth.tokens import SCOPES, Caller, Scope, Trust
from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from tests.service.stand_ins import Bell

_TOKEN = "a-token-for-this-test"


def caller(store: Store, settings: Settings, *scopes: Scope) -> httpx.AsyncClient:
    """A client named ana whose token has these scopes, or all."""
    known = {hashlib.sha256(_TOKEN.encode()).digest(): Caller("ana", frozenset(scopes) or SCOPES)}
    transport = httpx.ASGITransport(create_api(store, Bell(), settings, Trust(tokens=known)))
    headers = {"Authorization": f"Bearer {_TOKEN}"}
    return httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=headers)
