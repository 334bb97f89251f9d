"""The mark of tests that need a real sandbox."""

import shutil
from pathlib import Path

import pytest

from tools.trials.sandbox import sandbox

needed = pytest.mark.skipif(
    shutil.which("bwrap") is None or sandbox(Path.cwd()) is None,
    reason="bubblewrap is not installed or may not be used",
)
