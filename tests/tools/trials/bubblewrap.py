"""The mark of tests that need a real sandbox."""

import shutil
import subprocess

import pytest

_SIMPLEST = ("bwrap", "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "true")

needed = pytest.mark.skipif(
    shutil.which("bwrap") is None or subprocess.run(_SIMPLEST, check=False, capture_output=True).returncode != 0,
    reason="bubblewrap is not installed or may not be used",
)
"""Not asked of `sandbox`: where that gives words which do not work, the tests fail."""
