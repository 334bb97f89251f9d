"""What a revert takes away that other code can use: definitions, parameters, columns, settings and files."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from incidents.revert import Use
from tools.git.diff import CommitDiff, FileChange
from tools.revert.migrations import columns_on
from tools.source.file_kinds import Kind, kind_of
from tools.source.outline import opened
from tools.text.identifiers import KEYWORDS, STOCK

_MOST: Final = 150
_SHORTEST: Final = 4
_UNTOLD: Final = frozenset(
    {"index", "main", "init", "__init__", "mod", "test", "tests", "readme", "types", "constants"}
)
_CONSTANT: Final = re.compile(
    r"^\s*(?:(?:export|public|private|protected|static|final|const|readonly|pub|let|var)\s+)*"
    r"(?:[\w<>\[\]]+\s+)?\$?([A-Z][A-Z0-9]*_[A-Z0-9_]+)\s*(?::[^=]{1,60})?="
)
_DEFINED: Final = re.compile(r"^\s*#\s*define\s+(\w+)|\bdefine\(\s*['\"](\w+)")
_SETTING: Final = re.compile(r"^[\s-]*['\"]?([A-Za-z][\w.-]{3,80})['\"]?\s*(?:=>|[:=])")
_PARAMETER: Final = re.compile(r"[\w$]+")
_BRACKETS: Final = re.compile(r"\[[^\[\]]*\]")
_TYPE: Final = re.compile(r"(?<!:):(?!:)[^,=)]*")


class Gone(NamedTuple):
    """One name that is gone after the revert. `beside`: it only counts on a line that names this too."""

    uses: Use
    name: str
    path: str
    beside: str = ""


def names_gone(revert: CommitDiff) -> tuple[Gone, ...]:
    """Return what the planned revert removes and does not define anywhere else, at most 150 names."""
    made = {gone.name for change in revert.files for gone in _defined(change, added=True)}
    found = (gone for change in revert.files for gone in _of_file(change) if gone.name not in made or gone.beside)
    return tuple(islice(dict.fromkeys(found), _MOST))


def _of_file(change: FileChange) -> Iterator[Gone]:
    kind = kind_of(change.path)
    if change.new_path is None or (change.old_path is not None and change.old_path != change.new_path):
        yield from _file(change.old_path or change.path, kind)
    if kind is Kind.CODE:
        yield from _defined(change, added=False)
        yield from _parameters(change)
    if kind in (Kind.CODE, Kind.CONFIG):
        rows = (row for hunk in change.hunks for row in hunk.removed)
        yield from (Gone("column", name, change.path) for row in rows for name in columns_on(change.path, row))
    if kind is Kind.CONFIG:
        yield from _settings(change)


def _defined(change: FileChange, *, added: bool) -> Iterator[Gone]:
    """The functions, classes and constants whose first line the revert removes, or adds."""
    for hunk in change.hunks:
        rows = hunk.added if added else hunk.removed
        names = [name for name, *_ in opened(change.path, rows)]
        names += [found for row in rows if len(row) < 400 for found in _constants(row)]
        yield from (Gone("definition", name, change.path) for name in names if _is_telling(name))


def _constants(row: str) -> Iterator[str]:
    for pattern in (_CONSTANT, _DEFINED):
        if match := pattern.search(row):
            yield next(group for group in match.groups() if group)


def _parameters(change: FileChange) -> Iterator[Gone]:
    """The parameters that go from the first line of a function that stays: uses name both."""
    for hunk in change.hunks:
        was, now = _heads(change.path, hunk.removed), _heads(change.path, hunk.added)
        for name in was.keys() & now.keys():
            for parameter in sorted(was[name] - now[name]):
                if _is_telling(parameter):
                    yield Gone("definition", parameter, change.path, beside=name)


def _heads(path: str, rows: tuple[str, ...]) -> dict[str, set[str]]:
    """Each function whose first line is among the rows, with the words between its brackets."""
    heads = ((name, rows[line - 1][:400]) for name, kind, line, _ in opened(path, rows) if kind == "function")
    return {name: set(_PARAMETER.findall(_without_types(head.partition("(")[2]))) for name, head in heads}


def _without_types(parameters: str) -> str:
    """The parameters without what stands after a colon: `text: Mapping[str, Any]` takes the parameter `text`."""
    for _ in range(3):  # brackets in brackets
        parameters = _BRACKETS.sub("", parameters)
    return _TYPE.sub("", parameters)


def _settings(change: FileChange) -> Iterator[Gone]:
    """The keys of a configuration file. A plain word ("name") says nothing: a key has parts."""
    before = {key for hunk in change.hunks for row in hunk.added for key in _keys(row)}
    for hunk in change.hunks:
        keys = (key for row in hunk.removed for key in _keys(row))
        yield from (Gone("setting", key, change.path) for key in keys if key not in before)


def _keys(row: str) -> Iterator[str]:
    match = _SETTING.match(row[:400])
    if match and re.search(r"[_.-]|[a-z][A-Z]", match[1]):
        yield match[1]


def _file(path: str, kind: Kind) -> Iterator[Gone]:
    """The name by which other files load a file that goes: without its ending, or its folder's for `index`."""
    if kind in (Kind.CODE, Kind.CONFIG, Kind.STYLE, Kind.OTHER):
        pure = PurePosixPath(path)
        stem = pure.name.split(".", 1)[0].lstrip("_") or pure.name
        name = pure.parent.name if stem.lower() in _UNTOLD else stem
        if _is_telling(name):
            yield Gone("file", name, path)


def _is_telling(name: str) -> bool:
    return len(name) >= _SHORTEST and name not in KEYWORDS and name.lower() not in STOCK | _UNTOLD
