"""The sandbox, where this machine has bubblewrap."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from incidents.errors import InputError
from tests.tools.trials.bubblewrap import needed
from tests.tools.trials.histories import CHECK, broken_at
from tools.git.repository import Repository
from tools.trials.confinement import landlock
from tools.trials.confirm import Runner
from tools.trials.sandbox import _told_of_itself, sandbox


def test_the_home_folder_can_be_written_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.trials.sandbox.shutil.which", lambda _: "/bin/bwrap")
    monkeypatch.setattr("tools.trials.sandbox._refusal", lambda _: None)
    words = sandbox(tmp_path / "tree", home=tmp_path / "home") or ()
    bound = [words[at + 1 : at + 3] for at, word in enumerate(words) if word == "--bind"]
    assert bound == [(str(tmp_path / name),) * 2 for name in ("home", "tree")]


def inside(folder: Path, command: str) -> int:
    words = sandbox(folder)
    assert words is not None
    return subprocess.run([*words, "sh", "-c", command], check=False, capture_output=True).returncode


@needed
def test_only_the_work_tree_can_be_written(tmp_path: Path) -> None:
    folder, beside = tmp_path / "folder", tmp_path / "beside"
    folder.mkdir()
    beside.mkdir()
    assert inside(folder, "echo x > written") == 0
    assert (folder / "written").read_text() == "x\n"
    assert inside(folder, f"echo x > {beside}/written") != 0
    assert inside(folder, "echo x > /etc/redtide-was-here") != 0
    assert inside(folder, "echo x > /tmp/redtide-was-here") == 0
    assert not Path("/tmp/redtide-was-here").exists()


def test_whether_in_a_sandbox_is_decided_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = broken_at(tmp_path, 1, 1)
    works: list[tuple[str, ...] | None] = [None, ("env",)]
    monkeypatch.setattr("tools.trials.confirm.sandbox", lambda *given, **named: works.pop(0))
    runner = Runner(Repository.open(built.path), CHECK)
    assert [runner(sha).outcome for sha in built.shas] == ["passed", "failed"]
    assert (runner.sandboxed, len(works)) == (False, 1)
    works[:] = [("env",), None]
    runner = Runner(Repository.open(built.path), CHECK)
    assert runner(built.shas[1]).outcome == "failed"
    with pytest.raises(InputError, match="no longer works"):
        runner(built.shas[1])
    assert runner.sandboxed


_UNSANDBOXED = """
import ctypes, sys
from tools.git.repository import Repository
from tools.trials.confirm import Runner
repository, commit = Repository.open(sys.argv[1]), sys.argv[2]
told = Runner(repository, sys.argv[3], mode="off")(commit)
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), told.outcome, told.output.strip())
"""
_AS_AN_ACCOUNT = ("setpriv", "--bounding-set=-sys_admin,-sys_ptrace,-perfmon") if os.geteuid() == 0 else ()
"""Root may read every process, whatever is closed."""


def unsandboxed(folder: Path, command: str) -> list[str]:
    """Whether this process can be read afterwards (1) or not (0), the outcome, and what the command printed."""
    built = broken_at(folder, 1, 1)
    words = (*_AS_AN_ACCOUNT, sys.executable, "-c", _UNSANDBOXED, str(built.path), built.shas[1], command)
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.split(maxsplit=2)


def test_without_a_sandbox_it_has_an_empty_home(tmp_path: Path) -> None:
    assert unsandboxed(tmp_path, 'test -z "$(ls -A ~)" && test ! $HOME -ef . && echo so')[2] == "so\n"


@pytest.mark.skipif(not landlock(), reason="Landlock is Linux's, from 5.19")
def test_without_a_sandbox_it_reads_no_other_process_and_this_one_stays_as_it_was(tmp_path: Path) -> None:
    readable, outcome, printed = unsandboxed(tmp_path, "cat /proc/self/environ | wc -c; cat /proc/$PPID/environ")
    assert (readable, outcome) == ("1", "failed")
    assert int(printed.split()[0]) > 0
    assert "Permission denied" in printed


def keeps_signals() -> bool:
    return bool(landlock()) and ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) >= 6


@pytest.mark.skipif(not keeps_signals(), reason="Landlock keeps signals from Linux 6.12")
def test_without_a_sandbox_it_signals_no_other_process_and_may_signal_its_own(tmp_path: Path) -> None:
    _, outcome, printed = unsandboxed(tmp_path, "sleep 60 & kill $! && echo own; kill -0 $PPID")
    assert (outcome, printed.split()[0]) == ("failed", "own")
    assert "Operation not permitted" in printed


@pytest.mark.skipif(not landlock(), reason="Landlock is Linux's, from 5.19")
def test_confined_it_moves_files_between_folders(tmp_path: Path) -> None:
    move = f'mkdir a b && touch a/x && {sys.executable} -c \'import os; os.rename("a/x", "b/x")\''
    assert unsandboxed(tmp_path, move)[:2] == ["1", "passed"]


_CLOSES = """
import ctypes
from tools.trials import confinement
confinement.landlock = tuple
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), confinement.confined(), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_without_landlock_this_process_closes_itself() -> None:
    told = subprocess.run((sys.executable, "-c", _CLOSES), check=True, capture_output=True, text=True).stdout
    assert told.split() == ["1", "()", "0"]


@needed
def test_there_is_no_network_and_no_process_of_the_machine(tmp_path: Path) -> None:
    assert (
        inside(
            tmp_path,
            'test "$(ls /sys/class/net /proc/net/dev 2>/dev/null | wc -l)" -ge 0; grep -c : /proc/net/dev | grep -qx 1',
        )
        == 0
    )
    assert inside(tmp_path, "test $(ls -d /proc/[0-9]* | wc -l) -le 6") == 0


@needed
@pytest.mark.skipif("--size" not in _told_of_itself("bwrap"), reason="bubblewrap bounds them from version 0.7")
def test_what_it_keeps_in_memory_is_bounded(tmp_path: Path) -> None:
    for place, size in (("/tmp", 2 << 30), ("/run", 64 << 20), ("/dev/shm", 512 << 20)):
        assert inside(tmp_path, f"test $(df -B1 --output=size {place} | tail -1) -eq {size}") == 0
    fill = "head -c 600000000 /dev/zero > /dev/shm/much 2>/dev/null; test $(stat -c %s /dev/shm/much) -le 536870912"
    assert inside(tmp_path, fill) == 0
    assert inside(tmp_path, "echo x > /dev/much || exit 1") == 1
    assert inside(tmp_path, "echo x > /dev/null") == 0


def fake(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bubblewrap that this machine does not have; it is asked anew what it can."""
    path = folder / "bin" / "bwrap"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    monkeypatch.setenv("PATH", str(path.parent), prepend=os.pathsep)
    return path


def test_an_old_bubblewrap_is_not_given_what_it_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fake(tmp_path, "case \" $* \" in *' --size '*) echo 'Unknown option --size' >&2; exit 1; esac", monkeypatch)
    words = sandbox(tmp_path)
    assert words is not None
    assert words[0] == str(path)
    assert "/tmp" in words


def test_it_is_told_why_bubblewrap_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    built = broken_at(tmp_path, 1, 1)
    fake(tmp_path, "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1", monkeypatch)
    repository = Repository.open(built.path)
    with pytest.raises(InputError, match=r"no sandbox: bwrap: setting up uid map: Permission denied, or"):
        Runner(repository, CHECK, mode="required")(built.shas[1])
    caplog.clear()
    assert Runner(repository, CHECK)(built.shas[1]).outcome == "failed"
    assert caplog.messages == ["no sandbox: bwrap: setting up uid map: Permission denied"]


def test_a_home_that_this_account_may_not_read_hides_nothing_and_breaks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("tools.trials.sandbox.shutil.which", lambda _: "/bin/bwrap")
    monkeypatch.setattr("tools.trials.sandbox._refusal", lambda _: None)
    monkeypatch.setattr(Path, "iterdir", refused)
    assert "--ro-bind" in (sandbox(tmp_path) or ())


def test_a_required_sandbox_that_cannot_be_made_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = broken_at(tmp_path, 1, 1)
    ran = tmp_path / "ran"
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InputError, match="install bubblewrap"):
        Runner(Repository.open(built.path), f"touch {ran}", mode="required")(built.shas[1])
    assert not ran.exists()
    monkeypatch.undo()
    runner = Runner(Repository.open(built.path), CHECK, mode="off")
    assert runner(built.shas[1]).outcome == "failed"
    assert not runner.sandboxed
