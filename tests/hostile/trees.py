"""Folders and files that no git would write: names, modes, kinds, sizes and depths."""

from collections.abc import Mapping, Sequence
from typing import Final

from pygit2.enums import ObjectType

from tests.hostile.forge import GUARDED, VIEW, Entry, Forge, Form, commit_bytes

_FILE, _LINK, _FOLDER, _MODULE = b"100644", b"120000", b"40000", b"160000"
_ABSENT: Final = "1" * 40
_BOTH: Final = ("odd", "guilty")  # the first writes it, the second takes it back


def _named(name: bytes) -> Form:
    return Form(extra=lambda forge: [(_FILE, name, forge.blob(b"x = 1\n"))])


def _folder_named(name: bytes) -> Form:
    return Form(extra=lambda forge: [(_FOLDER, name, forge.folder({"evil.py": "x = 1\n"}))])


def _mode(mode: bytes) -> Form:
    return Form(extra=lambda forge: [(mode, b"extra.py", forge.blob(b"x = 1\n"))])


def _points_to(mode: bytes, kind: str) -> Form:
    def extra(forge: Forge) -> Sequence[Entry]:
        tree = forge.folder({"a.py": "x = 1\n"})
        commit = forge.quickly(ObjectType.COMMIT, commit_bytes(tree, []))
        ids = {"blob": forge.blob(b"x = 1\n"), "tree": tree, "commit": commit, "nothing": _ABSENT}
        return [(mode, b"extra.py", ids[kind])]

    return Form(extra=extra)


def _link(target: bytes) -> Form:
    return Form(extra=lambda forge: [(_LINK, b"link.py", forge.blob(target))])


def nested(forge: Forge, depth: int, name: bytes = b"d") -> str:
    """A file below so many folders."""
    tree = forge.folder({"deep.py": "x = 1\n"})
    for _ in range(depth):
        tree = forge.tree([(_FOLDER, name, tree)])
    return tree


def _bomb(forge: Forge) -> str:
    """Ten thousand million files in a dozen objects."""
    tree = forge.folder({f"f{n}.py": "x = 1\n" for n in range(10)})
    for _ in range(9):
        tree = forge.tree([(_FOLDER, b"d%d" % n, tree) for n in range(10)])
    return tree


def _folder(name: bytes, tree: str) -> list[Entry]:
    return [(_FOLDER, name, tree)]


def _raw_folder(data: bytes) -> Form:
    return Form(extra=lambda forge: _folder(b"broken", forge.quickly(ObjectType.TREE, data)))


def _file(data: bytes, name: bytes = b"extra.py") -> Form:
    return Form(extra=lambda forge: [(_FILE, name, forge.blob(data))])


def _cart(data: bytes, hidden: tuple[str, ...] = ()) -> Form:
    """The failing file has another content for the length of one commit."""

    def shop(forge: Forge) -> Entry:
        return _FOLDER, b"shop", forge.folder({"cart.py": data, "view.py": VIEW})

    return Form(shop=shop, hidden=hidden)


def _many(forge: Forge, count: int, folder: bytes = b"many") -> list[Entry]:
    blob = forge.blob(b"x = 1\n")
    return _folder(folder, forge.tree([(_FILE, b"f%07d.py" % n, blob) for n in range(count)]))


def _cart_entry(mode: bytes, target: bytes) -> Form:
    def shop(forge: Forge) -> Entry:
        entries = [(mode, b"cart.py", forge.blob(target)), (_FILE, b"view.py", forge.blob(VIEW.encode()))]
        return _FOLDER, b"shop", forge.tree(entries)

    return Form(shop=shop)


def _cart_module(forge: Forge) -> Entry:
    return (
        _FOLDER,
        b"shop",
        forge.tree([(_MODULE, b"cart.py", _ABSENT), (_FILE, b"view.py", forge.blob(VIEW.encode()))]),
    )


NAMES: Final[Mapping[str, Form]] = {
    f"a file called {name[:30]!r}": _named(name)
    for name in (
        *(
            b"new\nline.py",
            b"..",
            b".",
            b".git",
            b".GIT",
            b"a/b.py",
            b"/etc/passwd",
            b"..\\..\\x.py",
            b"-rf",
            b"--output=x",
        ),
        *(
            b"caf\xe9.py",
            b"\xff\xfe",
            b"x" * 4_000 + b".py",
            b"x" * 300_000,
            b"\x1b[31mred.py",
            b"tab\t.py",
            b" ",
            b"|`*_<b>",
        ),
        *("\u202eyp.x".encode(), "git\u200c".encode(), b"\xed\xa0\x80.py", b"CON", b"a:b", b".gitmodules", b"HEAD"),
    )
} | {
    "a file without name": _raw_folder(b"100644 \0" + b"\x11" * 20),
    "a folder called ..": _folder_named(b".."),
    "a folder called .git": _folder_named(b".git"),
    "a folder with a newline": _folder_named(b"new\nline"),
    "a folder of 4,000 letters": _folder_named(b"x" * 4_000),
    "a folder that is not UTF-8": _folder_named(b"\xe9"),
    "the same name twice": Form(
        extra=lambda forge: [(_FILE, b"z.py", forge.blob(b"1\n")), (_FILE, b"z.py", forge.blob(b"2\n"))]
    ),
    "a file and a folder of one name": Form(
        extra=lambda forge: [(_FILE, b"z", forge.blob(b"1\n")), (_FOLDER, b"z", forge.folder({"a.py": "1\n"}))]
    ),
    "names out of order": Form(
        extra=lambda forge: [(_FILE, name, forge.blob(b"1\n")) for name in (b"z.py", b"a.py", b"m.py", b"A.py")],
        unsorted=True,
    ),
}
MODES: Final[Mapping[str, Form]] = {
    f"mode {mode.decode()}": _mode(mode)
    for mode in (b"0", b"100600", b"100664", b"0100644", b"777777", b"9" * 30, b"160000")
} | {
    "a folder of mode 040000": Form(extra=lambda forge: [(b"040000", b"old", forge.folder({"a.py": "x = 1\n"}))]),
    **{f"a {kind} in the place of a file": _points_to(_FILE, kind) for kind in ("tree", "commit", "nothing")},
    **{f"a {kind} in the place of a folder": _points_to(_FOLDER, kind) for kind in ("blob", "commit", "nothing")},
    **{f"a {kind} in the place of a submodule": _points_to(_MODULE, kind) for kind in ("blob", "tree", "commit")},
    "a link to /etc/passwd": _link(b"/etc/passwd"),
    "a link to itself": _link(b"link.py"),
    "a link with zero bytes": _link(b"\0\0"),
    "a link of a megabyte": _link(b"../" * 400_000),
    "a link that is a folder": _points_to(_LINK, "tree"),
}
SHAPES: Final[Mapping[str, Form]] = {
    "a tree 300 deep": Form(extra=lambda forge: _folder(b"d", nested(forge, 300))),
    "a tree 10,000 deep": Form(extra=lambda forge: _folder(b"d", nested(forge, 10_000))),
    "a tree 10,000 deep, taken away again": Form(extra=lambda forge: _folder(b"d", nested(forge, 10_000)), undone=True),
    "a tree 2,000 deep with long names": Form(extra=lambda forge: _folder(b"d", nested(forge, 2_000, b"x" * 200))),
    "ten thousand million files": Form(extra=lambda forge: _folder(b"d", _bomb(forge))),
    "ten thousand million files, taken away again": Form(extra=lambda forge: _folder(b"d", _bomb(forge)), undone=True),
    "300,000 files in a folder": Form(extra=lambda forge: _many(forge, 300_000)),
    "300,000 files in a folder, taken away again": Form(extra=lambda forge: _many(forge, 300_000), undone=True),
    "an empty folder": Form(extra=lambda forge: _folder(b"empty", forge.tree([]))),
    "a folder cut off": _raw_folder(b"100644 a.py\0" + b"\x11" * 7),
    "a folder of noise": _raw_folder(bytes(range(256)) * 40),
    "a folder without end of name": _raw_folder(b"100644 " + b"a" * 5_000),
    "a folder with a mode of letters": _raw_folder(b"file a.py\0" + b"\x11" * 20),
}
FILES: Final[Mapping[str, Form]] = {
    "a file of 100 MB": _file(b"x" * 100_000_000),
    "a file of 100 MB that comes and goes": Form(
        extra=lambda forge: [(_FILE, b"big.bin", forge.blob(bytes(range(256)) * 400_000))], undone=True
    ),
    "a line of 10 MB": _file(b"x = 1;" * 1_700_000),
    "attributes": _file(b"* binary -diff filter=evil diff=evil merge=evil\n", b".gitattributes"),
    "modules": _file(b'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c id\n\tupdate = !id\n', b".gitmodules"),
    "a mail map": _file(b"A <a@x> <b@x>\n<<<\n\xff\n" * 20_000, b".mailmap"),
    "commits to be ignored": _file(
        b"not a sha\n\xff\0" + b"a" * 40 + b"\n" + b" " * 500_000, b".git-blame-ignore-revs"
    ),
    "the failing file becomes binary": _cart(b"\0" * 5_000, hidden=_BOTH),
    "the failing file becomes UTF-16": _cart(GUARDED.encode("utf-16"), hidden=_BOTH),
    "the failing file becomes 3 MB": _cart(b"x = 1\n" * 500_000, hidden=_BOTH),
    "the failing file becomes 1.9 MB of short lines": _cart(
        b"".join(b"%x\n" % (n * 7919 % 65_537) for n in range(380_000))
    ),
    "the failing file becomes one line": _cart(GUARDED.replace("\n", " ").encode() * 5_000),
    "the failing file becomes noise": _cart(bytes(range(1, 256)) * 400),
    "the failing file is emptied": _cart(b""),
    "the failing file becomes a link": _cart_entry(_LINK, b"../../../etc/passwd"),
    "the failing file becomes a submodule": Form(shop=_cart_module),
    "its folder becomes a file": Form(shop=lambda forge: (_FILE, b"shop", forge.blob(b"x\n"))),
    "its folder becomes a submodule": Form(shop=lambda forge: (_MODULE, b"shop", _ABSENT)),
    "its folder becomes a link": Form(shop=lambda forge: (_LINK, b"shop", forge.blob(b"/"))),
    "its folder is emptied": Form(shop=lambda forge: (_FOLDER, b"shop", forge.tree([]))),
}
