"""A repository that a real git server on loopback serves, and the token for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.git_server import TOKEN, GitServer, git_server
from tests.repositories import Built, build


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return build(tmp_path / "served", [{"files": {"a.txt": f"{n}\n"}} for n in range(3)], name="shop")


@pytest.fixture
def server(built: Built) -> Iterator[GitServer]:
    with git_server(built.path.parent) as served:
        yield served


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDTIDE_GIT_TOKEN", TOKEN)
