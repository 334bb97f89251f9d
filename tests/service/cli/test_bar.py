"""How far a long command has come, in a log and on a terminal."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli.bar import progress

PROGRAM = """
from service.cli.bar import progress
with progress(3) as advance:
    for n in range(3):
        advance(f"cases, {n} right")
"""


def test_a_log_gets_about_ten_lines_and_the_last_one(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(45) as advance:
        for number in range(45):
            advance(f"cases, {number} right")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "4/45 cases, 3 right"
    assert lines[-1] == "45/45 cases, 44 right"
    assert len(lines) == 12


def test_nothing_to_do_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(0):
        pass
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_bar() -> None:
    ours, theirs = pty.openpty()
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", PROGRAM], cwd=root, stderr=theirs, check=True)
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert "━" in shown
    assert "3/3" in shown
    assert "cases, 2 right" in shown
