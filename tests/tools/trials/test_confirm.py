"""Trials on real histories: the culprit is confirmed, refuted, or left open, in as few runs as it takes."""

import os
from pathlib import Path
from threading import Thread

import pytest

from incidents.confirmation import Trial
from incidents.errors import WorkInterrupted
from tests.tools.trials.histories import CHECK, broken_at, window_of
from tools.git.repository import Repository
from tools.trials.bisection import Bisection, Window
from tools.trials.confirm import Runner, confirm


def test_a_right_suspicion_takes_two_runs(tmp_path: Path) -> None:
    built = broken_at(tmp_path, 7, 12)
    runner = Runner(Repository.open(built.path), CHECK)
    found = confirm(runner, window_of(built), {built.shas[7]: 0.9}, suspected=built.shas[7])
    assert (found.confirmed, found.culprit, found.flaky) == (True, built.shas[7], False)
    assert [trial.commit for trial in found.trials] in (
        [built.shas[7], built.shas[6]],
        [built.shas[6], built.shas[7]],
    )


def test_a_wrong_suspicion_is_refuted_and_the_right_commit_found(tmp_path: Path) -> None:
    built = broken_at(tmp_path, 3, 12)
    runner = Runner(Repository.open(built.path), CHECK)
    found = confirm(runner, window_of(built), {built.shas[7]: 0.9}, suspected=built.shas[7])
    assert (found.confirmed, found.culprit) == (False, built.shas[3])


def test_without_probabilities_the_window_is_halved(tmp_path: Path) -> None:
    built = broken_at(tmp_path, 29, 40)
    found = confirm(Runner(Repository.open(built.path), CHECK), window_of(built), {})
    assert (found.confirmed, found.culprit) == (True, built.shas[29])
    assert len(found.trials) <= 11


def test_a_command_that_always_fails_tells_nothing(tmp_path: Path) -> None:
    built = broken_at(tmp_path, 3, 6)
    found = confirm(
        Runner(Repository.open(built.path), "false"), window_of(built), {built.shas[3]: 0.9}, suspected=built.shas[3]
    )
    assert found.confirmed is None
    assert "already before the window" in found.detail


@pytest.mark.parametrize(("command", "said"), [("./no-such-check", "not found"), ("./.", "status 126")])
def test_a_command_that_cannot_be_run_ends_the_trials_and_is_said(tmp_path: Path, command: str, said: str) -> None:
    built = broken_at(tmp_path, 3, 20)
    found = confirm(Runner(Repository.open(built.path), command), window_of(built), {})
    assert (found.confirmed, len(found.trials)) == (None, 3)
    assert "the command cannot be run" in found.detail
    assert said in found.detail


def test_a_command_that_is_missing_only_in_old_commits_is_still_decided(tmp_path: Path) -> None:
    built = broken_at(tmp_path, 5, 9)
    missing = f"test $REDTIDE_COMMIT = {built.shas[8]} && exit 127; {CHECK}"
    found = confirm(Runner(Repository.open(built.path), missing), window_of(built), {})
    assert (found.proven, found.about(built.shas[5]), found.about(built.shas[6])) == (built.shas[5], True, False)


def test_what_was_stopped_raises_and_leaves_no_process(tmp_path: Path) -> None:
    built = broken_at(tmp_path, 1, 2)
    os.mkfifo(tmp_path / "pid")  # whoever reads waits until the command has begun
    runner = Runner(Repository.open(built.path), f"echo $$ > {tmp_path}/pid; sleep 600", mode="off")
    begun: list[str] = []

    def stop_it() -> None:
        begun.append((tmp_path / "pid").read_text().strip())
        runner.stop.set()

    thread = Thread(target=stop_it)
    thread.start()
    with pytest.raises(WorkInterrupted):
        runner(built.shas[1])
    thread.join()
    assert not Path(f"/proc/{begun[0]}").exists()


def test_a_command_that_always_passes_tells_nothing(tmp_path: Path) -> None:
    built = broken_at(tmp_path, 3, 6)
    found = confirm(
        Runner(Repository.open(built.path), "true"), window_of(built), {built.shas[3]: 0.9}, suspected=built.shas[3]
    )
    assert found.confirmed is None
    assert "does not show this error" in found.detail
    assert len(found.trials) <= 6


def test_a_command_that_passes_at_the_deployed_revision_is_repeated_there_and_nowhere_else(tmp_path: Path) -> None:
    built = broken_at(tmp_path, 3, 20)
    found = confirm(Runner(Repository.open(built.path), "true"), window_of(built), {})
    assert [trial.commit for trial in found.trials] == [built.shas[20]] * 4
    assert "does not fail at the deployed revision" in found.detail


def test_commits_that_cannot_be_tested_are_stepped_over(tmp_path: Path) -> None:
    built = broken_at(tmp_path, 5, 9)
    skipped = f"test $REDTIDE_COMMIT = {built.shas[8]} && exit 125; {CHECK}"
    found = confirm(Runner(Repository.open(built.path), skipped), window_of(built), {})
    assert (found.confirmed, found.culprit) == (True, built.shas[5])

    beside = f"test $REDTIDE_COMMIT = {built.shas[4]} && exit 125; {CHECK}"
    open_still = confirm(
        Runner(Repository.open(built.path), beside), window_of(built), {built.shas[5]: 0.6}, suspected=built.shas[5]
    )
    assert open_still.confirmed is None  # the fault may be the commit that could not be tested


def test_a_flaky_command_is_repeated_until_chance_explains_nothing(tmp_path: Path) -> None:
    """It fails at every third run, wherever it is run; from the culprit on it always fails."""
    built = broken_at(tmp_path, 11, 20)
    count = tmp_path / "count"
    flaky = f"n=$(cat {count} 2>/dev/null || echo 0); echo $((n+1)) > {count}; test $((n % 3)) = 2 && exit 1; {CHECK}"
    runner = Runner(Repository.open(built.path), flaky, mode="off")
    found = confirm(runner, window_of(built), {built.shas[11]: 0.6}, suspected=built.shas[11])
    assert (found.confirmed, found.culprit) == (True, built.shas[11])
    assert len(found.trials) > 2


def test_the_number_of_runs_is_bounded(tmp_path: Path) -> None:
    built = broken_at(tmp_path, 29, 40)
    found = confirm(Runner(Repository.open(built.path), CHECK), window_of(built), {}, most=3)
    assert (len(found.trials), found.confirmed) == (3, None)
    assert "not decided after 3 runs" in found.detail


@pytest.mark.parametrize("true", range(1, 41))
def test_decided_commands_end_right_wherever_the_culprit_is(true: int) -> None:
    commits = [f"{number:040x}" for number in range(1, 41)]
    window = Window("0" * 40, commits)
    position = {sha: number for number, sha in enumerate([window.base, *commits])}

    def run(sha: str) -> Trial:
        return Trial(commit=sha, outcome="failed" if position[sha] >= true else "passed")

    halved = Bisection(window, {}, run)
    halved.finish()
    assert halved.leading[0] == true
    assert halved.seen
    told = Bisection(window, {commits[true - 1]: 0.8}, run)
    told.finish()
    assert told.leading[0] == true
    assert len(told.trials) <= 3
