"""The outlines of files as deployed, kept by content for the next incident: those that come together share a deploy."""

from typing import Final

from tools.git.repository import Repository
from tools.source.outline import Outline
from tools.text.cache import Kept

_KEPT_CHARACTERS: Final = 12_000_000  # what 400 commits of a large repository ask for is 2 to 4 million
_kept: Final = Kept[tuple[str, str], Outline](_KEPT_CHARACTERS, lambda outline: len(outline.source) + 1)


def outline_at(repository: Repository, revision: str, path: str) -> Outline | None:
    """The outline of the file at `path`; None when it is absent, too large or binary."""
    blob = repository.blob_id(repository.raw_commit(revision), path)
    if blob is None:
        return None
    key = path, str(blob)
    if kept := _kept.get(key):
        return kept
    text = repository.text(revision, path)
    return None if text is None else _kept.put(key, Outline(path, text))
