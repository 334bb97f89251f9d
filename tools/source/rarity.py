"""How rare a text is in the files of a revision, estimated from a sample: reading all files would cost seconds."""

import math
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

import pygit2

from tools.git.repository import Repository, decoded
from tools.git.trees import UNREADABLE, listing, mode_kind
from tools.source.file_kinds import Kind, kind_of
from tools.text.cache import Cache

_SAMPLED: Final = 300
_FEWEST: Final = 30
"""What stands in three of five files is not common; a repository counts as having at least so many."""
_READ: Final = (Kind.CODE, Kind.CONFIG, Kind.TEST)
_MOST_BYTES: Final = 200_000
_CACHED_BYTES: Final = 24_000_000
_cache: Final = Cache[str, tuple[bytes, ...]](_CACHED_BYTES, lambda files: 1_000 + sum(map(len, files)))


def rarity_in_files(repository: Repository, revision: str, texts: Collection[str]) -> dict[str, float]:
    """For each text, 1 when at most one sampled file of the revision holds it, 0 when all do, by the logarithm of their number.

    At most 300 files are read: those whose content has the smallest ids, a choice that depends on nothing else.
    """
    if not texts:
        return {}
    files = _sample(repository, revision)
    most = math.log(max(len(files), _FEWEST))
    return {text: 1 - math.log(max(_holding(files, text), 1)) / most for text in texts}


def _holding(files: tuple[bytes, ...], text: str) -> int:
    needle = text.encode(errors="replace")
    return sum(1 for data in files if needle in data)


def _sample(repository: Repository, revision: str) -> tuple[bytes, ...]:
    tree = repository.tree_of(repository.raw_commit(revision))
    return _cache.get_or(f"{repository.raw.path} {tree}", lambda: tuple(_read(repository.odb, tree)))


def _read(odb: pygit2.Odb, tree: pygit2.Oid) -> Iterator[bytes]:
    for oid in islice(_chosen(odb, tree), _SAMPLED):
        try:
            if odb.read_header(oid)[1] <= _MOST_BYTES:
                yield odb.read(oid)[1]
        except UNREADABLE:  # a partial clone: what is there is counted
            continue


def _chosen(odb: pygit2.Odb, tree: pygit2.Oid) -> Iterator[pygit2.Oid]:
    files = ((raw_id, path) for path, mode, raw_id in listing(odb, tree).files if mode_kind(mode) == "file")
    return (pygit2.Oid(raw=raw_id) for raw_id, path in sorted(files) if kind_of(decoded(path)) in _READ)
