"""In a fresh copy one process of a run compiles the tests, and the others wait: for each to do it takes half as long again.

So it is with Hypothesis' tables of all characters, which it keeps in its folder: more than a second each time they are made.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import strategies as st

_TESTS = Path(__file__).parent
_COMPILED = f".{sys.implementation.cache_tag}-pytest-{pytest.__version__}.pyc"  # with pytest's own assertions
_FEW = 20


@contextmanager
def compiled_once() -> Iterator[None]:
    """Collect inside of the block: after the first process where most is not compiled yet, else beside all others."""
    if "PYTEST_XDIST_WORKER" not in os.environ or sys.dont_write_bytecode or missing(_TESTS) <= _FEW:
        yield
        return
    with Path(__file__).open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(held, fcntl.LOCK_SH)  # granted to all others once the first one is done
        st.text().validate()  # reads the tables, or makes them
        yield


def missing(folder: Path) -> int:
    """How many files with tests are not compiled."""
    files = [each for each in folder.rglob("test_*.py") if each.is_file()]
    return sum(not (each.parent / "__pycache__" / f"{each.stem}{_COMPILED}").exists() for each in files)
