"""One `redtide serve` on loopback for each file of attacks: what they break, they break together."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.recorded import FOLDERS, Recorded, load
from tests.service.served import Served, served


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """An incident whose cause is known."""
    folder = next(folder for folder in FOLDERS if folder.name == "python-callee-in-another-file")
    return load(folder, tmp_path_factory.mktemp("attacked"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory, recorded: Recorded) -> AsyncIterator[Served]:
    """The running service over that incident's repository."""
    ray_folder = Path(tempfile.mkdtemp(prefix="rt", dir="/tmp"))  # Ray's socket paths must be short
    repositories = {recorded.alert.repository: str(recorded.repository)}
    try:
        async with served(tmp_path_factory.mktemp("served"), repositories, ray_folder) as running:
            yield running
    finally:
        shutil.rmtree(ray_folder, ignore_errors=True)
