"""How the Bayesian bisection ends on made-up histories, with decided and with flaky commands.

    python -m benchmarks.flaky_bisection [--histories N] [--seed SEED]

Windows of 10, 20 or 40 commits. `one`: the evidence gives one commit 0.8, and that is the culprit in 8 of 10. `five`: it
gives five commits 0.3 to 0.05, and the culprit is among them in at least 8 of 10. Nothing is run: outcomes are drawn.
"""

import argparse
import random
import statistics
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from incidents.confirmation import Trial
from tools.trials.bisection import Bisection, Window

_BASE: Final = "base"
_FIVE: Final = (0.3, 0.2, 0.15, 0.1, 0.05)
_WINDOWS: Final = (10, 20, 40)


class Kind(NamedTuple):
    """How often a run at a good commit fails, and one at a bad commit passes."""

    name: str
    fails_when_good: float
    passes_when_bad: float


KINDS: Final = (
    Kind("decided", 0, 0),
    Kind("fails 1 in 3 when good", 1 / 3, 0),
    Kind("passes 1 in 3 when bad", 0, 1 / 3),
)


def evidence(chance: random.Random, commits: Sequence[str], culprit: str, names: str) -> Mapping[str, float]:
    """What is known beforehand about each commit."""
    right = chance.random() < 0.8
    if names == "one":
        named = culprit if right else chance.choice(commits)
        return dict.fromkeys(commits, 0.2 / len(commits)) | {named: 0.8}
    five = chance.sample(commits, len(_FIVE))
    if right and culprit not in five:
        five[0] = culprit
    return dict(zip(five, _FIVE, strict=True))


def ended(chance: random.Random, kind: Kind, names: str) -> tuple[str, int]:
    """How one history ends (right, wrong, open), and after how many runs."""
    commits = [f"{number:040x}" for number in range(1, chance.choice(_WINDOWS) + 1)]
    culprit = chance.choice(commits)

    def run(commit: str) -> Trial:
        bad = commit != _BASE and commit >= culprit
        failed = chance.random() >= kind.passes_when_bad if bad else chance.random() < kind.fails_when_good
        return Trial(commit=commit, outcome="failed" if failed else "passed")

    bisection = Bisection(Window(_BASE, commits), evidence(chance, commits, culprit, names), run)
    bisection.finish()
    position, probability = bisection.leading
    if probability < bisection.needed or not bisection.seen or not 0 < position <= len(commits):
        return "open", len(bisection.trials)
    return "right" if commits[position - 1] == culprit else "wrong", len(bisection.trials)


def main() -> None:
    """Print a line for each kind of command and of evidence."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--histories", type=int, default=150, metavar="N", help="of each kind (default: 150)")
    parser.add_argument("--seed", default="1")
    arguments = parser.parse_args()
    for names in ("one", "five"):
        for kind in KINDS:
            chance = random.Random(f"{arguments.seed} {names} {kind.name}")
            results = [ended(chance, kind, names) for _ in range(arguments.histories)]
            counts = Counter(how for how, _ in results)
            mean = statistics.mean(runs for _, runs in results)
            told = ", ".join(f"{counts[how]} {how}" for how in ("right", "wrong", "open"))
            sys.stdout.write(f"evidence names {names:<5} {kind.name:<24} {mean:5.1f} runs, {told}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
