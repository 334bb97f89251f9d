"""A forge of each kind, and the service's reverts over both databases."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from service.settings import Settings
from tests.service.reverts.forge_state import TOKEN
from tests.service.reverts.scene import Remote, Scene, remote, scene, settings_for


@pytest.fixture(autouse=True)
def forge_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same token fetches, pushes, and speaks with the forge."""
    monkeypatch.setenv("REDTIDE_FORGE_TOKEN", TOKEN)
    monkeypatch.setenv("REDTIDE_GIT_TOKEN", TOKEN)


@pytest.fixture
def github(tmp_path: Path) -> Iterator[Remote]:
    with remote(tmp_path, "github") as running:
        yield running


@pytest_asyncio.fixture
async def at_github(settings: Settings, github: Remote, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(settings_for(settings, github, tmp_path), github) as opened:
        yield opened
