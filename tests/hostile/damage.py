"""What a broken disk, a partial clone or a liar leaves of a repository: objects that are absent or not what they say."""

import zlib
from collections.abc import Callable, Mapping
from typing import Final

import pygit2

from tests.hostile.forge import Forge, Form, History, commit_bytes


def _gone(find: Callable[[History], str]) -> Callable[[History], None]:
    return lambda made: made.forge.remove(find(made))


def _with(data: bytes, find: Callable[[History], str]) -> Callable[[History], None]:
    return lambda made: made.forge.overwrite(find(made), data)


def _part(made: History, name: str, path: str) -> str:
    """The object at a path of one of the commits."""
    tree = made.forge.raw[made.trees[name]]
    assert isinstance(tree, pygit2.Tree)
    return str(tree[path].id)


def _commit_with_tree(tree: str) -> Form:
    return Form(commit=lambda _, __, parent: commit_bytes(tree, [parent]), left_out=_BOTH)


def _own_file(forge: Forge) -> list[tuple[bytes, bytes, str]]:
    return [(b"100644", b"extra.py", forge.blob(b"extra = 1\n"))]


def _own_folder(forge: Forge) -> list[tuple[bytes, bytes, str]]:
    return [(b"40000", b"extra", forge.folder({"a.py": "extra = 1\n", "b.py": "extra = 2\n"}))]


_BOTH: Final = ("odd", "guilty")  # nothing can be compared with what cannot be read
_LIE: Final = zlib.compress(b"blob 5\0" + b"x" * 1_000_000)
_OTHER: Final = zlib.compress(b"blob 6\0other\n")

ABSENT: Final[Mapping[str, Form]] = {
    "a file that is not there": Form(extra=_own_file, damage=_gone(lambda made: _part(made, "odd", "extra.py"))),
    "a file that was not there for one commit": Form(
        extra=_own_file, damage=_gone(lambda made: _part(made, "odd", "extra.py")), undone=True
    ),
    "a folder that is not there": Form(extra=_own_folder, damage=_gone(lambda made: _part(made, "odd", "extra"))),
    "a folder that was not there for one commit": Form(
        extra=_own_folder, damage=_gone(lambda made: _part(made, "odd", "extra")), undone=True
    ),
    "an older file": Form(damage=_gone(lambda made: _part(made, "readme", "README.md"))),
    "the tree of the base": Form(damage=_gone(lambda made: made.trees["base"]), left_out=("readme",)),
}
DAMAGED: Final[Mapping[str, Form]] = {
    f"a file that is {name}": Form(extra=_own_file, damage=_with(data, lambda made: _part(made, "odd", "extra.py")))
    for name, data in {
        "empty on the disk": b"",
        "noise on the disk": b"\x78\x9c" + b"\xff" * 50,
        "cut off on the disk": zlib.compress(b"blob 10\0extra = 1\n")[:9],
        "longer than it says": _LIE,
        "another than it says": _OTHER,
        "of no kind": zlib.compress(b"thing 10\0extra = 1\n"),
        "of endless size": zlib.compress(b"blob 99999999999999999999\0extra = 1\n"),
    }.items()
} | {
    "a folder that is empty on the disk": Form(
        extra=_own_folder, damage=_with(b"", lambda made: _part(made, "odd", "extra"))
    ),
    "a folder that is a file": Form(
        extra=_own_folder, damage=_with(zlib.compress(b"blob 2\0x\n"), lambda made: _part(made, "odd", "extra"))
    ),
}
WHOLE_COMMITS: Final[Mapping[str, Form]] = {
    "a tree that is not there": _commit_with_tree("1" * 40),
    "a tree that is no id": _commit_with_tree("z" * 40),
    "a tree that is the null id": _commit_with_tree("0" * 40),
    "a tree that is a file": Form(
        commit=lambda forge, _, parent: commit_bytes(forge.blob(b"x"), [parent]), left_out=_BOTH
    ),
    "a tree that is a commit": Form(commit=lambda _, __, parent: commit_bytes(parent, [parent]), left_out=_BOTH),
    "no tree at all": Form(commit=lambda _, __, parent: commit_bytes("", [parent])[6:], left_out=_BOTH),
}
CUT: Final[Mapping[str, Form]] = {
    "a commit that is not there": Form(damage=_gone(lambda made: made.shas["odd"]), left_out=_BOTH),
    "a commit that is empty on the disk": Form(damage=_with(b"", lambda made: made.shas["odd"]), left_out=_BOTH),
    "a commit that is noise": Form(damage=_with(b"\x78\x9c\xff\xff", lambda made: made.shas["odd"]), left_out=_BOTH),
    "a commit that is a file": Form(
        damage=_with(zlib.compress(b"blob 2\0x\n"), lambda made: made.shas["odd"]), left_out=_BOTH
    ),
    "a commit of noise": Form(commit=lambda _, __, ___: bytes(range(256)), left_out=_BOTH),
    "an empty commit": Form(commit=lambda _, __, ___: b"", left_out=_BOTH),
    "no parent": Form(commit=lambda _, tree, __: commit_bytes(tree, []), left_out=("odd",)),
    "a parent that is not there": Form(commit=lambda _, tree, __: commit_bytes(tree, ["1" * 40]), left_out=("odd",)),
    "a parent that is no id": Form(commit=lambda _, tree, __: commit_bytes(tree, ["z" * 40]), left_out=("odd",)),
    "a parent that is a tree": Form(commit=lambda _, tree, __: commit_bytes(tree, [tree]), left_out=("odd",)),
    "a parent that is a file": Form(
        commit=lambda forge, tree, _: commit_bytes(tree, [forge.blob(b"x")]), left_out=("odd",)
    ),
}
