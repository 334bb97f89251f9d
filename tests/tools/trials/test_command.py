"""The owner's command: its exit status, its bounds, and what it does not get to see."""

import os
import select
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from incidents.confirmation import Trial
from tools.trials.command import Command, run_command


def run(folder: Path, text: str, seconds: float = 60) -> Trial:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return run_command(Command(text, seconds), folder, "c" * 40, home)


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        ("true", "passed"),
        ("exit 1", "failed"),
        ("exit 124", "failed"),
        ("exit 125", "untestable"),
        ("./not-there", "untestable"),
        ("touch f; ./f", "untestable"),
        ("kill -TERM $$", "untestable"),
        ("kill -SEGV $$", "failed"),
        ("sh -c 'kill -ABRT $$'; exit $?", "failed"),
        ("exit 143", "untestable"),
    ],
)
def test_the_exit_status_is_read_as_git_bisect_reads_it(tmp_path: Path, command: str, outcome: str) -> None:
    assert run(tmp_path, command).outcome == outcome


def test_a_command_out_of_time_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    trial = run(tmp_path, "sleep 600 & echo $! > child; sleep 600", seconds=0.5)
    assert (trial.outcome, trial.status) == ("timed_out", None)
    child = int((tmp_path / "child").read_text())
    with suppress(ProcessLookupError):  # gone already
        ended, _, _ = select.select([os.pidfd_open(child)], [], [], 60)  # killed, and gone when the machine comes to it
        assert ended


def test_only_the_end_of_what_it_prints_is_remembered(tmp_path: Path) -> None:
    trial = run(tmp_path, "yes 0123456789 | head -c 20000000; echo; echo the end; exit 1")
    assert trial.outcome == "failed"
    assert trial.output.endswith("the end\n")
    assert len(trial.output) <= 4_000


def test_secrets_of_this_process_do_not_reach_the_command_nor_its_output_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDTIDE_GIT_TOKEN", "never-seen")
    key = "AKIA" + "QWERTYUIOPASDFGH"
    trial = run(tmp_path, f"env; echo aws_access_key_id={key}")
    assert "never-seen" not in trial.output
    assert f"REDTIDE_COMMIT={'c' * 40}" in trial.output
    assert key not in trial.output


def test_files_of_the_commit_are_no_settings_of_programs(tmp_path: Path) -> None:
    folder, home = tmp_path / "tree", tmp_path / "home"
    home.mkdir()
    folder.mkdir()
    (folder / ".gitconfig").write_text("[user]\n\tname = from the commit\n")
    told = run_command(Command("echo $HOME; git config user.name; ls -A ~"), folder, "c" * 40, home)
    assert told.output == f"{home}\n"
    (home / ".gitconfig").write_text("[user]\n\tname = written by an earlier command\n")
    assert run_command(Command("git config user.name"), folder, "c" * 40, home).output == ""


def test_its_programs_end_one_another_also_where_signals_are_blocked(tmp_path: Path) -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # as in a replica
    try:
        assert run(tmp_path, "kill -TERM $$; exit 0").status == 128 + signal.SIGTERM
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_it_reads_no_input(tmp_path: Path) -> None:
    assert run(tmp_path, "cat").outcome == "passed"
