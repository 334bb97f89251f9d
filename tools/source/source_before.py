"""A function, class or stretch of a file as it was before the deploy, and whether the deploy changed it."""

from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final

from incidents.errors import ToolError
from tools.git.blame import lines_before
from tools.source.deployed import Deployed
from tools.source.file_parts import span
from tools.source.index import SourceIndex
from tools.source.listing import Passage, numbered, printable
from tools.source.lookup import Lookup
from tools.source.syntax import Symbol

_COMPARED: Final = 3_000
_GONE: Final = "-"


def source_before(
    deployed: Deployed, name: str = "", class_name: str = "", path: str = "", first_line: int = 0, last_line: int = 0
) -> str:
    """The definition of that name, or without one the lines of the file, at the revision before the deploy.

    `-` marks the lines that are not there any more. A file that the deploy renamed is found by either name.
    """
    if not (name or class_name or path):
        raise ToolError("give a name, a class_name or a path")
    then = SourceIndex(deployed.repository, deployed.base)
    place = _path_before(deployed, path) if path else ""
    lookup = Lookup(then, deployed.repository, ())
    if not (name or class_name):
        return _lines(deployed, lookup, place, first_line, last_line)
    old = _definition(lookup, name, class_name, place)
    text = (then.text(old.path) or "").split("\n")
    whole = Passage(text, old.start, old.end, path=old.path)
    now = _now(deployed, name, class_name, path)
    head = f"{old.kind} {printable(old.qualified_name)} in {printable(old.path)}, lines {old.start}-{old.end} before the deploy"
    if now is None:
        return _shown(deployed, f"{head}; it is no longer defined", whole, [])
    current = (deployed.index.text(now.path) or "").split("\n")[now.start - 1 : now.end]
    return _shown(deployed, head, whole, current)


def _definition(lookup: Lookup, name: str, class_name: str, path: str) -> Symbol:
    """The definition in the index of that lookup. Raises ToolError."""
    try:
        if name and class_name:
            return lookup.method(class_name, name, path or None).symbol
        return (lookup.function(name, path or None) if name else lookup.class_(class_name, path or None)).symbol
    except ToolError as error:
        raise ToolError(f"before the deploy: {str(error).replace('at the deployed revision', 'there')}") from error


def _now(deployed: Deployed, name: str, class_name: str, path: str) -> Symbol | None:
    try:
        return _definition(deployed.lookup, name, class_name, path)
    except ToolError:
        return None


def _lines(deployed: Deployed, lookup: Lookup, path: str, first_line: int, last_line: int) -> str:
    text = lookup.text(path).removesuffix("\n").split("\n")
    first, last = span(first_line, last_line, len(text))
    if first > len(text):
        raise ToolError(f"{printable(path)} had {len(text)} lines before the deploy")
    now = deployed.repository.text(deployed.revision, path)
    head = f"{printable(path)}, lines {first}-{last} of {len(text)} before the deploy"
    if now is None:
        head += "; the file is no longer there, or was renamed"
    return _shown(deployed, head, Passage(text, first, last, path=path), now.split("\n") if now is not None else [])


def _shown(deployed: Deployed, head: str, then: Passage, current: list[str]) -> str:
    """The old lines; those that the current ones lack are marked. Of an unchanged definition only that is said."""
    old = list(then.lines[then.start - 1 : then.end])
    if old == current:
        return f"{head}: the same as now, the deploy did not change it"
    gone = _gone(old, current) if current else range(len(old))
    marks = {then.start + at: _GONE for at in gone}
    passage = replace(then, end=min(then.end, len(then.lines)), telling=marks if current else ())
    changed = f"{len(marks)} of these lines are" if marks else "none of these lines is"
    title = f"{head}; {changed} gone or changed now{' (-)' if marks else ''}" if current else head
    return "\n".join([title, numbered(passage, marks if current else None, deployed.room - len(title))])


def _gone(old: list[str], current: list[str]) -> list[int]:
    """The positions of the old lines that are not among the current ones."""
    if len(old) + len(current) > _COMPARED:
        there = set(current)
        return [at for at, line in enumerate(old) if line not in there]
    matcher = SequenceMatcher(None, old, current, autojunk=False)
    blocks = matcher.get_matching_blocks()
    same = {block.a + offset for block in blocks for offset in range(block.size)}
    return [at for at in range(len(old)) if at not in same]


def _path_before(deployed: Deployed, path: str) -> str:
    """The file's name before the deploy; `path` itself when it was there, or is not a file as deployed."""
    repository = deployed.repository
    if repository.blob_id(repository.raw_commit(deployed.base), path) is not None:
        return path
    return lines_before(repository, deployed.window, deployed.revision, path, ())[0]
