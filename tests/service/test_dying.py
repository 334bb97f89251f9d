"""What a test starts ends with it, whatever ends the test."""

import subprocess
import sys
from pathlib import Path

_STARTS_ANOTHER = """
import subprocess, time
from tests.service.dying import die_with_us
subprocess.Popen(["sleep", "600"], preexec_fn=die_with_us)
print("started", flush=True)
time.sleep(600)
"""


def test_what_a_killed_test_has_started_ends_too() -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", _STARTS_ANOTHER], stdout=subprocess.PIPE, cwd=root) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"started\n"
        started.kill()
        assert started.stdout.read() == b""  # it ends when nobody is left who could write to it
