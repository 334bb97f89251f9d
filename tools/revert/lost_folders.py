"""Folders to which a revert brings files back although they are gone at the head.

git looks where the rest of such a folder moved to, and asks whether the files belong there (`merge.directoryRenames`).
The merge here puts them where they were, so the plan has to say so.
"""

from collections.abc import Iterator, Sequence

from tools.git.changed_files import changed_files
from tools.revert.attempt import Workbench


def lost_folders(bench: Workbench, commits: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each folder that each of the commits left in place and that the head lacks."""
    head = bench.planned.raw_commit(bench.head)
    for sha in commits:
        commit = bench.planned.raw_commit(sha)
        restored = [file.old_path for file in changed_files(bench.planned, commit) if file.new_path is None]
        for folder in sorted({path.rpartition("/")[0] for path in restored if path and "/" in path}):
            names = folder.encode(errors="surrogateescape").split(b"/")
            if bench.planned.entry_at(commit, names) and not bench.planned.entry_at(head, names):
                yield f"{folder}, to which files come back, is gone at the head: they may belong elsewhere now"
