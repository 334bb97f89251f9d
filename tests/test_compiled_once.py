"""Nobody waits for another process where the tests are compiled already."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compiled_once import missing

_TEST = "def test_it() -> None:\n    assert True\n"


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A folder of tests that pytest has not read."""
    for name in ("one", "another"):
        (tmp_path / f"test_{name}.py").write_text(_TEST)
    (tmp_path / "aid.py").write_text("")
    return tmp_path


def test_what_pytest_has_read_is_compiled(fresh: Path) -> None:
    assert missing(fresh) == 2
    keeping = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        "--rootdir",
        str(fresh),
    ]
    subprocess.run([*command, "test_one.py"], cwd=fresh, env=keeping, check=True, capture_output=True)
    assert missing(fresh) == 1
