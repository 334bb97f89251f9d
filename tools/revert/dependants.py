"""Which later commits a planned revert would leave broken: they wrote lines that use what it takes away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from incidents.revert import Dependant
from tools.git.blame import window_blame
from tools.git.changed_files import ChangedFile, changed_files
from tools.git.diff import CommitDiff, FileChange
from tools.git.file_history import step_between
from tools.git.repository import Repository
from tools.revert.attempt import Workbench
from tools.revert.gone import Gone, names_gone
from tools.revert.later import Later
from tools.revert.uses import UseLine, uses_left
from tools.text.redaction import redact_code

_BLAMED_FILES: Final = 12
_MOST: Final = 30


@dataclass(frozen=True, slots=True)
class Broken:
    """The dependants, newest commit first and one for each commit and name; what was not searched, in words."""

    dependants: tuple[Dependant, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Planned:
    """A revert as a commit of a scratch repository. `origin` wrote the lines that no later commit wrote.

    That is the merge that brought the reverted commit, or, where only a part is reverted, the commit itself.
    """

    repository: Repository
    revert: CommitDiff
    later: Later
    origin: str | None


def broken_by(bench: Workbench, commits: Sequence[str], revert: CommitDiff) -> Broken:
    """Return the commits that a planned revert leaves broken, as far as the files that changed since show it.

    `revert` is what undoing `commits` changes at the head.
    """
    merge = bench.later.merge if bench.later.merge not in commits else None
    planned = _Planned(bench.planned, revert, bench.later, bench.commit if bench.only else merge)
    tree = bench.planned.tree_of(bench.planned.raw_commit(revert.sha))
    found = uses_left(bench.planned, names_gone(revert), bench.before, tree)
    by_file = {path: list(lines) for path, lines in groupby(found.lines, key=lambda use: use.path)}
    rows = [row for path in list(by_file)[:_BLAMED_FILES] for row in _of_file(planned, by_file[path])]
    first = {(row.commit, row.name): row for row in reversed(rows)}.values()
    ordered = sorted(first, key=lambda row: (-bench.later.position(row.commit), row.path, row.line or 0))
    gaps = (*_gaps(revert, bench.later, found.unread, len(by_file)), *_unreadable(uncounted(bench.planned, revert)))
    return Broken(tuple(ordered[:_MOST]), gaps)


def uncounted(repository: Repository, diff: CommitDiff) -> int:
    """How many files of the diff have no lines that can be counted: binary ones, submodules, and what is too large."""
    changed = changed_files(repository, repository.raw_commit(diff.sha))
    modules = {each.path for each in changed if _submodule(each)}
    return sum(each.path in modules or _without_lines(each) for each in diff.files)


def _submodule(file: ChangedFile) -> bool:
    sides = ((file.old_path, file.old_id), (file.new_path, file.new_id))
    return any(path is not None and oid is None for path, oid in sides)


def _without_lines(file: FileChange) -> bool:
    return file.binary or (file.truncated and not file.added_lines + file.removed_lines)


def _unreadable(files: int) -> Iterator[str]:
    if files:
        yield f"{files} file{'' if files == 1 else 's'} without readable lines"


def _of_file(planned: _Planned, uses: Sequence[UseLine]) -> Iterator[Dependant]:
    """The commits that wrote the lines of one file."""
    repository, later, path = planned.repository, planned.later, uses[0].path
    made = repository.raw_commit(planned.revert.sha)
    head = repository.first_parent(made)
    step = step_between(repository, head, made, path, path)
    if head is None or step is None:
        return
    lines = {step.before(use.line): use.gone for use in uses if not step.wrote(use.line)}
    blamed = window_blame(repository, later.commits, str(head.id), path, lines)
    for line, gone in lines.items():
        commit = blamed[line].sha if line in blamed else planned.origin
        if commit is not None:
            yield _dependant(repository, commit, gone, path, line)


def _dependant(repository: Repository, commit: str, gone: Gone, path: str, line: int) -> Dependant:
    title, name = repository.commit(commit).subject, redact_code(gone.name)
    return Dependant(commit=commit, title=title, uses=gone.uses, name=name, path=path, line=line)


def _gaps(diff: CommitDiff, later: Later, unread: int, files: int) -> Iterator[str]:
    if not later.whole:
        yield f"only the newest {len(later.commits)} later commits were searched"
    if unread:
        yield f"{unread} files were not searched: too many, too large or absent"
    if diff.truncated:
        yield "not every line of the revert was read"
    if files > _BLAMED_FILES:
        yield f"of {files} files that may use what goes, {_BLAMED_FILES} were examined"
