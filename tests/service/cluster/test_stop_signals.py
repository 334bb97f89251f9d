"""Who gets SIGINT and SIGTERM, and when."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from service.cluster.stop_signals import Stop, withheld


def blocked(pid: int) -> int:
    """The signals blocked in a process, as a set of bits."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("SigBlk")).split()[1], 16)


def test_a_process_started_meanwhile_never_gets_the_signals() -> None:
    with withheld():
        child = subprocess.Popen(("cat",), stdin=subprocess.PIPE)
    with child:
        assert blocked(child.pid) == sum(1 << number - 1 for number in (signal.SIGINT, signal.SIGTERM))
        child.kill()
    assert blocked(os.getpid()) == 0


def test_a_signal_meanwhile_interrupts_the_start_afterwards_whatever_handlers_were_set() -> None:
    stop = Stop()
    with stop.handlers_restored():
        stop.listen()
        with pytest.raises(KeyboardInterrupt):
            _started_by(stop)
        assert stop.asked.is_set()


def _started_by(stop: Stop) -> None:
    with withheld():
        signal.signal(signal.SIGTERM, lambda *_: pytest.fail("the handler that Ray sets"))
        os.kill(os.getpid(), signal.SIGTERM)
        assert not stop.asked.is_set()


def test_later_signals_have_no_effect() -> None:
    stop = Stop()
    with stop.handlers_restored():
        stop.listen()
        stop.starting = False
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.asked.is_set()
