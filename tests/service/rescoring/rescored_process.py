"""Runs `redtide rescore` as a process of its own over a store, as a person would."""

import json
import os
import subprocess
import sys
from pathlib import Path

from service.settings import Settings
from tests.service.dying import die_with_us
from tests.service.served import without_pandas

ROOT = Path(__file__).parents[3]


def started(settings: Settings, *arguments: str, **variables: str) -> "subprocess.Popen[bytes]":
    """The running process."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("RAY_", "REDTIDE_"))}
    environment = ours | {
        "REDTIDE_STORE_URL": settings.store_url,
        "REDTIDE_REPOSITORIES": json.dumps({name: str(path) for name, path in settings.repositories.items()}),
        "PYTHONPATH": without_pandas(),
        **variables,
    }
    command = [sys.executable, "-m", "service.cli", "rescore", *arguments]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=die_with_us
    )
