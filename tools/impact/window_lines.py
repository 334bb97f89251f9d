"""The diffs of a window's commits, and what they did to the lines of the trace's files."""

from collections.abc import Iterator, Mapping, Sequence

from incidents.evidence import Commit
from tools.commits.analysis import ReadCommit, read_commit
from tools.commits.touched_lines import Between, Touch, TouchedLine, touches_of
from tools.git.repository import Repository
from tools.impact.failure_site import FailureSite
from tools.impact.line_origins import Origin
from tools.impact.nearness import nearness_to


def touches_of_trace(
    site: FailureSite, read: Sequence[ReadCommit], between: Between | None
) -> dict[str, tuple[Touch, ...]]:
    """By file of the trace, what the commits did to its lines."""
    lengths = {path: len(site.outlines[path].lines) for path in site.paths}
    return {path: tuple(touches_of(read, path, length, between=between)) for path, length in lengths.items()}


def old_touches(
    path: str, rows: Sequence[Touch], origins: Mapping[str, tuple[Origin, ...]], read: Sequence[ReadCommit]
) -> Iterator[Touch]:
    """The writing of failing lines by commits so old that what lies between them and the window was not read."""
    known = {row.sha for row in rows}
    for commit in read:
        mine = [origin for origin in origins.get(commit.diff.sha, ()) if origin.path == path]
        if mine and commit.diff.sha not in known:
            lines = (TouchedLine(each.line, True, True, each.text, commit.novelty.of(each.text)) for each in mine)
            yield Touch(commit.diff.sha, path, path, tuple(lines), created=False, unread=False)


def read_commits(
    repository: Repository, commits: Sequence[Commit], site: FailureSite, earlier: int
) -> list[ReadCommit]:
    """The commits' diffs, oldest first; the files of the trace are read by the name they had at each commit."""
    names, found, nearness = list(site.paths), list[ReadCommit](), nearness_to(site)
    for number in range(len(commits) - 1, -1, -1):
        found.append(
            read_commit(
                repository, commits[number].sha, names, alone=number < earlier and site.located, nearness=nearness
            )
        )
        moved = ((change.old_path, change.new_path) for change in found[-1].diff.files)
        names += [old for old, new in moved if new in names and old is not None and old not in names]
    return found[::-1]
