"""What imports each other in the intake can be imported first, whichever it is."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CYCLE = ["service.intake.sender_forms", "service.intake.sources.generic", "service.intake.sources"]


@pytest.mark.parametrize("module", CYCLE)
def test_it_can_be_imported_first(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
