"""Time for reading a repository, as a table with ratios.

    python -m benchmarks.repository PATH [--revision HEAD] [--no-full-blame]

Window blame against `git blame base..deployed` and against libgit2's blame of all history; diffs of 40 and of 400
commits; one commit that changes 5,000 files. Processor seconds of this process, except for git's own (wall clock).
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pygit2
from pygit2.enums import FileMode

from incidents.evidence import Commit
from tools.git.blame import window_blame
from tools.git.changed_files import changed_files
from tools.git.diff import commit_diff
from tools.git.repository import Repository
from tools.git.reverted import reverted_in_window

FILES = 5_000


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    started = clock()
    work()
    return clock() - started


def row(name: str, value: float, note: str = "") -> None:
    sys.stdout.write(f"{name:<44}{value * 1000:>10.1f} ms   {note}\n")
    sys.stdout.flush()


def busiest_file(repository: Repository, window: Sequence[Commit]) -> str:
    """Return the existing text file that most commits of the window changed."""
    counts = Counter(
        file.path for commit in window for file in changed_files(repository, repository.raw_commit(commit.sha))
    )
    deployed = window[-1].sha
    return next(path for path, _ in counts.most_common() if repository.text(deployed, path))


def measure_blame(path: Path, window: Sequence[Commit], base: str, *, full: bool) -> None:
    deployed = window[-1].sha
    name = busiest_file(Repository.open(path), window)
    fresh = Repository.open(path)  # nothing cached from choosing the file
    lines = range(1, (fresh.text(deployed, name) or "").count("\n") + 2)
    ours = seconds(lambda: window_blame(fresh, window, deployed, name, lines))
    row(f"blame of {len(lines)} lines, {len(window)} commits", ours, name)
    command = ["git", "-C", str(path), "blame", "--first-parent", f"{base}..{deployed}", "--", name]
    git = seconds(lambda: subprocess.run(command, check=True, capture_output=True), time.perf_counter)
    row("  git blame base..deployed", git, f"{git / ours:.1f} times ours")
    if full:
        whole = seconds(lambda: fresh.raw.blame(name, newest_commit=pygit2.Oid(hex=deployed)))
        row("  libgit2 blame of all history", whole, f"{whole / ours:.0f} times ours")


def measure_window(path: Path, revision: str, size: int, *, full: bool) -> None:
    repository = Repository.open(path)
    deployed, base = repository.resolve(revision), repository.resolve(f"{revision}~{size}")
    row(f"window of {size} commits", seconds(lambda: repository.window(base, deployed)))
    window = repository.window(base, deployed)
    row("  diff of every commit", seconds(lambda: [commit_diff(repository, commit.sha) for commit in window]))
    row("  reverts among them", seconds(lambda: reverted_in_window(repository, window)))
    measure_blame(path, window, base, full=full)


@contextmanager
def huge_commit(repository: Repository, head: str) -> Iterator[tuple[Repository, str]]:
    """Yield a temporary repository that borrows the real objects, with one commit that changes 5,000 files."""
    with tempfile.TemporaryDirectory() as folder:
        raw = pygit2.init_repository(folder, bare=True)
        alternates = Path(folder) / "objects" / "info" / "alternates"
        alternates.write_text(f"{(repository.folder / 'objects').resolve()}\n")
        raw = pygit2.Repository(folder)
        parent = raw[head].peel(pygit2.Commit)
        index = pygit2.Index()
        index.read_tree(parent.tree)
        existing = repository.paths(head)[:FILES]
        for path in [*existing, *(f"redtide/{number % 50}/{number}.txt" for number in range(FILES - len(existing)))]:
            text = (repository.file(head, path) or b"") + b"one more line\n"
            index.add(pygit2.IndexEntry(path, raw.create_blob(text), FileMode.BLOB))
        who = pygit2.Signature("benchmark", "benchmark@localhost", 0, 0)
        sha = raw.create_commit(None, who, who, "5,000 files", index.write_tree(raw), [parent.id])
        yield Repository.open(folder), str(sha)


def main() -> None:
    """Measure the repository named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("path", type=Path)
    parser.add_argument("--revision", default="HEAD")
    parser.add_argument("--no-full-blame", action="store_true")
    arguments = parser.parse_args()
    repository = Repository.open(arguments.path)
    listing = seconds(lambda: repository.paths(arguments.revision))
    row("every path", listing, f"{len(repository.paths(arguments.revision))} files")
    for size in (40, 400):
        measure_window(arguments.path, arguments.revision, size, full=not arguments.no_full_blame and size == 40)
    with huge_commit(repository, repository.resolve(arguments.revision)) as (borrowed, sha):
        wanted = borrowed.paths(sha)[-1:]
        row(f"one commit that changes {FILES} files", seconds(lambda: commit_diff(borrowed, sha, wanted=wanted)))


if __name__ == "__main__":
    main()
