"""The policy over a real store and a real repository."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidents.policy import Policy
from service.settings import Settings
from service.store.store import Store
from tests.service.policy.stage import LocalReverts, Stage, shop

SetUp = Callable[..., Stage]


@pytest.fixture
def stage(store: Store, settings: Settings, tmp_path: Path) -> SetUp:
    """Makes the stage of a policy; its fields are the arguments."""

    def set_up(message: str = "Shorten it", **policy: Any) -> Stage:  # noqa: ANN401 (fields of a policy)
        built = shop(tmp_path, message)
        given = Policy.model_validate({"mode": "auto", **policy})
        return Stage(store, settings, built, LocalReverts(store, built), given)

    return set_up
