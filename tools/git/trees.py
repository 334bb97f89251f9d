"""List the files of a tree, and the differences between two. Equal folders are never opened: only changes cost time.

libgit2's own tree diff walks every folder (7 ms for a one-line commit among 12,000 files, where this takes 0.3 ms), and
refuses the whole tree for one entry that it cannot parse. Here a folder that cannot be read is one `unread` path. The
same applies to trees that are deeper or larger than any real repository: a dozen objects can name 10^10 files.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Final, Literal, NamedTuple

import pygit2
from pygit2.enums import ObjectType

from tools.text.cache import Cache

# Git's tree format: mode, blank, name, zero byte, 20 bytes of id.
# What is no entry is taken whole: searching for the next would take the square of the bytes, hours for 4 MB of zeros.
_ENTRY: Final = re.compile(rb"([0-9]++) ([^\0]++)\0(.{20})|.++", re.DOTALL)
_DEEPEST: Final = 200
_LONGEST: Final = 4_096  # characters of a path
_MOST_CHANGED: Final = 100_000
_MOST_LISTED: Final = 1_000_000
_TREE_BYTES: Final = 4_000_000  # about 80,000 names in one folder
_CACHED_ENTRIES: Final = 200_000
_FOLDERS: Final = (b"40000", b"040000")
UNREADABLE: Final = (pygit2.GitError, KeyError, OSError, ValueError)
"""What libgit2 raises for an object that is absent, damaged or of the wrong kind."""

Kind = Literal["file", "link", "folder", "submodule", "unknown"]
_KINDS: Final[Mapping[bytes, Kind]] = {b"10": "file", b"12": "link", b"4": "folder", b"16": "submodule"}


class Entry(NamedTuple):
    """An entry of a folder: git's mode in octal, and the raw id."""

    mode: bytes
    raw_id: bytes

    @property
    def kind(self) -> Kind:
        """The kind of entry, from its mode."""
        return mode_kind(self.mode)

    @property
    def id(self) -> pygit2.Oid:
        """The id of the object."""
        return pygit2.Oid(raw=self.raw_id)

    @property
    def blob_id(self) -> pygit2.Oid | None:
        """The id of the content; None for a submodule, whose commit is in another repository."""
        return None if self.kind == "submodule" else self.id


class TreeChange(NamedTuple):
    """A path that differs between two trees; a side is None where there is no file.

    `unread`: it cannot be read, or not in full. For a folder, both sides are None and the path ends with a slash; the
    root's path is "".
    """

    path: bytes
    old: Entry | None = None
    new: Entry | None = None
    unread: bool = False


class Folder(NamedTuple):
    """One folder's entries: name -> (mode, raw id). Not `whole`: there are more entries, which cannot be parsed."""

    entries: Mapping[bytes, tuple[bytes, bytes]]
    whole: bool


_folders: Final = Cache[bytes, Folder](_CACHED_ENTRIES, lambda folder: 1 + len(folder.entries))
_NOTHING: Final = Folder({}, True)


@lru_cache(maxsize=64)
def mode_kind(mode: bytes) -> Kind:
    """Return the kind of entry for a mode; a file may have any permissions."""
    return _KINDS.get(mode.lstrip(b"0")[:-4], "unknown")


def folder_at(odb: pygit2.Odb, tree: bytes) -> Folder:
    """Return the content of a tree object by its raw id; cached, as most commits leave most folders unchanged. Of several
    entries with one name, the first. Raises one of UNREADABLE.
    """
    known = _folders.get(tree)
    if known is not None:
        return known
    rows, whole = _rows(odb, tree)
    return _folders.put(tree, Folder({name: (mode, raw_id) for mode, name, raw_id in reversed(rows)}, whole))


def tree_changes(odb: pygit2.Odb, old: pygit2.Oid | None, new: pygit2.Oid | None) -> Iterator[TreeChange]:
    """Yield every file that differs between two trees (None: the empty tree), in no particular order. Reads no file.

    Raises one of UNREADABLE when one of the two trees cannot be read; unreadable parts below them are yielded as
    `unread`.
    """
    waiting = deque([(b"", old.raw if old is not None else None, new.raw if new is not None else None)])
    found = 0
    while waiting:  # shallow folders first, so that the limit cuts off the deepest ones
        folder, before, after = waiting.popleft()
        try:
            was, now, whole = ({}, {}, False) if _buried(folder) else _differing(odb, before, after)
        except UNREADABLE:
            if not folder:
                raise
            was, now, whole = {}, {}, False
        if not whole:
            yield TreeChange(folder[-_LONGEST:], unread=True)
        found += len(was) + len(now)
        if found > _MOST_CHANGED:
            yield TreeChange(b"", unread=True)
            return
        for name in was.keys() | now.keys():
            path = folder + _safe(name)
            old_folder, old_file = _split(was.get(name))
            new_folder, new_file = _split(now.get(name))
            if old_folder or new_folder:
                waiting.append((path + b"/", old_folder, new_folder))
            if old_file or new_file:
                yield TreeChange(path[:_LONGEST], old_file, new_file, _unknown(old_file) or _unknown(new_file))


def entry_id(odb: pygit2.Odb, tree: bytes, name: bytes) -> bytes | None:
    """The raw id of an entry of one folder (both raw ids); None when there is none. Five times as fast as `folder_at`, for
    walks through thousands of commits. An id that holds the name by chance makes it wrong, so use it to see that
    nothing changed.

    Raises one of UNREADABLE.
    """
    data = odb.read(pygit2.Oid(raw=tree))[1]
    at = data.find(b" " + name + b"\0")
    return None if at < 0 else data[at + len(name) + 2 : at + len(name) + 22]


class Listing(NamedTuple):
    """The content of a tree: (path, mode, id) of all entries except folders, and the folders not read in full."""

    files: list[tuple[bytes, bytes, bytes]]
    unread: list[bytes]


def listing(odb: pygit2.Odb, tree: pygit2.Oid) -> Listing:
    """Return every file of a tree, unsorted; an unreadable root is the folder "". 15 ms for 5,000 files."""
    files: list[tuple[bytes, bytes, bytes]] = []  # not Entry: creating 100,000 of them takes as long as reading
    unread: list[bytes] = []
    waiting = deque([(b"", tree.raw)])
    rows_of = lru_cache(maxsize=1)(partial(_rows, odb))  # a bomb names one folder a million times, one after another
    while waiting:
        folder, raw_id = waiting.popleft()
        try:
            rows, whole = ([], False) if _buried(folder) else rows_of(raw_id)
        except UNREADABLE:
            rows, whole = [], False
        if not whole:
            unread.append(folder[-_LONGEST:])
        if len(files) + len(waiting) + len(rows) > _MOST_LISTED:
            return Listing(files, [*unread, b""])
        for mode, name, below in rows:
            path = folder + (name if b"/" not in name else _safe(name))
            if mode in _FOLDERS:
                waiting.append((path + b"/", below))
            else:
                files.append((path, mode, below))
    return Listing(files, unread)


def _buried(folder: bytes) -> bool:
    """Return whether a folder is too deep to be opened."""
    return len(folder) > _LONGEST or folder.count(b"/") > _DEEPEST


def _safe(name: bytes) -> bytes:
    """Return a name that cannot be mistaken for the path of another file."""
    return name.replace(b"/", b"\xef\xbf\xbd")


def _differing(
    odb: pygit2.Odb, old: bytes | None, new: bytes | None
) -> tuple[Mapping[bytes, Entry], Mapping[bytes, Entry], bool]:
    """Return the entries that only one of two folders contains, and whether both could be read in full."""
    before = folder_at(odb, old) if old is not None else _NOTHING
    after = folder_at(odb, new) if new is not None else _NOTHING
    return _only_in(before, after), _only_in(after, before), before.whole and after.whole


def _only_in(one: Folder, other: Folder) -> dict[bytes, Entry]:
    return {name: Entry(*entry) for name, entry in one.entries.items() if other.entries.get(name) != entry}


def _rows(odb: pygit2.Odb, tree: bytes) -> tuple[list[tuple[bytes, bytes, bytes]], bool]:
    """Return (mode, name, id) of the entries up to the first that cannot be parsed, and whether these are all."""
    oid = pygit2.Oid(raw=tree)
    kind, size = odb.read_header(oid)
    if kind != ObjectType.TREE or size > _TREE_BYTES:
        raise ValueError(f"a folder of {size:,} bytes" if kind == ObjectType.TREE else "it is no folder")
    found = _ENTRY.findall(odb.read(oid)[1])
    damaged = bool(found) and not found[-1][0]
    return (found[:-1] if damaged else found), not damaged


def _split(entry: Entry | None) -> tuple[bytes | None, Entry | None]:
    """Return the entry as (folder id, file): one of the two, or neither."""
    if entry is None:
        return None, None
    return (entry.raw_id, None) if entry.kind == "folder" else (None, entry)


def _unknown(entry: Entry | None) -> bool:
    return entry is not None and entry.kind == "unknown"
