"""One file, parsed once, whoever asks."""

import hashlib
import sys
from functools import cached_property

from tree_sitter import Tree

from tools.source.definitions import symbols_of
from tools.source.grammar import parse_tree
from tools.source.languages import Language, language_of
from tools.source.syntax import Call, Name, Symbol
from tools.source.usage import calls_of, names_of
from tools.text.cache import Cache

MAX_SOURCE_BYTES = 1_000_000
CACHE_BYTES = 64_000_000
TEXT_BYTES = 16_000_000
_BYTES_PER_TEXT = 200  # of memory beside the text itself: its digest and its place in the cache
_MOST_UNASKABLE = 1_000
_Key = tuple[str, bytes]
_BYTES_PER_NODE = 128  # of memory in a tree: 120 measured on files of 5,000 to 10,000 lines


class Parsed:
    """A file's syntax tree and what can be derived from it, each derived when first asked for."""

    def __init__(self, language: Language, path: str, source: bytes, tree: Tree) -> None:
        self.language = language
        self.path = path
        self.source = source
        self.tree = tree

    @cached_property
    def outline(self) -> tuple[Symbol, ...]:
        """Every definition in the order of the text, outer ones before what they hold."""
        return symbols_of(self.language, self.path, self.source, self.tree)

    def calls(self, start: int, end: int) -> tuple[Call, ...]:
        """The calls named on lines `start`..`end`; costs only those lines."""
        return calls_of(self.language, self.tree, (start, end))

    def names(self, start: int, end: int) -> tuple[Name, ...]:
        """The names used on lines `start`..`end`; costs only those lines."""
        return names_of(self.language, self.tree, (start, end))

    @property
    def weight(self) -> int:
        """About how many bytes of memory this takes."""
        return len(self.source) + _BYTES_PER_NODE * self.tree.root_node.descendant_count


class ParseCache:
    """The files parsed last, as many as fit into `limit` bytes of memory. Safe to share between threads."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        # A file that takes more than all the room is cached all the same, alone: it would be parsed at each question.
        self._parsed = Cache[_Key, Parsed](limit, lambda parsed: min(parsed.weight, limit))
        self._digests = Cache[bytes | str, tuple[bytes, int]](TEXT_BYTES, lambda known: known[1])
        self._unaskable = Cache[_Key, bool](_MOST_UNASKABLE)

    def parse(self, path: str, source: bytes | str) -> Parsed | None:
        """The parsed file; None when no grammar reads it, it is over a megabyte, or it cannot be parsed in time."""
        language = language_of(path)
        if language is None or len(source) > MAX_SOURCE_BYTES:
            return None
        key = path, self._digest(source)
        if (known := self._parsed.get(key)) or self._unaskable.get(key):
            return known
        data = _bytes(source)
        tree = parse_tree(language, data) if len(data) <= MAX_SOURCE_BYTES else None
        if isinstance(tree, Tree):
            return self._parsed.put(key, Parsed(language, path, data, tree))
        if tree == "unaskable":
            self._unaskable.put(key, True)
        return None

    def _digest(self, source: bytes | str) -> bytes:
        """The digest of the text. Python keeps a text's own hash: one that is asked for again is neither encoded nor read."""
        known = self._digests.get(source)
        if known is None:
            digest = hashlib.blake2b(_bytes(source), digest_size=16).digest()
            known = self._digests.put(source, (digest, sys.getsizeof(source) + _BYTES_PER_TEXT))
        return known[0]


def _bytes(source: bytes | str) -> bytes:
    return source.encode("utf-8", errors="replace") if isinstance(source, str) else source


PARSED = ParseCache()


def parse(path: str, source: bytes | str) -> Parsed | None:
    """The parsed file from the cache that the whole process shares; None as `ParseCache.parse`."""
    return PARSED.parse(path, source)
