"""What a hostile command tries in the sandbox. Each attempt works outside of it, so that it is the sandbox that holds."""

import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tools.trials.bubblewrap import needed
from tools.trials.command import Command, run_command
from tools.trials.sandbox import sandbox

pytestmark = needed
ROOT = os.geteuid() == 0
_CONNECT = "import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
_ABSTRACT = "import socket; socket.socket(socket.AF_UNIX).connect({name!r})"


def run(folder: Path, command: str, seconds: float = 60, *, inside: bool = True) -> str:
    tree, home = folder / "tree", folder / "home"
    tree.mkdir(exist_ok=True)
    home.mkdir(exist_ok=True)
    wrapper = sandbox(tree, home=home) if inside else ()
    assert wrapper is not None
    return run_command(Command(command, seconds, wrapper), tree, "c" * 40, home).outcome


def python(code: str) -> str:
    return f"exec {Path(sys.executable).resolve()} -c {shlex.quote(code)}"  # an environment in /tmp is hidden there


def holds(folder: Path, command: str) -> bool:
    """Whether the command does what it is for outside the sandbox, and does not inside."""
    assert run(folder, command, inside=False) == "passed"
    return run(folder, command) == "failed"


@contextmanager
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the machine, which ends with the block also where an assertion fails."""
    with subprocess.Popen(["sleep", "600"]) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_service_of_this_machine_is_not_reached(tmp_path: Path, port: int) -> None:
    assert holds(tmp_path, python(_CONNECT.format(port=port)))


@pytest.mark.skipif(sys.platform != "linux", reason="such names are Linux's")
def test_a_socket_without_a_file_is_not_reached(tmp_path: Path) -> None:
    name = f"\0redtide-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        assert holds(tmp_path, python(_ABSTRACT.format(name=name)))


def test_files_of_others_in_tmp_and_shared_memory_are_not_seen(tmp_path: Path) -> None:
    for place in ("/tmp", "/dev/shm"):
        file = Path(place) / f"redtide-test-{os.getpid()}"
        file.write_text("theirs")
        try:
            assert holds(tmp_path, f"cat {file}")
        finally:
            file.unlink()


def test_processes_of_the_machine_are_neither_seen_nor_ended(tmp_path: Path) -> None:
    with sleeping() as other:
        assert run(tmp_path, f"kill {other.pid}") == "failed"
        assert other.poll() is None
        assert holds(tmp_path, f"grep -q sleep /proc/{other.pid}/cmdline")
        assert holds(tmp_path, f"kill {other.pid}")


def test_variables_of_this_process_are_not_found_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDTIDE_TEST_TOKEN", "never-seen")
    look = "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -q REDTIDE_TEST_TOKEN"
    assert run(tmp_path, look) == "failed"
    with sleeping():  # it has the variables of this process, as they are now
        assert run(tmp_path, look, inside=False) == "passed"


@pytest.mark.skipif(not ROOT, reason="only root may do it outside")
def test_root_changes_no_setting_of_the_machine(tmp_path: Path) -> None:
    same = 'v=$(cat /proc/sys/kernel/core_pattern); echo "$v" > /proc/sys/kernel/core_pattern || exit 1'
    assert holds(tmp_path, same)


@pytest.mark.skipif(not ROOT, reason="only root may do it outside")
def test_root_mounts_nothing_and_makes_no_device(tmp_path: Path) -> None:
    mount = "unshare -m sh -c 'mount -t proc none $HOME && test -e $HOME/sys/kernel/core_pattern' || exit 1"
    assert holds(tmp_path, mount)
    assert holds(tmp_path, "mknod $HOME/null c 1 3 || exit 1")


def test_processes_that_left_its_group_are_ended_with_the_time(tmp_path: Path) -> None:
    mark = f"6{os.getpid()}"
    many = f"for i in $(seq 300); do setsid sleep {mark} & done; sleep 600"
    assert run(tmp_path, many, seconds=5) == "timed_out"
    running = subprocess.run(["pgrep", "-f", f"^sleep {mark}$"], capture_output=True, check=False, text=True)
    assert running.stdout == ""


@pytest.mark.skipif(ROOT, reason="root has no limit of processes")
def test_a_bomb_of_processes_is_bounded(tmp_path: Path) -> None:
    count = "import os\ntry:\n for n in range(5000):\n  os.fork() or __import__('time').sleep(600)\nexcept OSError: raise SystemExit(3)"
    assert run(tmp_path, f"{python(count)}") == "failed"
