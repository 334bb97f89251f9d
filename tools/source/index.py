"""Finding symbols in a whole revision, instantly after the first question.

How it is done, without any index on disk:

1. The first question reads every source file of the revision from git's object store into memory, once per blob: what
   two revisions share is read once (10,000 files, 40 MB: about half a second).
2. Each question greps those bytes for the name (20 ms), then looks only at the lines where it stands as a word: a
   regular expression of the language tells which of them may define it.
3. Only files with such a line are parsed, best first (the file the question came from, then its neighbours, tests
   last), and only so many; outlines are cached by blob id.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from threading import RLock
from typing import Final

import pygit2

from tools.git.repository import Repository
from tools.source.blobs import SourceFile, blob_store
from tools.source.file_kinds import HARMLESS, kind_of
from tools.source.grammar import make_ready
from tools.source.languages import language_of
from tools.source.naming import Sought, sought
from tools.source.parsed import Parsed, parse
from tools.source.scanning import Definition, definition_in, is_packed, stands_in, words_like
from tools.source.syntax import Symbol
from tools.text.cache import Cache

MIN_PARSED_FILES: Final = 6  # large ones too, up to MIN_PARSED_BYTES; the first one in any case
MIN_PARSED_BYTES: Final = 700_000
MAX_PARSED_FILES: Final = 40
MAX_PARSED_BYTES: Final = 150_000  # about 40 ms
MAX_LINES_LOOKED_AT: Final = 12_000  # about 50 ms
MAX_SIMILAR: Final = 5
_FEW_FILES: Final = 100
_CACHED_OUTLINES: Final = 4_000
_CACHED_ANSWERS: Final = 512
_KINDS: Final = {"function": 0, "method": 0, "class": 0, "constant": 1}


class SourceIndex:
    """The symbols of one revision. Cheap to make: nothing is read before the first question."""

    def __init__(self, repository: Repository, revision: str) -> None:
        self.revision: Final = revision
        self._repository: Final = repository
        self._store: Final = blob_store(repository)
        self._outlines: Final = Cache[SourceFile, tuple[Symbol, ...]](_CACHED_OUTLINES)
        self._definers: Final = Cache[tuple[str, str | None], dict[SourceFile, bool]](_CACHED_ANSWERS)
        self._lock: Final = RLock()
        self._files: tuple[SourceFile, ...] | None = None
        self._paths: dict[str, pygit2.Oid] | None = None

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """Every file of the revision that some grammar reads."""
        if self._files is None:
            self._files = self._store.listing(self._repository, self.revision)
            for language in filter(None, {language_of(file.path) for file in self._files}):
                make_ready(language)
        return self._files

    def find(self, name: str, class_name: str | None = None, near: str | None = None) -> tuple[Symbol, ...]:
        """Every definition of `name`, best first.

        The name may be qualified (`Cart::total`, `shop.cart.Cart.total`). First come definitions in the class asked
        for, functions and classes before constants, then the file `near` and its neighbours, tests last. Of a name
        with very many definitions, those in the most promising files only.
        """
        question = sought(name, class_name)
        if not question.name:
            return ()
        with self._lock:
            found = [
                symbol
                for file in self._promising(question, near)
                for symbol in self._outline(file)
                if symbol.name.lstrip("#") == question.name
            ]
        return tuple(sorted(found, key=lambda symbol: _preference(symbol, question, near)))

    def outline(self, path: str) -> tuple[Symbol, ...]:
        """Every definition in one file; nothing when the file is not there or no grammar reads it."""
        with self._lock:
            file = self._file(path)
            return self._outline(file) if file else ()

    def parsed(self, path: str) -> Parsed | None:
        """One file parsed, or None when it is not there or no grammar reads it."""
        file = self._file(path)
        return parse(path, self._store.bytes_of(self._repository, file.blob)) if file else None

    def text(self, path: str) -> str | None:
        """One source file's text, or None when it is not there or no grammar reads it."""
        file = self._file(path)
        return self._store.bytes_of(self._repository, file.blob).decode(errors="replace") if file else None

    def containing(self, word: str) -> tuple[str, ...]:
        """The paths of every source file in which `word` stands as a whole word."""
        needle = word.encode(errors="replace")
        hits = self._store.containing(self._repository, self.files, needle) if needle else []
        return tuple(file.path for file in hits if stands_in(self._store.bytes_of(self._repository, file.blob), needle))

    def similar(self, name: str, class_name: str | None = None) -> tuple[Symbol, ...]:
        """Definitions whose names are like `name`, most alike first, at most 5: what else it could have meant."""
        question = sought(name, class_name)
        words = words_like(map(self._bytes, self.files), question.name) - {question.name}
        alike = get_close_matches(question.name, sorted(words), n=MAX_SIMILAR + 3, cutoff=0.6)
        found = (next(iter(self.find(word, class_name)), None) for word in alike)
        return tuple(symbol for symbol in found if symbol is not None)[:MAX_SIMILAR]

    def _promising(self, question: Sought, near: str | None) -> Iterator[SourceFile]:
        """The files to parse for a question, best first, bounded in number and bytes.

        First the file the question came from, then those that define the class asked for, then those where a keyword
        opens the definition: an assignment is seldom what was meant. Packed scripts come last. The same question
        always parses the same files.
        """
        owners = self._defining(Sought(question.class_name), near) if question.class_name else {}
        definers = self._defining(question, near)

        def order(file: SourceFile) -> tuple[bool | int | str, ...]:
            packed = is_packed(self._bytes(file))
            return (
                file.path != near,
                packed,
                not owners.get(file),
                not definers[file],
                *_nearness(file.path, question, near),
            )

        size = 0
        for count, file in enumerate(sorted(definers, key=order)):
            size += len(self._bytes(file))
            least = MIN_PARSED_BYTES if count < MIN_PARSED_FILES else MAX_PARSED_BYTES
            if count and (count >= MAX_PARSED_FILES or size > least):
                return
            yield file

    def _defining(self, question: Sought, near: str | None) -> dict[SourceFile, bool]:
        """Files with a line that may define the name, and whether a keyword such as `def` or `class` does.

        All such files, unless the name is everywhere (`x`, `get`): then those nearest to where the question came from.
        """
        for key in ((question.name, None), (question.name, near)):
            if (known := self._definers.get(key)) is not None:
                return known
        needle = question.name.encode(errors="replace")
        hits = self._store.containing(self._repository, self.files, needle)
        if len(hits) > _FEW_FILES:
            home = (near or "").split("/")[:-1]
            hits.sort(
                key=lambda file: (file.path != near, _folders_between(file.path.split("/")[:-1], home), file.path)
            )
        found: dict[SourceFile, bool] = {}
        looked = 0
        for file in hits:
            definition, count = _definition_in(file, self._bytes(file), needle)
            if definition:
                found[file] = definition is Definition.OPENED
            looked += count
            if looked > MAX_LINES_LOOKED_AT:
                break
        return self._definers.put((question.name, near if looked > MAX_LINES_LOOKED_AT else None), found)

    def _outline(self, file: SourceFile) -> tuple[Symbol, ...]:
        return self._outlines.get_or(file, lambda: self._outline_of(file))

    def _outline_of(self, file: SourceFile) -> tuple[Symbol, ...]:
        parsed = parse(file.path, self._bytes(file))
        return parsed.outline if parsed else ()

    def _bytes(self, file: SourceFile) -> bytes:
        return self._store.bytes_of(self._repository, file.blob)

    def _file(self, path: str) -> SourceFile | None:
        if self._paths is None:
            self._paths = {file.path: file.blob for file in self.files}
        blob = self._paths.get(path)
        return SourceFile(path, blob) if blob is not None else None


def _definition_in(file: SourceFile, data: bytes, needle: bytes) -> tuple[Definition | None, int]:
    language = language_of(file.path)
    return definition_in(language, data, needle) if language is not None else (None, 0)


def _preference(symbol: Symbol, question: Sought, near: str | None) -> tuple[int | bool | str, ...]:
    """What makes one definition the likelier meaning than another; smaller is better."""
    if question.class_name is None or symbol.class_name == question.class_name:
        stranger = 0
    elif question.class_name in symbol.scope or (symbol.kind != "constant" and symbol.name == question.class_name):
        stranger = 1
    else:
        stranger = 2
    aside = symbol.path != near and kind_of(symbol.path) in HARMLESS
    return stranger, aside, _KINDS[symbol.kind], *_nearness(symbol.path, question, near), symbol.start


def _nearness(path: str, question: Sought, near: str | None) -> tuple[bool, bool, int, int, str]:
    """How far a file is from where the question came: same file, not a test, namespace, folders between."""
    *folders, name = path.split("/")
    shared = len(set(question.namespace) & set(folders)) + (question.class_name == name.partition(".")[0])
    away = _folders_between(folders, _folders(near)) if near is not None else 0
    return path != near, kind_of(path) in HARMLESS, -shared, away, path


def _folders(path: str) -> list[str]:
    return path.split("/")[:-1]


def _folders_between(one: Sequence[str], other: Sequence[str]) -> int:
    common = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return len(one) + len(other) - 2 * common
