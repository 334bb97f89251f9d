"""Planned reverts against the git command line, on real history.

    python -m benchmarks.reverts --repos DIR [--labels FILE] [--only KIND]
    python -m benchmarks.reverts --repos DIR --recent owner/name      only the time, of 60 of its newest 400 commits

Each labelled commit is planned on a labelled head, and reverted there by `git revert` in a clone that shares the objects
and has an empty sparse checkout. They agree when both give the same tree, or both conflict in the same files. Seconds are
processor time of this process for the whole plan: merge, dependants, risks and alternatives.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from random import Random
from typing import NamedTuple, TypedDict

from incidents.revert import RevertPlan
from tools.git.default_branch import default_branch
from tools.git.first_parents import first_parents
from tools.git.repository import Repository
from tools.revert.plan import plan_revert

LABELS = Path(__file__).parent / "labels" / "reverts.jsonl"
RECENT, DRAWN = 400, 60
WHO = {f"GIT_{role}_{part}": "benchmark@localhost" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_EDITOR": "true"}


class Unanswered(Exception):
    """git could not tell, as for objects that the mirror lacks."""


class Case(TypedDict):
    """One revert: a commit of `repo` (owner/name), on top of `head`; `kind` is what is special about it."""

    repo: str
    kind: str
    commit: str
    head: str


class Compared(NamedTuple):
    """A plan beside what git did."""

    case: Case
    plan: RevertPlan
    tree: str | None
    conflicts: list[str]
    seconds: float

    @property
    def agrees(self) -> bool:
        """Whether both give the same tree, or conflict in the same files."""
        if self.tree is not None:
            return self.plan.tree == self.tree
        return self.plan.tree is None and sorted(conflict.path for conflict in self.plan.conflicts) == self.conflicts


class Clone:
    """A clone that shares the objects of a repository and checks nothing out."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "clone", "-q", "-n", "--shared", str(source), str(folder)], check=True)
        self.git("config", "core.sparseCheckout", "true")
        (folder / ".git" / "info" / "sparse-checkout").write_text("/nothing-is-checked-out\n")

    def git(self, *arguments: str, check: bool = True) -> str:
        """Run git and return what it prints. A mirror may lack large files: git then dies, which is no answer."""
        command = ["git", "-C", str(self.folder), "-c", "core.quotePath=false", *arguments]
        environment = {**os.environ, **ALONE, **WHO}
        done = subprocess.run(command, check=check, capture_output=True, env=environment)
        if b"fatal: " in done.stderr:
            raise Unanswered(done.stderr.decode(errors="replace").strip().splitlines()[-1])
        return done.stdout.decode(errors="replace").strip()

    def reverted(self, case: Case) -> tuple[str | None, list[str]]:
        """Revert as a person would; return the tree, or the conflicting files."""
        self.git("update-ref", "--no-deref", "HEAD", case["head"])
        self.git("read-tree", "--reset", "-u", case["head"])
        mainline = ["-m", "1"] if len(self.git("rev-list", "--parents", "-1", case["commit"]).split()) > 2 else []
        self.git("revert", "--no-edit", *mainline, case["commit"], check=False)
        files = set(self.git("diff", "--name-only", "--diff-filter=U").splitlines())
        tree = None if files else self.git("rev-parse", "HEAD^{tree}")
        self.git("revert", "--quit", check=False)
        return tree, sorted(files)


def compared(cases: Sequence[Case], repos: Path) -> Iterator[Compared]:
    """Compare case by case; one clone for each repository."""
    for name, group in groupby(cases, key=lambda case: case["repo"]):
        source = repos / f"{name.replace('/', '+')}.git"
        with tempfile.TemporaryDirectory() as folder:
            clone, repository = Clone(source.resolve(), Path(folder) / "clone"), Repository.open(source)
            for case in group:
                started = time.process_time()
                plan = plan_revert(repository, case["commit"], case["head"])
                seconds = time.process_time() - started
                try:
                    yield Compared(case, plan, *clone.reverted(case), seconds)
                except Unanswered as error:
                    sys.stderr.write(f"left out, git cannot tell: {json.dumps(case)}: {error}\n")


def table(rows: Sequence[Compared]) -> Iterator[str]:
    """Lines by kind, the time, and each case that differs."""
    by_kind: defaultdict[str, list[Compared]] = defaultdict(list)
    for row in rows:
        by_kind[row.case["kind"]].append(row)
    yield f"{'kind':<16}{'reverts':>8}{'agree':>7}{'clean':>7}{'conflict':>9}"
    for kind, found in (*sorted(by_kind.items()), ("all", list(rows))):
        clean = sum(row.tree is not None for row in found)
        yield f"{kind:<16}{len(found):>8}{sum(row.agrees for row in found):>7}{clean:>7}{len(found) - clean:>9}"
    yield _times([row.seconds for row in rows])
    yield f"clean plans with dependants: {sum(bool(row.plan.dependants) for row in rows)}"
    yield "slowest: " + ", ".join(
        f"{row.case['repo']} {row.case['commit'][:10]} {row.seconds:.2f}"
        for row in sorted(rows, key=lambda row: -row.seconds)[:8]
    )
    for row in rows:
        if not row.agrees:
            planned = sorted(conflict.path for conflict in row.plan.conflicts)
            yield f"differs: {json.dumps(row.case)}\n  git  {row.tree} {row.conflicts[:6]}\n  plan {row.plan.tree} {planned[:6]}"


def _times(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    middle, late = ordered[len(ordered) // 2], ordered[int(0.95 * (len(ordered) - 1))]
    return f"planning, processor seconds: median {middle:.3f}, p95 {late:.3f}, worst {ordered[-1]:.3f}"


def recent(repository: Repository) -> str:
    """The time of planning recent commits of the main line, each on the newest head."""
    head = default_branch(repository).sha
    line = [str(commit.id) for commit in islice(first_parents(repository, head), RECENT)]
    seconds = []
    for sha in Random(17).sample(line, min(DRAWN, len(line))):
        started = time.process_time()
        plan_revert(repository, sha, head)
        seconds.append(time.process_time() - started)
    return f"{len(seconds)} of the newest {len(line)} commits; {_times(seconds)}\n"


def main() -> int:
    """Compare the labelled reverts; status 1 when one differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--only", metavar="KIND")
    parser.add_argument("--recent", metavar="NAME")
    arguments = parser.parse_args()
    if arguments.recent:
        sys.stdout.write(recent(Repository.open(arguments.repos / f"{arguments.recent.replace('/', '+')}.git")))
        return 0
    cases: list[Case] = [json.loads(line) for line in arguments.labels.read_text().splitlines()]
    chosen = sorted((case for case in cases if arguments.only in (None, case["kind"])), key=lambda case: case["repo"])
    rows = list(compared(chosen, arguments.repos))
    sys.stdout.write("\n".join([*table(rows), ""]))
    return 0 if all(row.agrees for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
