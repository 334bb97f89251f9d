"""How long gathering evidence takes, and its memory: `python -m benchmarks.evidence CASES.jsonl... --repos DIR`.

Every incident is gathered with its own window and with windows of 40, 100 and 400 commits that end at the same
revision, each twice: what was read for the first error of a deploy is cached for later ones (`tools/text/cache.py`).
All caches are cleared before each first time. The first incident of a repository is not counted, because it opens
packs.

Seconds are of the processor, so that other programs on the machine do not count. Baseline, in the same run: what git
itself needs to print the diffs of the window (`git log --first-parent -p`); its ratio does not depend on the machine.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import NamedTuple

from incidents.errors import RedTideError
from service.cli.cases import Broken, read_cases, repository_path
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.text.cache import clear_all
from tools.traces import parse
from tools.training.examples import LabelledIncident
from tools.training.metrics import percentile_95

_SIZES = (40, 100, 400)


class Timed(NamedTuple):
    """Processor seconds of one gathering, and those that git took to print the diffs of its window."""

    seconds: float
    git: float


def main() -> int:
    """Measure and print one row for each window size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--repos", required=True, type=Path)
    parser.add_argument("--every", type=int, default=1, help="measure every n-th incident")
    arguments = parser.parse_args()
    cases = [case for case in read_cases(arguments.cases) if not isinstance(case, Broken)]
    times: dict[str, list[Timed]] = defaultdict(list)
    opened: dict[str, Repository] = {}
    for case in cases[:: arguments.every]:
        path = repository_path(arguments.repos, case.repo)
        if path is None:
            continue
        fresh = case.repo not in opened
        repository = opened.setdefault(case.repo, Repository.open(path))
        for title, base in _bases(repository, case):
            git = _seconds_of_git(path, base, case.deployed)
            clear_all()
            for which in ("first", "again"):
                seconds = _seconds(repository, base, case)
                if seconds is not None and not fresh:
                    times[f"{title}, {which}"].append(Timed(seconds, git))
    _print(times)
    return 0


def _bases(repository: Repository, case: LabelledIncident) -> list[tuple[str, str]]:
    """Return (window size, base revision): the case's own, and longer ones as far as the history was fetched."""
    found = [("as given", case.base)]
    sha, length = case.deployed, 0
    try:
        while length < max(_SIZES) and (parents := repository.commit(sha).parents):
            sha, length = parents[0], length + 1
            if length in _SIZES:
                found.append((f"{length} commits", sha))
    except RedTideError:
        return found
    return found


def _seconds(repository: Repository, base: str, case: LabelledIncident) -> float | None:
    started = time.process_time()
    try:
        gather(repository, base, case.deployed, parse(case.trace))
    except RedTideError:
        return None
    return time.process_time() - started


def _seconds_of_git(path: Path, base: str, deployed: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["git", "-c", "safe.directory=*", "-C", str(path), "log", "--first-parent", "-p", f"{base}..{deployed}"]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _print(times: dict[str, list[Timed]]) -> None:
    rows = [f"{'window':<18} {'incidents':>9} {'median s':>9} {'p95 s':>7} {'max s':>7} {'git s':>7} {'of git':>7}"]
    for title, values in times.items():
        seconds = [each.seconds for each in values]
        slow = percentile_95(seconds) or 0.0
        git, ratio = median(each.git for each in values), sum(seconds) / sum(each.git for each in values)
        rows.append(
            f"{title:<18} {len(values):>9} {median(seconds):>9.3f} {slow:>7.3f} {max(seconds):>7.3f} "
            f"{git:>7.3f} {ratio:>7.2f}"
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write("\n".join([*rows, f"peak memory {memory:.0f} MB"]) + "\n")


if __name__ == "__main__":
    sys.exit(main())
