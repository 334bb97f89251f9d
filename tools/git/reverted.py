"""Find the commits of the window that were reverted inside it: proven by content, not only by message."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from incidents.errors import IncompleteRepository, UnknownRevision
from incidents.evidence import Commit
from tools.git.changed_files import ChangedFile, changed_files
from tools.git.diff import CommitDiff, DiffLimits, commit_diff
from tools.git.first_parents import first_parents
from tools.git.repository import Repository

_SPEAKS_OF_IT: Final = re.compile(r"\b(?:revert|reappl|back(?:ed|s|ing)?[ -]?out|undo)", re.IGNORECASE)
_SHA: Final = re.compile(r"\b[0-9a-f]{7,40}\b", re.IGNORECASE)
_TITLE: Final = re.compile(r'^[ \t*-]{0,8}(revert|reapply)[: \t]{1,3}["“]?(.{1,500}?)[ \t]{0,8}$', re.I | re.M)
_NUMBER: Final = re.compile(r"#(\d{1,9})\b")
_PULL_REQUESTS: Final = re.compile(r"(?:\s{0,4}\(#\d{1,9}\)){1,4}\s{0,4}$")
_READ_OF_A_MESSAGE: Final = 20_000
_SUBJECT: Final = 1_000
_BROUGHT_IN: Final = 50  # commits of a merge that are examined
_UNDONE: Final = 0.9  # of a commit's lines; the rest may be conflicts that were resolved by hand
_LIMITS: Final = DiffLimits(files=300, lines=40_000, lines_per_file=4_000)


def reverted_in_window(repository: Repository, window: Sequence[Commit]) -> dict[str, str]:
    """Return reverted sha -> reverting sha, both from `window` (oldest first).

    Candidates are commits whose files a later one restores, and those that a later message names ("This reverts commit
    <sha>", `Revert "<subject>"`, a pull request's number; for a merge, in any commit it merged). The content decides:
    at least 90 % of the reverted commit's lines must be undone. A revert that was itself reverted inside the window has
    no effect: then only the revert is listed.
    """
    seen = {commit.sha for commit in window}
    mentions = [_Mentions.by(repository, commit, seen) for commit in window]
    put_back = _put_back(repository, window)
    reverted: dict[str, str] = {}
    for position in range(len(window) - 1, -1, -1):  # newest first: the revert of a revert is known before the revert
        undoing = window[position].sha
        if undoing in reverted:
            continue
        named = [mentions[older].sha for older in range(position) if mentions[position].names(mentions[older])]
        for sha in dict.fromkeys([*put_back.get(undoing, ()), *named]):
            if sha not in reverted and undone_share(repository, sha, undoing) >= _UNDONE:
                reverted[sha] = undoing
    return reverted


def undone_share(repository: Repository, commit: str, by: str) -> float:
    """Return the share (0..1) of the lines added or removed by `commit` that the commit `by` reverted, file by file.

    A file that `by` restores exactly counts in full, so binary and huge files are covered too.
    """
    before, after = _files(repository, commit), _files(repository, by)
    exact = {file.swapped() for file in after}
    left = {file.path for file in before if _tells_nothing(file) or file not in exact}
    if not left:
        return float(bool(before))
    if not _names(before) & _names(after):
        return 0.0
    return _undone_lines(repository, commit, by, left)


def _undone_lines(repository: Repository, commit: str, by: str, left: Collection[str]) -> float:
    """Return `undone_share` where the files `left` were not restored exactly and are compared line by line."""
    done = commit_diff(repository, commit, limits=_LIMITS, wanted=left)
    undoing = commit_diff(repository, by, limits=_LIMITS, wanted=left)
    missing = _lines(done, left) - _lines(undoing, left, backwards=True)
    total = sum(change.added_lines + change.removed_lines for change in done.files)
    return 1 - missing.total() / total if total and not _unread(done, left) else 0.0


def _files(repository: Repository, sha: str) -> tuple[ChangedFile, ...]:
    """The files that a commit changed; none at the edge of a shallow clone, where nobody knows them."""
    try:
        return changed_files(repository, repository.raw_commit(sha))
    except IncompleteRepository:
        return ()


def _tells_nothing(file: ChangedFile) -> bool:
    """Return whether both sides look the same, as for a changed mode or submodule.

    Then nothing proves that the change was reverted.
    """
    return (file.old_path, file.old_id) == (file.new_path, file.new_id)


def _names(files: Sequence[ChangedFile]) -> set[str]:
    return {path for file in files for path in (file.old_path, file.new_path) if path is not None}


def _unread(diff: CommitDiff, paths: Collection[str]) -> bool:
    return any(change.path in paths and (change.truncated or change.binary) for change in diff.files)


def _lines(diff: CommitDiff, paths: Collection[str], *, backwards: bool = False) -> Counter[tuple[bool, str]]:
    """Return how often each (whether added, line) is in the diff of `paths`, or in the reversed diff."""
    lines: Counter[tuple[bool, str]] = Counter()
    for change in diff.files:
        if change.old_path in paths or change.new_path in paths:
            for hunk in change.hunks:
                lines.update((not backwards, line.strip()) for line in hunk.added)
                lines.update((backwards, line.strip()) for line in hunk.removed)
    return lines


def _put_back(repository: Repository, window: Sequence[Commit]) -> dict[str, list[str]]:
    """Return later sha -> the earlier commits whose files it restores, all of them, to the previous version."""
    made_by: dict[ChangedFile, set[int]] = defaultdict(set)
    changed = [_files(repository, commit.sha) for commit in window]
    for position, files in enumerate(changed):
        for file in files:
            if not _tells_nothing(file):
                made_by[file].add(position)
    found: dict[str, list[str]] = {}
    for position, files in enumerate(changed):
        undoing = [made_by.get(file.swapped(), set()) for file in files]
        for later in set.intersection(*undoing) if undoing else ():
            if later > position:
                found.setdefault(window[later].sha, []).append(window[position].sha)
    return found


@dataclass(frozen=True, slots=True)
class _Mentions:
    """The names of a commit and of the commits it merged, and what their messages claim to revert."""

    sha: str
    shas: tuple[str, ...]
    titles: frozenset[str]
    numbers: frozenset[str]
    undone_shas: tuple[str, ...] = ()
    undone_titles: frozenset[str] = frozenset()
    undone_numbers: frozenset[str] = frozenset()

    @classmethod
    def by(cls, repository: Repository, commit: Commit, seen: set[str]) -> "_Mentions":
        brought = _brought_in(repository, commit, seen)
        # Not redacted, which takes ten times as long: nothing of these texts leaves this file.
        messages = [repository.whole_message(sha)[:_READ_OF_A_MESSAGE] for sha in (commit.sha, *brought)]
        subjects = [message.lstrip().partition("\n")[0].rstrip()[:_SUBJECT] for message in messages]
        claims = [message for message in messages if _SPEAKS_OF_IT.search(message)]
        return cls(
            sha=commit.sha,
            shas=(commit.sha, *brought),
            titles=frozenset(map(_bare, subjects)),
            numbers=frozenset(_NUMBER.findall(subjects[0])),
            undone_shas=tuple(sha.lower() for text in claims for sha in _SHA.findall(text)),
            undone_titles=frozenset(title for text in claims for title in _undone_titles(text)),
            undone_numbers=frozenset(number for text in claims for number in _NUMBER.findall(text)),
        )

    def names(self, older: "_Mentions") -> bool:
        """Return whether the messages claim to revert `older`."""
        if self.undone_titles & older.titles or self.undone_numbers & older.numbers:
            return True
        return bool(self.undone_shas) and any(sha.startswith(self.undone_shas) for sha in older.shas)


def _undone_titles(message: str) -> Iterator[str]:
    for verb, title in _TITLE.findall(message):
        yield _bare(title if verb.lower() == "revert" else f'Revert "{title}"')


def _bare(subject: str) -> str:
    """Return a subject without quotes and without the pull request numbers that squash merges append."""
    return _PULL_REQUESTS.sub("", re.sub(r"[\"“”]", "", subject)).strip().lower()


def _brought_in(repository: Repository, commit: Commit, seen: set[str]) -> tuple[str, ...]:
    """Return the commits that a merge added besides its first parent's, as far as they are not in `seen` yet.

    A branch older than the window continues into the main line. That is harmless, because the content decides, and
    short, because another merge has already seen those commits: the exact answer would cost a walk of the history per
    merge.
    """
    brought: list[str] = []
    if len(commit.parents) < 2:
        return ()
    try:
        for each in islice(first_parents(repository, commit.parents[1]), _BROUGHT_IN):
            if (sha := str(each.id)) in seen:
                break
            seen.add(sha)
            brought.append(sha)
    except (IncompleteRepository, UnknownRevision):  # the edge of a shallow clone: it has not even the branch's tip
        pass
    return tuple(brought)
