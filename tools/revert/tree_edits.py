"""Put changed files into a tree: only the folders on their way are written anew."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeAlias

import pygit2
from pygit2.enums import ObjectType

from tools.git.trees import Entry, folder_at, mode_kind

Edits: TypeAlias = Mapping[bytes, Entry | None]
"""Path -> its new entry; None where the file goes."""

_FOLDER = b"40000"


def edited_tree(odb: pygit2.Odb, tree: pygit2.Oid | None, edits: Edits) -> pygit2.Oid:
    """Return the tree (None: an empty one) with the edits. Raises one of UNREADABLE.

    Names are bytes: they need not be UTF-8. Unlike libgit2's builder it does not ask whether the entries exist: a
    partial clone lacks some.
    """
    return _edited(odb, tree.raw if tree is not None else None, edits) or odb.write(ObjectType.TREE, b"")


def _edited(odb: pygit2.Odb, tree: bytes | None, edits: Edits) -> pygit2.Oid | None:
    """Return the folder with the edits; None when it is empty, as git stores no empty folders."""
    entries = _entries(odb, tree)
    files, folders = _by_folder(edits)
    for name, below in folders.items():
        mode, raw_id = entries.get(name, (b"", b""))
        was = raw_id if _is_folder(mode) else None
        after = _edited(odb, was, below)
        if after is not None:
            entries[name] = (_FOLDER, after.raw)
        elif was is not None:
            del entries[name]
    for name, entry in files.items():
        if entry is not None:
            entries[name] = entry
        elif not _is_folder(entries.get(name, (_FOLDER, b""))[0]):  # a folder may have taken the file's place
            del entries[name]
    return odb.write(ObjectType.TREE, _tree_bytes(entries)) if entries else None


def _entries(odb: pygit2.Odb, tree: bytes | None) -> dict[bytes, tuple[bytes, bytes]]:
    if tree is None:
        return {}
    folder = folder_at(odb, tree)
    if not folder.whole:
        raise ValueError("not all of a folder can be read")
    return dict(folder.entries)


def _by_folder(edits: Edits) -> tuple[dict[bytes, Entry | None], dict[bytes, dict[bytes, Entry | None]]]:
    """Split the edits into those of files here, and those inside each folder."""
    files: dict[bytes, Entry | None] = {}
    folders: defaultdict[bytes, dict[bytes, Entry | None]] = defaultdict(dict)
    for path, entry in edits.items():
        name, slash, rest = path.partition(b"/")
        if slash:
            folders[name][rest] = entry
        else:
            files[name] = entry
    return files, folders


def _tree_bytes(entries: Mapping[bytes, tuple[bytes, bytes]]) -> bytes:
    """Return git's format of a folder, in git's order: a folder sorts as if its name ended with a slash."""
    rows = sorted((name + b"/" * _is_folder(mode), mode, name, raw) for name, (mode, raw) in entries.items())
    return b"".join(b"%s %s\0%s" % (mode, name, raw) for _, mode, name, raw in rows)


def _is_folder(mode: bytes) -> bool:
    return mode_kind(mode) == "folder"
