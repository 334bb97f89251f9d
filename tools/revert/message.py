"""The commit message of a revert: what `git revert` writes, what goes with it, and the reason.

Titles and file names are strangers' words: no forge and no CI acts on them once the message is pushed.
"""

from collections.abc import Iterator, Sequence

from tools.git.repository import Repository
from tools.text.unacted import one_line


def message_of(repository: Repository, commit: str, commits: Sequence[str], only: Sequence[str], reason: str) -> str:
    """Return the message. Every reverted commit has git's line "This reverts commit <sha>", which forges and tools read."""
    why = f"\n{reason.strip()}\n" if reason.strip() else ""
    return f"{_title(repository, commit, commits, only)}\n\n{''.join(_body(repository, commits, only))}{why}"


def _title(repository: Repository, commit: str, commits: Sequence[str], only: Sequence[str]) -> str:
    subject = one_line(repository.commit(commit).subject)
    if only:
        return f'Revert part of "{subject}"'
    others = len(commits) - 1
    more = f" and {others} later commit{'s' if others > 1 else ''}" if others else ""
    return f'Revert "{subject}"{more}'


def _body(repository: Repository, commits: Sequence[str], only: Sequence[str]) -> Iterator[str]:
    for sha in commits:
        commit = repository.commit(sha)
        if only:
            yield f"This reverts only a part of commit {sha}:\n" + "".join(f"- {one_line(path)}\n" for path in only)
            continue
        merged = f", reversing\nchanges made to {commit.parents[0]}" if len(commit.parents) > 1 else ""
        yield f"This reverts commit {sha}{merged}.\n"
    if len(commits) > 1:
        yield "\n" + "".join(f"- {sha[:12]} {one_line(repository.commit(sha).subject[:100])}\n" for sha in commits)
