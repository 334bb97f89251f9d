"""The outlines of files as deployed, cached by content: the incidents of one deploy ask for the same files."""

from typing import Final

from incidents.errors import IncompleteRepository
from tools.git.repository import Repository
from tools.source.outline import Outline
from tools.text.cache import Cache

_CACHED_CHARACTERS: Final = 12_000_000  # what 400 commits of a large repository ask for is 2 to 4 million
_cache: Final = Cache[tuple[str, str], Outline](_CACHED_CHARACTERS, lambda outline: len(outline.source) + 1)


def outline_at(repository: Repository, revision: str, path: str) -> Outline | None:
    """The outline of the file at `path`; None when it is absent, too large or binary."""
    blob = repository.blob_id(repository.raw_commit(revision), path)
    if blob is None:
        return None
    key = path, str(blob)
    if cached := _cache.get(key):
        return cached
    text = repository.text(revision, path)
    return None if text is None else _cache.put(key, Outline(path, text))


def outlines_beside(
    repository: Repository, sha: str, path: str | None, old_path: str | None
) -> tuple[Outline, Outline] | None:
    """A file after and before a commit; None where it was not there, or cannot be read, on one side."""
    try:
        parent = repository.first_parent(repository.raw_commit(sha))
    except IncompleteRepository:  # the edge of a shallow clone
        return None
    if parent is None or not path or not old_path:
        return None
    after, before = outline_at(repository, sha, path), outline_at(repository, str(parent.id), old_path)
    return (after, before) if after is not None and before is not None else None
