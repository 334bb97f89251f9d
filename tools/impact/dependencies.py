"""The blocks of code that a failing execution depends on: its functions, what they call, the tables and texts they use."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from tools.git.block_history import Block
from tools.git.repository import Repository
from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite
from tools.impact.nearness import shared_folders, stem
from tools.source.blobs import blob_store
from tools.source.file_kinds import Kind, kind_of
from tools.source.outline import Definition, Outline
from tools.source.outline_cache import outline_at

Relation = Literal["function", "callee", "value", "text"]

_FRAMES: Final = 8
_CALLING_FRAMES: Final = 3
_CALLEES: Final = 8
_IMPORTED: Final = 8
_VALUES: Final = 4
_TEXTS: Final = 4
_LONGEST: Final = 300  # lines of a function that are followed as one block
_AROUND: Final = 40  # of a longer one, those around the failing line
_SHORTEST_TEXT: Final = 12
_QUOTED = re.compile(
    r"'[^'\n]{0,100}+'|\"[^\"\n]{0,100}+\"|`[^`\n]{0,100}+`|<[^>\n]{0,100}+>|\{[^}\n]{0,100}+\}|[\[\](){}]"
)
_VARIES = re.compile(r"[\d/\\]")


class Dependency(NamedTuple):
    """One block: how the failing execution depends on it, the frame's depth (0: innermost), its name, the line that
    matters in it (0: none more than the others)."""

    block: Block
    relation: Relation
    depth: int
    name: str
    line: int = 0


def dependencies_of(repository: Repository, site: FailureSite, revision: str) -> tuple[Dependency, ...]:
    """The blocks that matter, the nearest to the failure first; each once."""
    found = [*_functions(site), *_callees(repository, site, revision), *_values(site)]
    found += _texts(repository, site, revision)
    unique: dict[Block, Dependency] = {}
    for each in found:
        unique.setdefault(each.block, each)
    return tuple(unique.values())


def _functions(site: FailureSite) -> Iterator[Dependency]:
    for frame in site.frames[:_FRAMES]:
        start, end = frame.start, frame.end
        if end - start > _LONGEST:
            start, end = max(start, frame.line - _AROUND), min(end, frame.line + _AROUND)
        name = frame.function or frame.path.rsplit("/", 1)[-1]
        yield Dependency(Block(frame.path, start, end), "function", frame.depth, name, frame.line)


def _callees(repository: Repository, site: FailureSite, revision: str) -> Iterator[Dependency]:
    """The functions that the innermost frames call on their lines, then those the innermost one had called before."""
    called = [(name, frame) for frame in site.frames[:_CALLING_FRAMES] for name in sorted(frame.line_calls)]
    called += [(name, frame) for frame in site.frames[:1] for name in sorted(frame.calls & frame.ran_words)]
    near: dict[str, list[Outline]] = {}
    count = 0
    for name, frame in dict.fromkeys(called):
        if count == _CALLEES:
            return
        if frame.path not in near:
            near[frame.path] = _with_imported(repository, site, frame, revision)
        for outline, definition in _defined(near[frame.path], name, frame)[:2]:
            yield Dependency(_block(outline, definition), "callee", frame.depth, name)
            count += 1


def _with_imported(repository: Repository, site: FailureSite, frame: FrameSite, revision: str) -> list[Outline]:
    """The frame's file and the files it probably imports, nearest first."""
    names, folder = site.imports.get(frame.path, frozenset()), frame.path.split("/")[:-1]
    files = (path for path in repository.paths(revision) if stem(path) in names and path != frame.path)
    paths = [path for path in files if kind_of(path) is Kind.CODE and site.can_hold(path)]
    paths.sort(key=lambda path: (-shared_folders(path, folder), len(path), path))
    outlines = [outline_at(repository, revision, path) for path in paths[:_IMPORTED]]
    return [site.outlines[frame.path], *(outline for outline in outlines if outline is not None)]


def _defined(outlines: Sequence[Outline], name: str, frame: FrameSite) -> list[tuple[Outline, Definition]]:
    return [
        (outline, each)
        for outline in outlines
        for each in outline.named(name)
        if each.kind == "function" and (outline.path, each.start) != (frame.path, frame.start)
    ]


def _block(outline: Outline, definition: Definition) -> Block:
    return Block(outline.path, definition.start, min(definition.end, definition.start + _LONGEST))


def _values(site: FailureSite) -> Iterator[Dependency]:
    """The constants and tables, outside functions, that the innermost lines use."""
    for frame in site.frames[:_CALLING_FRAMES]:
        outline, count = site.outlines[frame.path], 0
        for name in sorted(frame.line_names - frame.line_calls):
            opening = re.compile(
                rf"^\s{{0,8}}(?:[\w<>]+\s+){{0,4}}[$@]?{re.escape(name)}\b\s*(?::[^=\n]{{1,80}})?=(?![=>])"
            )
            for number, line in enumerate(outline.lines, 1):
                if name in line and opening.match(line[:200]) and outline.function(number) is None:
                    yield Dependency(Block(frame.path, number, _end_of(outline, number)), "value", frame.depth, name)
                    count += 1
                    break
            if count == _VALUES:
                break


def _end_of(outline: Outline, start: int) -> int:
    """The last line of the value that begins on `start`: as far as its brackets are open, at most 60 lines."""
    depth = 0
    for number in range(start, min(start + 60, len(outline.lines)) + 1):
        row = outline.lines[number - 1]
        depth += sum(row.count(c) for c in "([{") - sum(row.count(c) for c in ")]}")
        if depth <= 0:
            return number
    return start


def _texts(repository: Repository, site: FailureSite, revision: str) -> Iterator[Dependency]:
    """The lines that hold the message's own words: in the trace's files, without any in every source file."""
    pieces = message_pieces(site.message)
    if not pieces:
        return
    outlines = list(site.outlines.values()) or _holding(repository, site, revision, pieces[0])
    count = 0
    for outline in outlines:
        for number, line in enumerate(outline.lines, 1):
            if count < _TEXTS and pieces[0] in line:
                function = outline.function(number)
                block = _block(outline, function) if function else Block(outline.path, number, number)
                yield Dependency(block, "text", 0, function.name if function else pieces[0], number)
                count += 1


def _holding(repository: Repository, site: FailureSite, revision: str, piece: str) -> list[Outline]:
    store = blob_store(repository)
    files = store.containing(repository, store.listing(repository, revision), piece.encode())
    paths = [file.path for file in files if kind_of(file.path) is Kind.CODE and site.can_hold(file.path)]
    outlines = (outline_at(repository, revision, path) for path in paths[:_TEXTS])
    return [outline for outline in outlines if outline is not None]


def message_pieces(message: str) -> list[str]:
    """What of a message stands in the code as it is printed, the longest piece first: values are cut out of it."""
    pieces: list[str] = []
    for row in message.split("\n")[:3]:
        for stretch in _QUOTED.split(row):
            words: list[str] = []
            for word in (*stretch.split(" "), "0"):
                if _VARIES.search(word):  # a number, a path: it differs each time
                    pieces.append(" ".join(words).strip(" :;,.!?\t"))
                    words = []
                else:
                    words.append(word)
    return sorted((piece for piece in pieces if len(piece) >= _SHORTEST_TEXT), key=len, reverse=True)[:3]
