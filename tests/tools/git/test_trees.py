"""Folders that git would refuse: what is legible in them is read, the rest is one unread path."""

from pathlib import Path

import pytest
from pygit2.enums import ObjectType

from tests.hostile.forge import Forge
from tests.hostile.trees import nested
from tools.git.changed_files import changed_files
from tools.git.diff import commit_diff
from tools.git.repository import Repository
from tools.git.trees import TreeChange, listing, mode_kind, tree_changes


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return Forge(tmp_path / "made.git")


def changes(forge: Forge, old: str, new: str) -> list[TreeChange]:
    ids = [forge.raw[each].id for each in (old, new)]
    return sorted(tree_changes(forge.raw.odb, *ids))


def paths(found: list[TreeChange], *, unread: bool) -> list[bytes]:
    return [change.path for change in found if change.unread is unread]


def test_a_folder_that_is_not_there_does_not_hide_its_neighbours(forge: Forge) -> None:
    plain, other = forge.folder({"a.py": "1\n"}), forge.folder({"a.py": "2\n"})
    gone = forge.folder({"b.py": "1\n"})
    old = forge.tree([(b"40000", b"app", plain), (b"40000", b"lib", plain)])
    new = forge.tree([(b"40000", b"app", other), (b"40000", b"lib", gone)])
    forge.remove(gone)
    found = changes(forge, old, new)
    assert paths(found, unread=False) == [b"app/a.py"]
    assert paths(found, unread=True) == [b"lib/"]


def test_a_folder_that_ends_in_the_middle_of_an_entry_is_read_as_far_as_it_goes(forge: Forge) -> None:
    blob = bytes.fromhex(forge.blob(b"x\n"))
    cut = forge.quickly(ObjectType.TREE, b"100644 a.py\0" + blob + b"100644 b.py\0" + blob[:7])
    found = listing(forge.raw.odb, forge.raw[forge.tree([(b"40000", b"lib", cut)])].id)
    assert [path for path, _, _ in found.files] == [b"lib/a.py"]
    assert found.unread == [b"lib/"]


def test_a_name_with_a_slash_does_not_pass_for_the_file_of_another_folder(forge: Forge) -> None:
    real = (b"40000", b"shop", forge.folder({"cart.py": "real\n"}))
    disguised = forge.tree([real, (b"100644", b"shop/cart.py", forge.blob(b"made up\n"))])
    found = changes(forge, forge.tree([real]), disguised)
    assert paths(found, unread=False) == ["shop\ufffdcart.py".encode()]
    assert b"shop/cart.py" in [path for path, _, _ in listing(forge.raw.odb, forge.raw[disguised].id).files]


def test_of_two_entries_of_one_name_the_first_counts_as_when_the_file_is_read(forge: Forge) -> None:
    one, two = sorted((forge.blob(b"1\n"), forge.blob(b"2\n")))
    twice = forge.tree([(b"100644", b"a.py", two), (b"100644", b"a.py", one)])
    (found,) = changes(forge, forge.tree([]), twice)
    assert found.new is not None
    assert str(found.new.id) == two


def test_what_lies_too_deep_is_unread(forge: Forge) -> None:
    found = changes(forge, forge.tree([]), nested(forge, 300))
    assert paths(found, unread=False) == []
    (deep,) = paths(found, unread=True)
    assert deep.count(b"/") > 200


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (b"100644", "file"),
        (b"100755", "file"),
        (b"0100664", "file"),
        (b"120000", "link"),
        (b"40000", "folder"),
        (b"040000", "folder"),
        (b"160000", "submodule"),
        (b"0", "unknown"),
        (b"777777", "unknown"),
        (b"9" * 30, "unknown"),
    ],
)
def test_modes_are_read_as_git_means_them(mode: bytes, kind: str) -> None:
    assert mode_kind(mode) == kind


def test_in_a_commit_that_brings_more_than_can_be_looked_at_the_wanted_file_is_found(forge: Forge) -> None:
    tree = forge.folder({f"f{n}.py": "x = 1\n" for n in range(10)})
    for _ in range(9):
        tree = forge.tree([(b"40000", b"d%d" % n, tree) for n in range(10)])
    old = forge.tree([(b"40000", b"zz", forge.tree([(b"40000", b"shop", forge.folder({"cart.py": "old\n"}))]))])
    shop = forge.tree([(b"40000", b"shop", forge.folder({"cart.py": "new\n"}))])
    new = forge.tree([*((b"40000", b"a%04d" % n, tree) for n in range(2_000)), (b"40000", b"zz", shop)])
    first = forge.object("commit", commit_of(old))
    second = forge.object("commit", commit_of(new, first))
    repository = Repository.open(forge.path)

    diff = commit_diff(repository, second, wanted=("zz/shop/cart.py",))

    assert len(changed_files(repository, repository.raw_commit(second))) < 200_000
    assert diff.truncated
    (wanted,) = [change for change in diff.files if change.path == "zz/shop/cart.py"]
    assert wanted.hunks[0].added == ("new",)


def commit_of(tree: str, *parents: str) -> bytes:
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    who = "A <a@example.org> 1700000000 +0000"
    return "\n".join([*lines, f"author {who}", f"committer {who}", "", "x", ""]).encode()
