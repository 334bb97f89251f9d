"""A repository's commits for the miner: what they changed, and whether they mention something that broke."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.regressions import git

PROSE, NEWS = ("*.md", "*.rst", "*.txt"), "[Rr]egress|[Cc]rash|[Tt]raceback|broken? (by|in|since)"
HINTS = (  # commits whose message matches an earlier pattern are examined first
    re.compile(r"regress|broke\b|broken (by|in|since)|no longer|used to|since (#|v?\d|version)", re.IGNORECASE),
    re.compile(r"^(?!feat|add).*(crash|traceback|exception|[a-z]Error\b|raise|fail)", re.IGNORECASE | re.DOTALL),
    re.compile(r"^(?!feat|add|new|support|implement).*(fix|bug|error|correct|handle)", re.IGNORECASE | re.DOTALL),
)
MANY_PATHS = 8


class Commit(NamedTuple):
    """A commit of the first-parent history, compared with its first parent."""

    sha: str
    message: str
    paths: Sequence[str]
    in_news: bool  # a changelog line of the commit mentions something that broke

    def worth(self) -> tuple[int, bool]:
        """Return the sort key for examining commits: smaller comes first.

        Among equals the newest commit comes first, because old ones may need an older Python.
        """
        if self.in_news:
            return 0, len(self.paths) > MANY_PATHS
        hints = (at for at, hint in enumerate(HINTS) if hint.search(self.message))
        return next(hints, len(HINTS)), len(self.paths) > MANY_PATHS


def history(checkout: Path, head: str, commits: int) -> Iterator[Commit]:
    """Yield the newest commits of the first-parent history with their changes."""
    log = ["log", "--first-parent", "--diff-merges=first-parent", "--name-only", "--no-renames", f"-{commits}"]
    news = set(git(checkout, *log[:3], "--format=%H", f"-G{NEWS}", f"-{commits}", head, "--", *PROSE).splitlines())
    for record in git(checkout, *log, "--format=%x00%H%x01%B%x01", head).split("\0")[1:]:
        sha, message, paths = record.split("\1", 2)
        yield Commit(sha, message, paths.strip().splitlines(), sha in news)
