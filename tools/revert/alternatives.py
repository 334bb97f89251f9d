"""What would end the errors with less damage than the revert of a whole commit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from incidents.revert import Alternative
from tools.commits.dependencies import dependencies_moved
from tools.commits.switches import switches_turned
from tools.git.changed_files import changed_files
from tools.git.diff import CommitDiff, commit_diff
from tools.revert.attempt import Workbench
from tools.revert.migrations import is_migration, loses_data
from tools.source.file_kinds import HARMLESS, kind_of
from tools.text.redaction import redact_code

_LISTED: Final = 3


def alternatives_to(bench: Workbench, failing: Sequence[str]) -> tuple[Alternative, ...]:
    """Return the alternatives, those that change least first. `failing` are the files of the error."""
    diff = commit_diff(bench.planned, bench.commit)
    return (*_flags(diff), *_pins(bench), *_partial(bench, failing), *_migrations(diff))


def _flags(diff: CommitDiff) -> Iterator[Alternative]:
    for switch in switches_turned(diff, redact_code)[:_LISTED]:
        name = switch.names[0] if switch.names else "the value"
        place = f"{switch.path}:{switch.line}"
        yield Alternative(
            kind="turn_flag",
            detail=f"turn {name} back from {switch.after} to {switch.before} ({place})",
            paths=(switch.path,),
        )


def _pins(bench: Workbench) -> Iterator[Alternative]:
    moved = dependencies_moved(bench.planned, bench.commit)
    back = {each.name: each for each in moved if each.before and each.after and each.kind != "runtime"}
    for each in list(back.values())[:_LISTED]:
        yield Alternative(
            kind="pin_dependency",
            detail=f"go back from {each.name} {each.after} to {each.before} ({each.path})",
            paths=(each.path,),
        )


def _partial(bench: Workbench, failing: Sequence[str]) -> Iterator[Alternative]:
    """Only the files of the error, when the commit changed other code too."""
    if bench.only:
        return
    changed = [file.path for file in changed_files(bench.planned, bench.planned.raw_commit(bench.commit))]
    chosen = tuple(path for path in changed if path in set(failing))
    others = [path for path in changed if path not in chosen and kind_of(path) not in HARMLESS]
    if chosen and others:
        part = replace(bench, only=chosen)
        clean = part.undone((bench.commit,)).tree is not None
        outcome = "it reverts cleanly" if clean else "it conflicts too"
        detail = f"only the files of the error, of {len(changed)} that the commit changed: {outcome}"
        yield Alternative(kind="partial", detail=detail, paths=chosen)


def _migrations(diff: CommitDiff) -> Iterator[Alternative]:
    for file in [file for file in diff.files if file.new_path is not None and is_migration(file.new_path)][:_LISTED]:
        lost = any(loses_data(row) for hunk in file.hunks for row in hunk.added)
        why = (
            "it changes or removes data, which no revert brings back" if lost else "a revert does not undo what it did"
        )
        yield Alternative(
            kind="migrate_forward",
            detail=f"write a migration that undoes {file.path}: {why}",
            paths=(file.path,),
        )
