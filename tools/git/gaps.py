"""What happened to a file between two commits that do not follow each other: one diff instead of all commits between."""

from dataclasses import dataclass, field

from incidents.errors import IncompleteRepository
from tools.git.commit_objects import CommitObject
from tools.git.diff import FileChange, Hunk, compare_blobs
from tools.git.repository import Repository, is_binary


@dataclass
class Gaps:
    """Compares files of one revision's history across the commits that are left out."""

    repository: Repository
    revision: str
    _known: dict[tuple[str, str, str], FileChange | None] = field(default_factory=dict, repr=False)

    def between(self, older: str, newer: str, path: str) -> FileChange | None:
        """What commits after `older` and before `newer` ("": up to the revision itself) changed in the file at `path`.

        Only line numbers are compared, the lines' texts are left out. None when nothing was changed.
        """
        key = older, newer, path
        if key not in self._known:
            self._known[key] = self._compared(older, newer, path)
        return self._known[key]

    def _compared(self, older: str, newer: str, path: str) -> FileChange | None:
        try:
            start, end = self.repository.raw_commit(older), self._end(newer)
            if end is None or start.id == end.id:
                return None
            ids = [self.repository.blob_id(commit, path) for commit in (start, end)]
            if ids[0] == ids[1]:
                return None
            blobs = [self.repository.blob(oid) if oid is not None else None for oid in ids]
        except IncompleteRepository:
            return FileChange(None, path)
        if any(blob is None or is_binary(blob) for blob in blobs):
            return FileChange(None, path)  # it has another name there, or cannot be read: followed no further
        hunks = compare_blobs(*blobs).hunks
        numbers = ((each.old_start, each.new_start, each.old_lines, each.new_lines) for each in hunks)
        return FileChange(path, path, tuple(Hunk(a, b, (), (), "", m, n, (), ()) for a, b, m, n in numbers))

    def _end(self, newer: str) -> CommitObject | None:
        if not newer:
            return self.repository.raw_commit(self.revision)
        return self.repository.first_parent(self.repository.raw_commit(newer))
