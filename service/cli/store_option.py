"""The service's settings of commands that read its store: --store and --config before the environment."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from incidents.errors import InputError

if TYPE_CHECKING:
    from service.settings import Settings

DEFAULT_STORE = "redtide.sqlite3"
"""The file of the store when no setting names one."""


def add_options(parser: "argparse._ActionsContainer", *, config: bool) -> None:
    """Add --store and, for commands that need more than the store, --config."""
    parser.add_argument("--store", metavar="URL", help="SQLAlchemy URL of the store (default: REDTIDE_STORE_URL)")
    if config:
        parser.add_argument("--config", metavar="FILE", help="a Serve config with the service's settings")


def is_anything_given(arguments: argparse.Namespace) -> bool:
    """Whether an option, a variable or a store in this folder says anything: loading the settings takes 0.2 s."""
    if arguments.store is not None or getattr(arguments, "config", None) is not None:
        return True
    return any(name.upper().startswith("REDTIDE_") for name in os.environ) or Path(DEFAULT_STORE).is_file()


def settings_given(arguments: argparse.Namespace) -> "Settings":
    """The settings. Raises InputError naming the option, else the setting."""
    from service.cli.serve import read_config, settings_of

    config = getattr(arguments, "config", None)
    fields = read_config(Path(config))["args"] if config else {}
    if arguments.store is None:
        return settings_of(fields)
    return settings_of(fields | {"store_url": arguments.store}, {"store_url": "--store"})


def check_store(arguments: argparse.Namespace) -> None:
    """Raise InputError for a --store that can be none, also when nothing has to be looked up in it."""
    if arguments.store is None:
        return
    file = settings_given(arguments).store_address().file
    if file is not None and not file.is_file():
        raise InputError(f"--store: no such file: {str(file)!r}; give the one that `redtide serve` uses")
