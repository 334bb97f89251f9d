from collections.abc import AsyncIterator

import pytest_asyncio

from service.settings import Settings
from tests.service.store.channels import Stores


@pytest_asyncio.fixture
async def stores(settings: Settings) -> AsyncIterator[Stores]:
    opened = Stores(settings)
    yield opened
    await opened.close()
