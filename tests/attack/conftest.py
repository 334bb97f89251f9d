"""One `redtide serve` on loopback for each file of attacks: what they break, they break together."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
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


@pytest.fixture(scope="module")
def repositories(recorded: Recorded) -> dict[str, str]:
    """What the service knows. A file of attacks that needs more has a fixture of this name."""
    return {recorded.alert.repository: str(recorded.repository)}


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """More variables of the service's environment. A file of attacks that needs others has a fixture of this name."""
    return {"REDTIDE_DASHBOARD": "false"}


@pytest.fixture(scope="module")
def ray_folder() -> Iterator[Path]:
    """Ray's socket paths must be short."""
    folder = Path(tempfile.mkdtemp(prefix="rt", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(
    tmp_path_factory: pytest.TempPathFactory, repositories: dict[str, str], settings: dict[str, str], ray_folder: Path
) -> AsyncIterator[Served]:
    """The running service."""
    async with served(tmp_path_factory.mktemp("served"), repositories, ray_folder, **settings) as running:
        yield running
