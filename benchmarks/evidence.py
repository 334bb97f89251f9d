"""How long gathering evidence takes, and its memory: `python -m benchmarks.evidence CASES.jsonl... --repos DIR`.

Every incident is gathered with its own window and with windows of 40, 100 and 400 commits that end at the same
revision, each twice: what was read for the first error of a deploy is cached for later ones (`tools/text/cache.py`).
All caches are cleared before each first time. The first incident of a repository is not counted, because it opens
packs.
"""

import argparse
import resource
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

from incidents.errors import RedTideError
from service.cli.cases import Broken, read_cases, repository_path
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.text.cache import clear_all
from tools.traces import parse
from tools.training.examples import LabelledIncident
from tools.training.metrics import percentile_95

_SIZES = (40, 100, 400)


def main() -> int:
    """Measure and print one row for each window size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--repos", required=True, type=Path)
    parser.add_argument("--every", type=int, default=1, help="measure every n-th incident")
    arguments = parser.parse_args()
    cases = [case for case in read_cases(arguments.cases) if not isinstance(case, Broken)]
    times: dict[str, list[float]] = defaultdict(list)
    opened: dict[str, Repository] = {}
    for case in cases[:: arguments.every]:
        path = repository_path(arguments.repos, case.repo)
        if path is None:
            continue
        fresh = case.repo not in opened
        repository = opened.setdefault(case.repo, Repository.open(path))
        for title, base in _bases(repository, case):
            clear_all()
            for which in ("first", "again"):
                seconds = _seconds(repository, base, case)
                if seconds is not None and not fresh:
                    times[f"{title}, {which}"].append(seconds)
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
    started = time.perf_counter()
    try:
        gather(repository, base, case.deployed, parse(case.trace))
    except RedTideError:
        return None
    return time.perf_counter() - started


def _print(times: dict[str, list[float]]) -> None:
    rows = [f"{'window':<18} {'incidents':>9} {'median s':>9} {'p95 s':>7} {'max s':>7}"]
    for title, values in times.items():
        slow = percentile_95(values) or 0.0
        rows.append(f"{title:<18} {len(values):>9} {median(values):>9.3f} {slow:>7.3f} {max(values):>7.3f}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write("\n".join([*rows, f"peak memory {memory:.0f} MB"]) + "\n")


if __name__ == "__main__":
    sys.exit(main())
