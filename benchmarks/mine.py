"""Find labelled incidents in a Python repository's own history, for `redtide train`.

    python -m benchmarks.mine REPOSITORY --name OWNER/NAME --python VENV/bin/python --out incidents.jsonl

A commit that fixes something comes with a test. If that test fails inside the library before the fix, but passes
further back, it was a regression, and bisecting finds its culprit. With `--breaking`, a commit that changed tests is
tried with these tests as they were before: if one passes before the commit and fails inside the library with it, the
commit broke the old behaviour. `VENV` contains pytest and the dependencies (an editable install of the clone in
`--scratch` is enough). A run can be stopped at any time; the next one continues from there.
"""

import argparse
import ast
import json
import random
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.history import HINTS, Commit, history
from benchmarks.regressions import (
    Death,
    Fix,
    Laboratory,
    Regression,
    breakages,
    function,
    git,
    is_test,
    regressions,
    say,
)

DULL = re.compile(
    r"\.(md|rst|txt|toml|cfg|ini|lock|ya?ml)$|(^|/)(_?_?version\w*|setup)\.py$|(^|/)docs?/", re.IGNORECASE
)
LARGE, MANY_TESTS = 40, 12
AFTER, WINDOW, QUIET = 15, (5, 60), 4  # commits from culprit to deploy; in a window; in one without a culprit
COUNTS = 0.5  # weight in training, relative to a real incident
LATEST = 150  # commits from the culprit to the deploy of a window without it
TRIES, MOST = 3, 2  # places tried for a deploy; regressions of one culprit


@dataclass
class Mine:
    """The state of one run."""

    laboratory: Laboratory
    name: str
    out: Path
    seed: int
    line: Sequence[str]
    taken: list[tuple[str, str]]  # culprit and exception of the known incidents
    breaking: bool = False  # whether commits are tried with the tests they changed, in the old version

    def incidents(self, found: Regression) -> Iterator[dict[str, Any]]:
        """Yield an incident with the culprit in its window and, if enough commits followed it, one without.

        The test failed at the end of each window.
        """
        chance = random.Random(f"{self.seed} {found.fix.sha} {found.test}")
        soon = range(found.at, max(-1, found.at - AFTER - 1), -1)
        for at, died in self._deaths(found, [*chance.sample(soon, k=min(TRIES, len(soon))), found.at]):
            size = chance.randint(max(WINDOW[0], found.at - at + 1), WINDOW[1])
            size = self._largest(found, at, min(size, len(found.line) - at - 1))
            yield self._incident(found, at, size, died)
        late = range(max(0, found.at - LATEST), found.at - QUIET + 1)
        for at, died in self._deaths(found, chance.sample(late, k=min(TRIES, len(late)))):
            yield self._incident(found, at, chance.randint(QUIET, min(WINDOW[1], found.at - at)), died)

    def _deaths(self, found: Regression, places: Sequence[int]) -> Iterator[tuple[int, Death]]:
        """Yield the first of these places where the test fails in the same way, if there is one."""
        for at in places:
            ended = self.laboratory.run(found.line[at], found.fix, [function(found.test)]).get(found.test)
            if ended and found.death.like(ended):
                yield at, ended
                return

    def _largest(self, found: Regression, at: int, size: int) -> int:
        """Return the largest window size up to `size` where the test passes at the base.

        What a deploy broke must have worked before it.
        """
        least = found.at - at + 1
        while size > least:
            base = found.line[at + size]
            if self.laboratory.run(base, found.fix, [function(found.test)]).get(found.test, found.death) is None:
                break
            size = least + (size - least) // 2
        return size

    def _incident(self, found: Regression, at: int, size: int, died: Death) -> dict[str, Any]:
        culprit, deployed, window = found.line[found.at], found.line[at], found.line[at : at + size][::-1]
        guilty = culprit in window
        more = f"-{self.known_of(culprit)}" * (self.known_of(culprit) > 0) + "-neg" * (not guilty)
        return {
            "id": f"py-{self.name.partition('/')[2]}-{culprit[:9]}-{found.fix.sha[:9]}{more}",
            **{"repo": self.name, "language": "python", "deployed": deployed, "base": found.line[at + size]},
            **{"window": window, "culprit": culprit if guilty else None},
            **{"trace": died.trace, "exception": died.exception, "message": died.message},
            "source": {"before" if self.breaking else "fix": found.fix.sha, "test": found.test},
            "verified": {"good": found.line[found.at + 1], "bad": culprit, "deployed": deployed},
            **{"kind": "positive" if guilty else "negative", "W": size, "weight": COUNTS},
            "position": window.index(culprit) if guilty else None,
            **{"C_to_D": found.at - at, "C_to_F": found.at + 1},
            **({} if guilty else {"true_origin": culprit}),
        }

    def tests(self, commit: Commit) -> Fix | None:
        """Return the tests to run for a commit that touches library and tests, or None.

        They are taken from the commit itself, or from its parent with `--breaking`.
        """
        tests = [path for path in commit.paths if is_test(path)]
        source = [path for path in commit.paths if path.endswith(".py") and not is_test(path) and not DULL.search(path)]
        if not source or not tests or len(commit.paths) > LARGE:
            return None
        parent = git(self.laboratory.checkout, "rev-parse", f"{commit.sha}^").strip()
        of, other = (parent, commit.sha) if self.breaking else (commit.sha, parent)
        there = sorted(
            set(git(self.laboratory.checkout, "ls-tree", "-r", "--name-only", of, "--", *tests).splitlines())
        )
        functions = [each for path in there if path.endswith(".py") for each in self._differ(path, of, other)]
        return Fix(of, there, functions[:MANY_TESTS]) if functions else None

    def _differ(self, path: str, of: str, other: str) -> Iterator[str]:
        """Yield the test functions of a file that are different or missing in the other revision."""
        ours, theirs = (self._functions(f"{revision}:{path}") for revision in (of, other))
        yield from (f"{path}::{name}" for name, code in ours.items() if theirs.get(name) != code)

    def _functions(self, blob: str) -> dict[str, str]:
        checkout = self.laboratory.checkout
        if not git(checkout, "ls-tree", *blob.split(":", 1)):
            return {}
        try:
            return dict(_functions(ast.parse(git(checkout, "show", blob)), ""))
        except SyntaxError:  # code for another Python version, or data that only looks like code
            return {}

    def known_of(self, culprit: str) -> int:
        """Return how many regressions of this commit are already known."""
        return sum(culprit == each for each, _ in self.taken)

    def new(self, found: Regression) -> bool:
        """Return whether the culprit changed code at all, and this failure of it is not known."""
        culprit = found.line[found.at]
        if (culprit, found.death.exception) in self.taken or self.known_of(culprit) >= MOST:
            return False
        changed = git(self.laboratory.checkout, "diff", "--name-only", f"{culprit}^", culprit).splitlines()
        return any(not DULL.search(path) and not is_test(path) for path in changed)

    def dig(self, commit: Commit) -> None:
        """Examine one commit and append the incidents it gives."""
        tests = self.tests(commit)
        for found in self._broken(commit, tests) if tests else ():
            if not self.new(found):
                continue
            culprit, rows = found.line[found.at], list(self.incidents(found))
            with self.out.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(incident) + "\n" for incident in rows)
            self.taken.append((culprit, found.death.exception))
            say(f"{self.name} {culprit[:9]} broke {found.test}: {found.death.exception} ({len(rows)})")

    def _broken(self, commit: Commit, tests: Fix) -> Iterator[Regression]:
        at = self.line.index(commit.sha)
        if self.breaking:
            return breakages(self.laboratory, tests, self.line, at)
        return regressions(self.laboratory, tests, self.line[at + 1 :])


def _functions(tree: ast.AST, prefix: str) -> Iterator[tuple[str, str]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield prefix + node.name, ast.dump(node)


def known(files: Sequence[Path], name: str) -> list[dict[str, Any]]:
    """Return the repository's incidents with a culprit that the files already contain."""
    rows = [json.loads(line) for file in files if file.exists() for line in file.read_text("utf-8").splitlines()]
    return [row for row in rows if row["repo"] == name and row["culprit"]]


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--name", required=True, help="owner/name, as the incidents are to call it")
    parser.add_argument("--python", type=Path, required=True, help="interpreter that has pytest and the dependencies")
    parser.add_argument("--out", type=Path, required=True, help="JSON lines are appended here")
    parser.add_argument("--scratch", type=Path, required=True, help="the clone to run in; made if it is not there")
    parser.add_argument("--known", type=Path, nargs="*", default=[], help="files of incidents whose culprits are known")
    parser.add_argument("--root", action="append", help="folder to import from (default: src and .)")
    parser.add_argument("--pytest", action="append", default=[], metavar="WORD", help="one more word for pytest")
    parser.add_argument("--revision", default="HEAD", help="the newest commit; one as old as the dependencies, say")
    parser.add_argument(
        "--breaking", action="store_true", help="try commits with the tests they changed, as these were"
    )
    parser.add_argument("--commits", type=int, default=1200)
    parser.add_argument(
        "--hints", type=int, default=len(HINTS), help="0: only messages that speak of a regression; ..."
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--timeout", type=float, default=60, help="seconds for one run of pytest")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(words)


def dig_all(mine: Mine, commits: Sequence[Commit], examined: Path, until: float) -> None:
    """Examine every commit until the time is up; each is noted once it is done."""
    for commit in commits:
        if time.monotonic() > until:
            return say(f"{mine.name}: time is up")
        mine.laboratory.seen.clear()
        try:
            mine.dig(commit)
        except subprocess.CalledProcessError as error:  # for example an object that the clone lacks
            say(f"  {commit.sha[:9]}: {error.stderr.decode(errors='replace').strip()[:200]}")
        with examined.open("a") as file:
            file.write(f"{commit.sha}\n")
    return None


def main(words: Sequence[str] | None = None) -> None:
    """Mine until the commits or the minutes are used up."""
    asked = arguments(words)
    until = time.monotonic() + 60 * asked.minutes
    scratch, head = asked.scratch.resolve(), git(asked.repository, "rev-parse", asked.revision).strip()
    if not scratch.exists():
        git(Path(), "clone", "-q", "--shared", str(asked.repository), str(scratch))
    rows, examined = (
        known([asked.out, *asked.known], asked.name),
        scratch.parent / f"{scratch.name}.examined{'-breaking' * asked.breaking}",
    )
    done = {row["source"].get("fix") for row in rows} | set(examined.read_text().split() if examined.exists() else ())
    hints = len(HINTS) if asked.breaking else asked.hints
    commits = [each for each in history(scratch, head, asked.commits) if each.worth()[0] <= hints]
    fresh = sorted((each for each in commits if each.sha not in done), key=Commit.worth)
    line = git(scratch, "rev-list", "--first-parent", head).splitlines()
    python, roots = asked.python.absolute(), asked.root or ("src", ".")
    with closing(Laboratory(scratch, python, roots, asked.pytest, asked.timeout)) as laboratory:
        taken = [(row["culprit"], row["exception"]) for row in rows]
        mine = Mine(laboratory, asked.name, asked.out, asked.seed, line, taken, asked.breaking)
        dig_all(mine, fresh, examined, until)


if __name__ == "__main__":
    main()
