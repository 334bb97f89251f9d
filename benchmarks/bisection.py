"""Runs that the Bayesian bisection needs beside `git bisect`, on labelled incidents with their own failing test.

    python -m benchmarks.bisection CASES.jsonl --repos DIR [--python PATH] [--repo OWNER/NAME ...] [--most N]

The command is the incident's test, as the fix of the error left it, run by PATH (an environment with pytest and what the
projects need) in the sandbox, where there is one. Without --python nothing is run: the outcome at each commit is that of
the label, which was found by running that test. The order of trials follows the evidence of the trace alone. `git
bisect run --first-parent` halves the same window in a clone; its outcomes are those of the label, so nothing is run twice.
"""

import argparse
import asyncio
import json
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
GUILTY = "git merge-base --is-ancestor {culprit} BISECT_HEAD && exit 1 || exit 0"


class Compared(NamedTuple):
    """One incident: our trials, and the runs of `git bisect`."""

    case: Case
    found: Confirmation
    git: int

    @property
    def right(self) -> bool:
        """Whether the labelled culprit was confirmed."""
        return bool(self.found.confirmed) and self.found.culprit == self.case["culprit"]


def command(case: Case, python: Path) -> str:
    """The test of the fix, in the work tree of another commit."""
    test = str(case["source"]["test"])
    file = test.split("::")[0]
    wanted = "tests" if file.startswith("tests/") else file
    return (
        f"git checkout -q {case['source']['fix']} -- {wanted} || exit 125; "
        f'PYTHONPATH=$PWD/src:$PWD exec {python} -m pytest -q -x -p no:cacheprovider -c /dev/null --rootdir . "{test}"'
    )


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


def runs_of_git(source: Path, case: Case) -> int:
    """How often `git bisect run` runs its command in the same window."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "-q", "-n", "--shared", str(source), folder], check=True)
        start = [
            "git",
            "-C",
            folder,
            "bisect",
            "start",
            "--first-parent",
            "--no-checkout",
            case["deployed"],
            case["base"],
        ]
        subprocess.run(start, check=True, capture_output=True)
        script = GUILTY.format(culprit=case["culprit"])
        ran = subprocess.run(
            ["git", "-C", folder, "bisect", "run", "sh", "-c", script], check=True, capture_output=True, text=True
        )
        assert f"{case['culprit']} is the first bad commit" in ran.stdout
        return ran.stdout.count("running ")


def labelled_runs(case: Case, runner: Runner) -> Runner:
    """The runner with the outcomes of the label in the place of the command."""
    bad = set(case["window"][case["window"].index(case["culprit"]) :])

    class Labelled(Runner):
        def __call__(self, commit: str) -> Trial:
            return Trial(commit=commit, outcome="failed" if commit in bad else "passed")

    return Labelled(runner.repository, runner.command)


def compared(cases: Sequence[Case], repos: Path, python: Path | None) -> Iterator[Compared]:
    """Run each incident."""
    for case in cases:
        source = (repos / f"{case['repo'].replace('/', '+')}.git").resolve()
        repository = Repository.open(source)
        runner = Runner(repository, command(case, python or Path("python")), seconds=600)
        if python is None:
            runner = labelled_runs(case, runner)
        window = Window(repository.resolve(case["base"]), case["window"])
        found = confirm(runner, window, probabilities(repository, case))
        yield Compared(case, found, runs_of_git(source, case))


def main() -> None:
    """Print a line for each incident, then the sums."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--python", type=Path)
    parser.add_argument("--repo", action="append", help="only incidents of this repository")
    parser.add_argument("--most", type=int, default=20, metavar="N", help="most incidents of all (default: 20)")
    arguments = parser.parse_args()
    labelled = [json.loads(line) for line in arguments.cases.read_text().splitlines()]
    cases = [case for case in labelled if case["culprit"] and case["repo"] in (arguments.repo or [case["repo"]])]
    rows = []
    for row in compared(cases[: arguments.most], arguments.repos, arguments.python):
        rows.append(row)
        outcome = "right" if row.right else row.found.detail
        sys.stdout.write(
            f"{row.case['id']:<44}{len(row.case['window']):>3} commits {len(row.found.trials):>3} runs, git {row.git}: {outcome}\n"
        )
        sys.stdout.flush()
    decided = [row for row in rows if row.right]
    sys.stdout.write(
        f"{len(decided)} of {len(rows)} right; runs in these: {sum(len(row.found.trials) for row in decided)}, "
        f"git bisect {sum(row.git for row in decided)}\n"
    )


if __name__ == "__main__":
    main()
