"""Reasons to look twice before a revert is merged, read from what it changes at the head."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Final

from incidents.revert import Risk
from tools.commits.switches import switches_turned
from tools.git.diff import CommitDiff, FileChange
from tools.revert.attempt import Workbench
from tools.revert.migrations import is_migration, is_schema
from tools.text.redaction import redact_code

_OLD: Final = timedelta(days=14)
_MANY_COMMITS: Final = 200
_MANY_FILES: Final = 20
_MANY_LINES: Final = 500
_LISTED: Final = 5
_LOCK: Final = re.compile(
    r"(^|/)(composer\.lock|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock|"
    r"pdm\.lock|pipfile\.lock|gemfile\.lock|go\.sum|cargo\.lock|[^/]*\.lockfile|mix\.lock|packages\.lock\.json|requirements/[^/]*\.lock)$",
    re.IGNORECASE,
)
_GENERATED_PATH: Final = re.compile(
    r"(^|/)(dist|generated|__generated__|gen)/|[._-]generated\.|\.min\.(js|css)$|\.pb\.go$|_pb2(_grpc)?\.py$|\.map$|(^|/)bundle\.js$"
)
_GENERATED_TEXT: Final = re.compile(
    r"@generated\b|\bcode generated\b.{0,80}\bdo not edit\b|\bautomatically generated\b", re.I
)
_HEAD_OF_FILE: Final = 1_000


def risks_of(bench: Workbench, revert: CommitDiff, protected: Sequence[str]) -> tuple[Risk, ...]:
    """Return the risks, each kind together. `protected` are patterns of paths, as in `fnmatch`, that people guard."""
    files = [*_of_files(bench, revert.files, protected)]
    order = {kind: number for number, kind in enumerate(dict.fromkeys(risk.kind for risk in files))}
    return (*sorted(files, key=lambda risk: order[risk.kind]), *_flags(revert), *_age(bench), *_size(revert))


def _of_files(bench: Workbench, files: Sequence[FileChange], protected: Sequence[str]) -> Iterator[Risk]:
    for file in files:
        for path in dict.fromkeys(path for path in (file.old_path, file.new_path) if path is not None):
            if is_migration(path):
                yield Risk(kind="migration", path=path, detail=_of_migration(file))
            elif is_schema(path):
                yield Risk(kind="schema", path=path, detail="describes data that other programs store or exchange")
            if _LOCK.search(path):
                yield Risk(kind="lock_file", path=path, detail="packages change with it: install them anew")
            if pattern := next((each for each in protected if fnmatchcase(path, each)), None):
                yield Risk(kind="protected_path", path=path, detail=f"matches {pattern}")
            if _GENERATED_PATH.search(path) or _says_generated(bench, path):
                yield Risk(kind="generated_file", path=path, detail="made by a program: make it anew after the revert")


def _of_migration(file: FileChange) -> str:
    if file.new_path is None:
        return "the revert deletes this migration; what it did to a database stays"
    return "the revert changes this migration; databases that ran it do not run it again"


def _says_generated(bench: Workbench, path: str) -> bool:
    text = bench.planned.text(bench.head, path)
    return text is not None and _GENERATED_TEXT.search(text[:_HEAD_OF_FILE]) is not None


def _flags(revert: CommitDiff) -> Iterator[Risk]:
    for switch in switches_turned(revert, redact_code)[:_LISTED]:
        name = switch.names[0] if switch.names else "a flag"
        detail = f"turns {name} from {switch.before} to {switch.after} (line {switch.line})"
        yield Risk(kind="flag", path=switch.path, detail=detail)


def _age(bench: Workbench) -> Iterator[Risk]:
    commit, head = (bench.planned.commit(sha).committed_at for sha in (bench.commit, bench.head))
    since, many = head - commit, len(bench.later.commits)
    if since > _OLD or many > _MANY_COMMITS or not bench.later.whole:
        more = "" if bench.later.whole else "more than "
        yield Risk(kind="age", detail=f"{since.days} days and {more}{many} commits lie between it and the head")


def _size(revert: CommitDiff) -> Iterator[Risk]:
    lines = sum(file.added_lines + file.removed_lines for file in revert.files)
    if revert.file_count > _MANY_FILES or lines > _MANY_LINES:
        yield Risk(kind="size", detail=f"{revert.file_count} files, {lines} lines")
