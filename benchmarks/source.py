"""Time for finding symbols in a repository, as a table with ratios.

    python -m benchmarks.source PATH [--revision HEAD] [--questions 100]

The first query to a new index (cold), then queries for names drawn from the repository itself, each for the first time
(warm) and again, against the naive way: `git grep` for the name, then parsing every file it names. Processor seconds of
this process (on a busy machine the wall clock also measures other programs), except for git's own.
"""

import argparse
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tree_sitter import Tree

from tools.git.repository import Repository
from tools.source.definitions import symbols_of
from tools.source.grammar import parse_tree
from tools.source.index import SourceIndex
from tools.source.languages import language_of
from tools.source.parsed import MAX_SOURCE_BYTES, ParseCache
from tools.source.syntax import Symbol

NAIVE_QUESTIONS = 5


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def row(name: str, value: float, note: str = "") -> None:
    sys.stdout.write(f"{name:<44}{value * 1000:>10.1f} ms   {note}\n")
    sys.stdout.flush()


def names_of(repository: Repository, revision: str, count: int) -> list[str]:
    """Return names defined in files drawn at random, the same ones in every run."""
    draw = random.Random(7)
    index = SourceIndex(repository, revision)
    files = list(index.files)
    draw.shuffle(files)
    names: set[str] = set()
    for file in files:
        outline = index.outline(file.path)
        names.update(symbol.name for symbol in draw.sample(outline, min(2, len(outline))))
        if len(names) >= count:
            break
    return sorted(names)


def naive(path: Path, repository: Repository, revision: str, name: str) -> tuple[float, float, int]:
    """Return the seconds of `git grep` (wall), of parsing every file it names, and the number of files."""
    command = ["git", "-C", str(path), "grep", "-lzw", "-F", "-e", name, revision]
    started = time.perf_counter()
    found = subprocess.run(command, check=False, capture_output=True).stdout.decode(errors="replace").split("\0")
    grepped = time.perf_counter() - started
    paths = [file.partition(":")[2] for file in found if file and language_of(file.partition(":")[2])]
    return grepped, seconds(lambda: [outline(repository, revision, file) for file in paths]), len(paths)


def outline(repository: Repository, revision: str, path: str) -> tuple[Symbol, ...]:
    data, language = repository.file(revision, path), language_of(path)
    if data is None or language is None or len(data) > MAX_SOURCE_BYTES:
        return ()
    tree = parse_tree(language, data)
    return symbols_of(language, path, data, tree) if isinstance(tree, Tree) else ()


def measure_questions(path: Path, revision: str, questions: int) -> None:
    names = names_of(Repository.open(path), revision, questions)
    # The names were drawn through another Repository, but caches are shared by path: cold needs a new process.
    cold = subprocess.run(
        [sys.executable, "-m", "benchmarks.source", str(path), "--revision", revision, "--cold", names[0]],
        check=True,
        capture_output=True,
        text=True,
    )
    sys.stdout.write(cold.stdout)
    repository = Repository.open(path)
    index = SourceIndex(repository, revision)
    index.find(names[0])
    first = sorted(seconds(partial(index.find, name)) for name in names[1:])
    again = [seconds(partial(index.find, name)) for name in names[1:]]
    row(f"warm: {len(first)} new names, median", statistics.median(first))
    row("  95 of 100 within", first[int(len(first) * 0.95)], f"slowest {first[-1] * 1000:.0f} ms")
    row("  asked again, median", statistics.median(again))
    measure_naive(path, repository, revision, index, names)

    sys.stdout.write(f"{len(index.files)} of {len(repository.paths(revision))} files can be read\n")


def measure_naive(path: Path, repository: Repository, revision: str, index: SourceIndex, names: list[str]) -> None:
    """Measure the naive way for a few names, against the same queries to a warm index without cached answers."""
    for name in random.Random(7).sample(names, min(NAIVE_QUESTIONS, len(names))):
        grepped, parsed, files = naive(path, repository, revision, name)
        fresh = SourceIndex(repository, revision)
        fresh.find("")
        ours = seconds(partial(fresh.find, name))
        ratio = (grepped + parsed) / max(ours, 1e-6)
        row(f"naive: {name[:34]}", grepped + parsed, f"{files} files; ours {ours * 1000:.1f} ms: {ratio:.0f} times")


def measure_cold(path: Path, revision: str, name: str) -> None:
    repository = Repository.open(path)
    started = time.perf_counter()
    spent = seconds(lambda: SourceIndex(repository, revision).find(name))
    row("cold: first question", spent, f"{(time.perf_counter() - started) * 1000:.0f} ms by the clock")
    row("  again, through a new index", seconds(lambda: SourceIndex(repository, revision).find(name)))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    sys.stdout.write(f"  memory of the process at most {memory:.0f} MB\n")


def measure_largest_file(path: Path, revision: str) -> None:
    index = SourceIndex(Repository.open(path), revision)
    largest = max(index.files, key=lambda file: len(index.text(file.path) or ""))
    data = (index.text(largest.path) or "").encode()
    parsed = ParseCache().parse(largest.path, data)
    if parsed is None:
        return
    lines = data.count(b"\n") + 1
    row(f"largest file, {lines} lines: parse", seconds(lambda: ParseCache().parse(largest.path, data)), largest.path)
    row("  outline", seconds(lambda: parsed.outline), f"{len(parsed.outline)} symbols")
    middle = lines // 2
    row(
        "  calls and names of 40 lines",
        seconds(lambda: (parsed.calls(middle, middle + 40), parsed.names(middle, middle + 40))),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--revision", default="HEAD")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--cold", metavar="NAME", help="only ask one question in this fresh process")
    arguments = parser.parse_args()
    if arguments.cold:
        measure_cold(arguments.path, arguments.revision, arguments.cold)
        return
    measure_questions(arguments.path, arguments.revision, arguments.questions)
    measure_largest_file(arguments.path, arguments.revision)


if __name__ == "__main__":
    main()
