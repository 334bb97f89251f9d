"""Which commits last added or removed a name, in the window and before it, as text."""

import re
from typing import Final

from tools.git.name_history import NameHistory, Occurrence
from tools.source.deployed import Deployed
from tools.source.index import SourceIndex
from tools.source.listing import SHA_CHARACTERS, bounded, printable
from tools.source.lookup import checked
from tools.source.naming import sought

_NAME: Final = re.compile(r"[\w$?!-]+")
_IN_WINDOW: Final = 6
_BEFORE: Final = 3
_FILES: Final = 5
_FOLLOWED: Final = 30


def name_history(deployed: Deployed, name: str, path: str = "") -> str:
    """The newest commits that added or removed `name`, each with its files; `path` narrows to one file."""
    word = _word(checked(name, "name"))
    paths = (path,) if path else ()
    window = NameHistory(deployed.repository, deployed.revision, word, paths, len(deployed.window))
    older, followed = _older(deployed, word, paths)
    rows = [
        *_rows(deployed, window, _IN_WINDOW, "in this deploy"),
        *_rows(deployed, older, _BEFORE, "before this deploy"),
    ]
    where = f" in {printable(path)}" if path else ""
    head = f"commits that added or removed {printable(word)}{where}, newest first:"
    extent = _extent(deployed, window, older, followed)
    return bounded([head, *(rows or ["none"]), extent], "narrow by path", deployed.room)


def _word(name: str) -> str:
    """The last part of a qualified name; a piece of code (`cart.find(`) is looked for as it stands."""
    last = sought(name).name
    return last if _NAME.fullmatch(last) else name.strip()


def _older(deployed: Deployed, word: str, paths: tuple[str, ...]) -> tuple[NameHistory, int]:
    """The history before the window: of the files that name the word there, or of all files when none does."""
    named = paths or SourceIndex(deployed.repository, deployed.base).containing(word)
    followed = tuple(named) if len(named) <= _FOLLOWED else ()
    return NameHistory(deployed.repository, deployed.base, word, followed), len(followed)


def _rows(deployed: Deployed, history: NameHistory, most: int, side: str) -> list[str]:
    rows: list[str] = []
    for found in history.changes():
        rows.append(_row(deployed, found, side))
        if len(rows) == most:
            break
    return rows


def _row(deployed: Deployed, found: list[Occurrence], side: str) -> str:
    commit = deployed.repository.commit(found[0].sha)
    files = "; ".join(_file(each) for each in found[:_FILES])
    more = f"; and {len(found) - _FILES} more files" if len(found) > _FILES else ""
    title = f"{commit.sha[:SHA_CHARACTERS]} {commit.committed_at:%Y-%m-%d} ({side}) {printable(commit.subject)}"
    return f"{title}\n    {files}{more}"


def _file(each: Occurrence) -> str:
    verb = "added to" if each.after > each.before else "removed from"
    last = ", the last one" if each.after == 0 else ", the first one" if each.before == 0 else ""
    return f"{verb} {printable(each.path)} ({each.before} -> {each.after}{last})"


def _extent(deployed: Deployed, window: NameHistory, older: NameHistory, followed: int) -> str:
    files = f" in the {followed} files that named it before" if followed else ""
    back = f" back to {deployed.repository.commit(older.oldest).committed_at:%Y-%m-%d}" if older.oldest else ""
    stopped = "" if window.complete and older.complete else "; there the search stopped"
    return f"searched {window.searched} commits of the deploy, and {older.searched} before it{files}{back}{stopped}"
