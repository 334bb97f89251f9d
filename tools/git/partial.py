"""A repository without some of its objects: absent ones are skipped and counted, and are not an error.

Mirrors and partial clones leave out large files. One absent blob must not hide the rest of a window.
"""

import pygit2

from incidents.errors import IncompleteRepository
from tools.git.repository import MAX_FILE_BYTES, Repository, decoded


class PartialRepository(Repository):
    """A Repository that treats an absent file like one that is too large, and leaves out absent folders.

    `absent` are the ids of absent files, `unread` the folders of a revision that could not be read.
    """

    def __init__(self, raw: pygit2.Repository) -> None:
        super().__init__(raw)
        self.absent: set[str] = set()
        self.unread: set[str] = set()

    def blob(self, oid: pygit2.Oid, limit: int = MAX_FILE_BYTES) -> pygit2.Blob | None:
        """Return libgit2's blob; None when it is larger than `limit` bytes or absent."""
        try:
            return super().blob(oid, limit)
        except IncompleteRepository:
            self.absent.add(str(oid))
            return None

    def _not_all_there(self, revision: str, folders: list[bytes]) -> None:
        self.unread.update(decoded(folder) or "/" for folder in folders)
