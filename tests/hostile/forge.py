"""Repositories as an attacker writes them: objects that git itself would refuse, in a window with one known culprit.

`git hash-object --literally` writes anything; where a form takes thousands of objects, libgit2's object store does.
"""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pygit2
from pygit2.enums import ObjectType

from tests.repositories import START

GUARDED = """class Cart:
    def __init__(self, items):
        self.items = items

    def total(self):
        prices = [item.price for item in self.items]
        if not prices:
            return 0
        return sum(prices) / len(prices)
"""
UNGUARDED = GUARDED.replace("        if not prices:\n            return 0\n", "")
VIEW = "from shop.cart import Cart\n\n\ndef show(cart):\n    return render(cart.total())\n"
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/view.py", line 5, in show
    return render(cart.total())
  File "/srv/app/shop/cart.py", line 7, in total
    return sum(prices) / len(prices)
ZeroDivisionError: division by zero
"""

Entry = tuple[bytes, bytes, str]
"""Of a tree: mode, name, id."""


class Forge:
    """Writes objects of any content into one bare repository."""

    def __init__(self, path: Path) -> None:
        pygit2.init_repository(str(path), bare=True, initial_head="main")
        self.path = path
        self.raw = pygit2.Repository(str(path))

    def object(self, kind: str, data: bytes) -> str:
        """Any bytes as any kind of object, by git itself."""
        command = ["git", "-C", str(self.path), "hash-object", "-t", kind, "-w", "--literally", "--stdin"]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode().strip()

    def quickly(self, kind: ObjectType, data: bytes) -> str:
        """The same without starting a process."""
        return str(self.raw.odb.write(kind, data))

    def blob(self, data: bytes) -> str:
        """A file."""
        return self.quickly(ObjectType.BLOB, data)

    def tree(self, entries: Sequence[Entry]) -> str:
        """A folder with exactly these entries, in this order."""
        return self.quickly(ObjectType.TREE, tree_bytes(entries))

    def folder(self, files: Mapping[str, str | bytes]) -> str:
        """A folder of plain files."""
        contents = {name.encode(): text.encode() if isinstance(text, str) else text for name, text in files.items()}
        return self.tree([(b"100644", name, self.blob(data)) for name, data in sorted(contents.items())])

    def remove(self, sha: str) -> None:
        """Take an object away, as a damaged disk or a partial clone does."""
        self.loose(sha).unlink()

    def loose(self, sha: str) -> Path:
        """Where an object lies."""
        return self.path / "objects" / sha[:2] / sha[2:]

    def overwrite(self, sha: str, data: bytes) -> None:
        """Damage an object."""
        file = self.loose(sha)
        file.chmod(0o644)
        file.write_bytes(data)


def tree_bytes(entries: Sequence[Entry]) -> bytes:
    """Git's format of a tree."""
    return b"".join(mode + b" " + name + b"\0" + bytes.fromhex(sha) for mode, name, sha in entries)


def commit_bytes(
    tree: str,
    parents: Sequence[str],
    message: bytes = b"Tidy up\n",
    author: bytes = b"Mallory <mallory@example.org>",
    when: bytes = b"%d +0000" % (START + 7200),
    headers: bytes = b"",
) -> bytes:
    """Git's format of a commit, with anything in its places."""
    above = b"".join(b"parent " + parent.encode() + b"\n" for parent in parents)
    head = b"tree " + tree.encode() + b"\n" + above
    return (
        head
        + b"author "
        + author
        + b" "
        + when
        + b"\ncommitter "
        + author
        + b" "
        + when
        + b"\n"
        + headers
        + b"\n"
        + message
    )


@dataclass(frozen=True)
class Form:
    """One way to be hostile. `extra` adds to the root folder of the odd and the guilty commit, and of the last one unless `undone`;
    `shop` stands in place of its source folder, `commit` writes the odd commit itself, `damage` is done at the end.
    `left_out` are the commits that nobody can read then, `hidden` those of which nobody can read what they did to the failing file."""

    extra: Callable[[Forge], Sequence[Entry]] = lambda forge: ()
    shop: Callable[[Forge], Entry] | None = None
    commit: Callable[[Forge, str, str], bytes] = lambda forge, tree, parent: commit_bytes(tree, [parent])
    damage: Callable[["History"], None] = lambda history: None
    undone: bool = False
    unsorted: bool = False
    left_out: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class History:
    """base - readme - odd - guilty - mail. `trees` maps each of these names to its tree."""

    forge: Forge
    shas: dict[str, str] = field(default_factory=dict)
    trees: dict[str, str] = field(default_factory=dict)

    @property
    def window(self) -> list[str]:
        """Every commit that can be blamed, oldest first."""
        return [self.shas[name] for name in ("readme", "odd", "guilty", "mail")]

    def name(self, sha: str) -> str:
        """What a commit is called here."""
        return next((name for name, each in self.shas.items() if each == sha), sha)


def history(folder: Path, form: Form) -> History:
    """A window in which `guilty` took a guard away and `odd` is hostile in the way of `form`."""
    forge = Forge(folder / "shop.git")
    made = History(forge)
    extra = list(form.extra(forge))
    _plain(made, "base", None, "Begin", GUARDED, "shop\n", [])
    _plain(made, "readme", "base", "Describe the shop", GUARDED, "the shop\n", [])
    shop = form.shop(forge) if form.shop else None
    odd = _tree(forge, GUARDED, "the shop\n", extra, shop, unsorted=form.unsorted)
    made.trees["odd"] = odd
    made.shas["odd"] = forge.object("commit", form.commit(forge, odd, made.shas["readme"]))
    _plain(made, "guilty", "odd", "Simplify the total", UNGUARDED, "the shop\n", extra, unsorted=form.unsorted)
    later = [] if form.undone else extra
    _plain(made, "mail", "guilty", "Say where it is", UNGUARDED, "the shop in town\n", later, unsorted=form.unsorted)
    (forge.path / "refs" / "heads" / "main").write_text(made.shas["mail"] + "\n")
    form.damage(made)
    return made


def _plain(
    made: History,
    name: str,
    parent: str | None,
    subject: str,
    cart: str,
    readme: str,
    extra: list[Entry],
    *,
    unsorted: bool = False,
) -> None:
    tree = _tree(made.forge, cart, readme, extra, None, unsorted=unsorted)
    made.trees[name] = tree
    parents = [made.shas[parent]] if parent else []
    data = commit_bytes(tree, parents, subject.encode() + b"\n", b"Ada <ada@example.org>")
    made.shas[name] = made.forge.quickly(ObjectType.COMMIT, data)


def _tree(
    forge: Forge, cart: str, readme: str, extra: Sequence[Entry], shop: Entry | None, *, unsorted: bool = False
) -> str:
    folder = shop or (b"40000", b"shop", forge.folder({"cart.py": cart, "view.py": VIEW}))
    entries = [(b"100644", b"README.md", forge.blob(readme.encode())), folder, *extra]
    return forge.tree(entries if unsorted else sorted(entries, key=_as_git_sorts))


def _as_git_sorts(entry: Entry) -> bytes:
    mode, name, _ = entry
    return name + b"/" if mode in (b"40000", b"040000") else name
