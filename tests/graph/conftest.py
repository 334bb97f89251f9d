"""The shop with its bad deploy."""

from pathlib import Path

import pytest

from tests.shop import Shop, build_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A new repository."""
    return build_shop(tmp_path / "shop.git")
