"""Runs that the Bayesian bisection needs beside `git bisect`, on labelled incidents with their own failing test.

    python -m benchmarks.bisection CASES.jsonl --repos DIR [--python PATH] [--commands FILE] [--flaky]
        [--repo OWNER/NAME ...] [--id ID ...] [--most N]

The command is the incident's test, as the fix of the error left it, run by PATH (an environment with pytest and what the
project needs; `{name}` stands for the repository's name) in the sandbox, where there is one. Programs below /tmp are not
seen there. --commands gives another command, where the test shows more than this error. With --flaky it fails one time in
three where it passes. Without --python nothing is run: the outcome at each commit is that of the label, which was found by
running that test. The order of trials follows the evidence of the trace alone. `git bisect run --first-parent` halves the
same window in a clone; its outcomes are those of the label, so nothing is run twice; with --flaky it is tried ten times.
"""

import argparse
import asyncio
import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from graph.investigation import investigate
from graph.ports import OneRepository
from graph.request import Request
from graph.state import Context
from incidents.alert import Alert
from incidents.confirmation import Confirmation, Trial
from tools.git.repository import Repository
from tools.trials.bisection import Window
from tools.trials.confirm import Runner, confirm

Case = Mapping[str, Any]
GUILTY = "git merge-base --is-ancestor {culprit} BISECT_HEAD && exit 1; {else_}"
CHANCE = "[ $(($(od -An -N2 -tu2 /dev/urandom) % 3)) -ne 0 ]"
"""A shell's condition that fails one time in three."""
GIT_TRIES = 10


class ByGit(NamedTuple):
    """What `git bisect run` came to: the mean of its runs, and how many of its tries ended with the labelled culprit."""

    runs: float
    right: int
    tries: int


class Compared(NamedTuple):
    """One incident: our trials, and those of `git bisect`."""

    case: Case
    found: Confirmation
    git: ByGit

    @property
    def right(self) -> bool:
        """Whether the labelled culprit was confirmed."""
        return bool(self.found.confirmed) and self.found.culprit == self.case["culprit"]


def command(case: Case, python: str) -> str:
    """The test of the fix, in the work tree of another commit."""
    test = str(case["source"]["test"])
    path = python.format(name=case["repo"].split("/")[1])
    words = (
        *(path, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-c", "/dev/null", "-o", "asyncio_mode=auto"),
        *("--rootdir", ".", test),
    )
    files = shlex.join(files_of(test))
    return (
        f"git checkout -q {case['source']['fix']} -- {files} || exit 125; PYTHONPATH=$PWD/src:$PWD {shlex.join(words)}"
    )


def files_of(test: str) -> tuple[str, ...]:
    """What is taken from the fix: the test's file, and for mypy also that of its cases."""
    file, *names = test.split("::")
    return (file, *(f"test-data/unit/{each}" for each in names if each.endswith(".test")))


def probabilities(repository: Repository, case: Case) -> dict[str, float]:
    """What the trace alone says about each commit."""
    alert = Alert(
        service="benchmark",
        environment="local",
        repository="benchmark",
        base=case["base"],
        deployed=case["deployed"],
        stack_trace=case["trace"],
    )
    found = asyncio.run(investigate(Context(repositories=OneRepository(repository)), Request.about(alert)))
    return {suspect.commit.sha: suspect.probability for suspect in found.evidence.suspects}


def by_git(source: Path, case: Case, *, flaky: bool) -> ByGit:
    """Let `git bisect run` halve the same window, with the outcomes of the label."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "-q", "-n", "--shared", str(source), folder], check=True)
        printed = [bisected(folder, case, CHANCE if flaky else "exit 0") for _ in range(GIT_TRIES if flaky else 1)]
    right = sum(f"{case['culprit']} is the first bad commit" in each for each in printed)
    return ByGit(sum(each.count("running ") for each in printed) / len(printed), right, len(printed))


def bisected(folder: str, case: Case, otherwise: str) -> str:
    """What `git bisect run` prints."""
    git = ("git", "-C", folder, "bisect")
    start = (*git, "start", "--first-parent", "--no-checkout", case["deployed"], case["base"])
    subprocess.run(start, check=True, capture_output=True)
    script = GUILTY.format(culprit=case["culprit"], else_=otherwise)
    return subprocess.run((*git, "run", "sh", "-c", script), check=True, capture_output=True, text=True).stdout


def labelled_runs(case: Case, runner: Runner) -> Runner:
    """The runner with the outcomes of the label in the place of the command."""
    bad = set(case["window"][case["window"].index(case["culprit"]) :])

    class Labelled(Runner):
        def __call__(self, commit: str) -> Trial:
            return Trial(commit=commit, outcome="failed" if commit in bad else "passed")

    return Labelled(runner.repository, runner.command)


def compared(
    cases: Sequence[Case], repos: Path, python: str | None, given: Mapping[str, str], *, flaky: bool
) -> Iterator[Compared]:
    """Run each incident, with the `given` command where there is one."""
    for case in cases:
        source = (repos / f"{case['repo'].replace('/', '+')}.git").resolve()
        repository = Repository.open(source)
        shown = given.get(case["id"]) or command(case, python or "python")
        tried = f"({shown}) || exit $?; {CHANCE}" if flaky else shown
        runner = Runner(repository, tried, seconds=600, reported=show_trial)
        if python is None:
            runner = labelled_runs(case, runner)
        window = Window(repository.resolve(case["base"]), case["window"])
        found = confirm(runner, window, probabilities(repository, case))
        yield Compared(case, found, by_git(source, case, flaky=flaky))


def show_trial(trial: Trial) -> None:
    """Print a run, and where it cannot be tested its last words."""
    words = trial.output.strip().splitlines()[-1:] if trial.outcome == "untestable" else []
    sys.stderr.write(f"    {trial.outcome:<10} {trial.seconds:6.1f} s {trial.commit[:12]} {' '.join(words)[:150]}\n")


def main() -> None:
    """Print a line for each incident, then the sums."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--python", metavar="PATH")
    parser.add_argument(
        "--commands", type=Path, metavar="FILE", help="JSON: incident -> a command in place of its test"
    )
    parser.add_argument("--flaky", action="store_true", help="the command fails one time in three where it passes")
    parser.add_argument("--repo", action="append", help="only incidents of this repository")
    parser.add_argument("--id", action="append", help="only this incident")
    parser.add_argument("--most", type=int, default=20, metavar="N", help="most incidents of all (default: 20)")
    arguments = parser.parse_args()
    labelled = [json.loads(line) for line in arguments.cases.read_text().splitlines()]
    wanted = [case for case in labelled if case["repo"] in (arguments.repo or [case["repo"]])]
    cases = [case for case in wanted if case["culprit"] and case["id"] in (arguments.id or [case["id"]])]
    if arguments.flaky and arguments.python is None:
        parser.error("--flaky: needs --python, because without it nothing is run")
    rows = []
    given = json.loads(arguments.commands.read_text()) if arguments.commands else {}
    for row in compared(cases[: arguments.most], arguments.repos, arguments.python, given, flaky=arguments.flaky):
        rows.append(row)
        sys.stdout.write(line_of(row))
        sys.stdout.flush()
    decided = [row for row in rows if row.right]
    sys.stdout.write(
        f"{len(decided)} of {len(rows)} right; runs in these: {sum(len(row.found.trials) for row in decided)}, "
        f"git bisect {sum(row.git.runs for row in decided):g}; "
        f"git right in {sum(row.git.right for row in rows)} of {sum(row.git.tries for row in rows)} tries\n"
    )


def line_of(row: Compared) -> str:
    """One incident in a line."""
    outcome = "right" if row.right else f"WRONG {row.found.culprit}" if row.found.confirmed else row.found.detail
    where = "sandbox" if row.found.sandboxed else "no sandbox"
    return (
        f"{row.case['id']:<44}{len(row.case['window']):>3} commits {len(row.found.trials):>3} runs ({where}), "
        f"git {row.git.runs:g} ({row.git.right} of {row.git.tries} right): {outcome}\n"
    )


if __name__ == "__main__":
    main()
