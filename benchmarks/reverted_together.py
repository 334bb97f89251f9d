"""The set of a planned revert against what people reverted together, on real history.

    python -m benchmarks.reverted_together --repos DIR [--labels FILE] [--all]

Each label names commits that one revert, or several in a row, took back. The set is planned for the oldest of them, on the
commit before the reverts. It contains the others, or it is told what the plan says without them: people also revert
together what does not depend on each other.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict

from incidents.errors import InputError
from incidents.revert import RevertPlan
from tools.git.repository import Repository
from tools.revert.attempt import Workbench
from tools.revert.later import later_commits
from tools.revert.plan import plan_revert, plan_revert_set
from tools.revert.scratch import scratch_repository

LABELS = Path(__file__).parent / "labels" / "reverted_together.jsonl"


class Group(TypedDict):
    """Commits of `repo` (owner/name) that were reverted together, oldest first, on top of `head`."""

    repo: str
    commits: list[str]
    head: str


class Found(NamedTuple):
    """The set that was planned for the oldest commit, and the plan of that commit alone.

    `theirs`: the reverts of what people took back apply, newest first, without a hand.
    """

    group: Group
    alone: RevertPlan
    whole: RevertPlan
    theirs: bool
    seconds: float

    @property
    def missing(self) -> set[str]:
        """What people reverted with it and the set lacks."""
        return set(self.group["commits"]) - set(self.whole.commits)

    @property
    def outcome(self) -> str:
        """In words, why the set is as it is."""
        if not self.missing:
            extra = len(self.whole.commits) - len(self.group["commits"])
            return "contains them" if not extra else "contains them, and more"
        if self.whole.already_reverted:
            return "undone already"
        if not self.whole.clean:
            return f"no set: conflicts remain{'' if self.theirs else ', in what people reverted too'}"
        if len(self.whole.commits) > 1:
            return "another set, clean without them"
        return "clean without them" if not self.whole.gaps else "clean without them, not all was searched"


def found(groups: Sequence[Group], repos: Path) -> Iterator[Found]:
    """Plan each group."""
    for group in groups:
        repository = Repository.open(repos / f"{group['repo'].replace('/', '+')}.git")
        oldest = group["commits"][0]
        try:
            alone = plan_revert(repository, oldest, group["head"])
            started = time.process_time()
            whole = plan_revert_set(repository, oldest, group["head"])
        except InputError as error:
            sys.stderr.write(f"{group['repo']} {oldest[:12]}: {error}\n")
            continue
        seconds = time.process_time() - started
        yield Found(group, alone, whole, _applies(repository, group), seconds)


def _applies(repository: Repository, group: Group) -> bool:
    later = later_commits(repository, group["commits"][0], group["head"])
    assert later is not None, "it was planned"
    with scratch_repository(repository) as scratch:
        bench = Workbench(repository, scratch, group["commits"][0], group["head"], later)
        return bench.undone(bench.ordered(group["commits"])).tree is not None


def main() -> None:
    """Print how often the sets contain what people reverted together."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--all", action="store_true", help="print each group")
    arguments = parser.parse_args()
    groups: list[Group] = [json.loads(line) for line in arguments.labels.read_text().splitlines()]
    rows = list(found(groups, arguments.repos))
    needed = [row for row in rows if not row.alone.clean or row.alone.dependants]
    for outcome, number in Counter(row.outcome for row in rows).most_common():
        sys.stdout.write(f"{number:>4}  {outcome}\n")
    within = sum(not row.missing for row in needed)
    sys.stdout.write(
        f"{len(rows)} groups; {len(needed)} conflict or are used when reverted alone: {within} of these contain all\n"
    )
    applying = [row for row in needed if row.theirs and not row.whole.already_reverted]
    within = sum(not row.missing for row in applying)
    sys.stdout.write(f"of {len(applying)} of them what people reverted applies without a hand: {within} contain all\n")
    seconds = sorted(row.seconds for row in rows)
    sys.stdout.write(
        f"processor seconds of a set: median {seconds[len(seconds) // 2]:.2f}, p95 {seconds[int(0.95 * (len(seconds) - 1))]:.2f}\n"
    )
    for row in rows if arguments.all else ():
        group = row.group
        shas = " ".join(sha[:10] for sha in group["commits"])
        sys.stdout.write(
            f"{row.outcome}: {group['repo']} {shas} on {group['head'][:10]}; set {[sha[:10] for sha in row.whole.commits]}\n"
        )


if __name__ == "__main__":
    main()
