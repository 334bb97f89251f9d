"""Settings of one environment, from config/<environment>.toml."""

import os
import tomllib
from pathlib import Path
from typing import Any

CONFIG = Path(__file__).parent.parent / "config"


def load(environment: str | None = None) -> dict[str, Any]:
    """The settings of `environment`, production unless told otherwise."""
    name = environment or os.environ.get("SYNC_ENVIRONMENT", "production")
    with (CONFIG / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
