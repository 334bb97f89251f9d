"""Does blame without a window name the commit that did it? `python -m benchmarks.blame CASES.jsonl... --repos DIR`.

Each labelled incident with a culprit is asked from its trace and its deployed revision alone: no base. The culprit's
place among all commits of the history is counted; the commits it competes with are not limited to a window. Baseline:
who wrote the innermost line of the trace that lies in the repository (`git blame --first-parent`). Each question is
asked twice: the second time what was read is cached, as for the next error of the same program.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from incidents.blame import Blame
from incidents.errors import RedTideError
from service.cli.cases import Broken, read_cases, repository_path
from tools.git.repository import Repository
from tools.ranking.blame import blame
from tools.text.cache import clear_all
from tools.traces import parse
from tools.training.examples import LabelledIncident, with_full_ids
from tools.training.metrics import percentile_95

_PLACES = (1, 3, 10)


class Asked(NamedTuple):
    """One question: the culprit's place, whether the trace reaches the repository, the baseline's hit, and the times."""

    case: LabelledIncident
    place: int | None
    located: bool
    by_line: bool
    first: float
    again: float


def main() -> int:
    """Ask all incidents, print one row for each group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--repos", required=True, type=Path)
    parser.add_argument("--every", type=int, default=1, help="ask every n-th incident")
    parser.add_argument("--out", type=Path, help="write one JSON object for each question")
    arguments = parser.parse_args()
    cases = [each for each in read_cases(arguments.cases) if not isinstance(each, Broken) and each.culprit]
    asked: list[Asked] = []
    for each in _asked(cases[:: arguments.every], arguments.repos):
        asked.append(each)
        if arguments.out:
            with arguments.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"id": each.case.id, "place": each.place, "first": each.first}) + "\n")
    sys.stdout.write(table(asked))
    return 0


def _asked(cases: Iterable[LabelledIncident], folder: Path) -> Iterator[Asked]:
    opened: dict[str, Repository] = {}
    for case in cases:
        path = repository_path(folder, case.repo)
        if path is None:
            continue
        repository = opened.setdefault(case.repo, Repository.open(path))
        try:
            full = with_full_ids(repository, case)
            clear_all()
            first, found = _timed(partial(_blamed, repository, full))
            again, _ = _timed(partial(_blamed, repository, full))
        except RedTideError as error:
            sys.stderr.write(f"{case.id}: {error}\n")
            continue
        order = [each.commit.sha for each in found.changers]
        place = order.index(full.culprit) + 1 if full.culprit in order else None
        located = any(frame.in_app for frame in found.trace.frames)
        yield Asked(full, place, located, _wrote_innermost_line(path, found) == full.culprit, first, again)


def _blamed(repository: Repository, case: LabelledIncident) -> Blame:
    return blame(repository, case.deployed, parse(case.trace), most=1_000)


def _timed(work: Callable[[], Blame]) -> tuple[float, Blame]:
    started = time.process_time()
    found = work()
    return time.process_time() - started, found


def _wrote_innermost_line(path: Path, found: Blame) -> str | None:
    frame = next((each for each in found.trace.frames if each.repo_path and each.line), None)
    if frame is None:
        return None
    lines = f"{frame.line},{frame.line}"
    command = ["git", "-c", "safe.directory=*", "-C", str(path), "blame", "--first-parent", "--porcelain", "-L", lines]
    ran = subprocess.run([*command, found.revision, "--", str(frame.repo_path)], capture_output=True, check=False)
    return ran.stdout[:40].decode() or None


def table(asked: list[Asked]) -> str:
    """The shares of culprits at place 1, among 3 and among 10, and processor seconds."""
    rows = [
        f"{'incidents with a culprit':<34} {'n':>4} {'first':>6} {'of 3':>6} {'of 10':>6} {'line':>6}   "
        f"{'s p50':>6} {'s p95':>6}  {'again':>6} {'p95':>6}"
    ]
    groups: dict[str, list[Asked]] = {}
    for each in asked:
        groups.setdefault(each.case.repo, []).append(each)
    located = [each for each in asked if each.located]
    totals = {
        "a frame in the repository": located,
        "no frame in the repository": [each for each in asked if not each.located],
        "all": asked,
    }
    for title, group in (*sorted(groups.items()), *totals.items()):
        if group:
            rows.append(_row(title, group))
    return "\n".join(rows) + "\n"


def _row(title: str, group: list[Asked]) -> str:
    shares = [sum(each.place is not None and each.place <= most for each in group) / len(group) for most in _PLACES]
    shares.append(sum(each.by_line for each in group) / len(group))
    first, again = [each.first for each in group], [each.again for each in group]
    return (
        f"{title:<34} {len(group):>4} " + " ".join(f"{share:>6.3f}" for share in shares) + f"   {median(first):>6.2f} "
        f"{percentile_95(first):>6.2f}  {median(again):>6.2f} {percentile_95(again):>6.2f}"
    )


if __name__ == "__main__":
    sys.exit(main())
