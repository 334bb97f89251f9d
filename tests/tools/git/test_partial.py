"""A repository of which not all was fetched."""

from pathlib import Path

from tests.hostile.forge import Forge, commit_bytes
from tools.git.partial import PartialRepository


def test_a_folder_that_was_fetched_later_is_listed_then(tmp_path: Path) -> None:
    forge = Forge(tmp_path / "made.git")
    there, late = forge.folder({"a.py": "1\n"}), forge.folder({"b.py": "2\n"})
    tree = forge.tree([(b"40000", b"app", there), (b"40000", b"lib", late)])
    commit = forge.object("commit", commit_bytes(tree, []))
    forge.remove(late)
    before = PartialRepository(forge.raw)
    assert (before.paths(commit), before.unread) == (("app/a.py",), {"lib/"})
    assert forge.folder({"b.py": "2\n"}) == late
    after = PartialRepository(forge.raw)
    assert (after.paths(commit), after.unread) == (("app/a.py", "lib/b.py"), set())
