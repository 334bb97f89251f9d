"""Who changed a block of lines, however long ago: a blame without a window whose work is bounded.

Own algorithm: along the first-parent line, the newest commit before which the block's text is not in the file any more
is found by steps that double and then halve, so a block that nobody touched for ten thousand commits costs some thirty
look-ups in trees. A block that was changed and changed back between two looks counts as unchanged.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import pygit2

from incidents.errors import IncompleteRepository
from tools.git.commit_objects import CommitObject
from tools.git.file_history import Step, path_before, step_between
from tools.git.first_parents import FirstParents
from tools.git.repository import Repository, is_binary
from tools.text.cache import Cache

_CACHED_BYTES: Final = 32_000_000
_LOOKS: Final = 6_000  # versions of files that are looked at, all blocks of one trace together


class Block(NamedTuple):
    """Lines `start`..`end` (1-based, inclusive) of a file."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One commit that changed a block. `back` counts commits from the revision. `block` is where it stood right after
    the commit, `wrote` the lines of the revision that the commit wrote, `created` whether nothing stood there before."""

    sha: str
    back: int
    block: Block
    wrote: frozenset[int]
    created: bool


@dataclass
class BlockHistory:
    """Looks blocks up in one revision's history. `looks` is the work that is left; 0: some history was not looked at."""

    repository: Repository
    line: FirstParents
    looks: int = _LOOKS
    _texts: Cache[str, bytes] = field(default_factory=lambda: Cache[str, bytes](_CACHED_BYTES, len), repr=False)

    def changes(self, block: Block) -> Iterator[BlockChange]:
        """The commits that changed the block, newest first, through renames of its file; stops when the work is used up."""
        back, positions = 0, {line: line for line in range(block.start, block.end + 1)}
        text = self._text_of(self._data(0, block.path), block)
        while text is not None:
            found = self._last_with(back, block.path, text)
            if found is None:
                return
            change = self._change(found, block, text, positions)
            if change is None:
                return
            yield change[0]
            if change[1] is None:
                return
            block, positions = change[1]
            back = found + 1
            text = self._text_of(self._data(back, block.path), block)

    def _last_with(self, back: int, path: str, text: bytes) -> int | None:
        """The oldest commit, from `back` on, that is known to have the text when the one before it has not.

        None when the text is there as far as the history goes, or the work is used up.
        """
        last, step = back, 1
        while self._has(last + step, path, text):
            last, step = last + step, step * 2
        first = last + step
        while first - last > 1:
            middle = (last + first) // 2
            if self._has(middle, path, text):
                last = middle
            else:
                first = middle
        if self.looks <= 0:
            return None
        return last if self.line.at(last + 1) is not None or self._is_root(last) else None

    def _is_root(self, back: int) -> bool:
        """Whether the history really begins there: a shallow clone only ends."""
        commit = self.line.at(back)
        try:
            return commit is not None and self.repository.first_parent(commit) is None
        except IncompleteRepository:
            return False

    def _has(self, back: int, path: str, text: bytes) -> bool:
        data = self._data(back, path)
        return data is not None and _places(data, text, most=1) != []

    def _data(self, back: int, path: str) -> bytes | None:
        """The file so many commits back; None when there is no text file, or no such commit."""
        self.looks -= 1
        commit = self.line.at(back) if self.looks > 0 else None
        if commit is None:
            return None
        try:
            oid = self.repository.blob_id(commit, path)
            if oid is None:
                return None
            return self._texts.get_or(str(oid), lambda: self._read(oid))
        except IncompleteRepository:
            return None

    def _read(self, oid: pygit2.Oid) -> bytes:
        """The file's bytes; none for what is too large or no text."""
        blob = self.repository.blob(oid)
        return blob.data if blob is not None and not is_binary(blob) else b""

    @staticmethod
    def _text_of(data: bytes | None, block: Block) -> bytes | None:
        lines = data.split(b"\n")[block.start - 1 : block.end] if data is not None else []
        return b"\n".join(lines) if any(map(bytes.strip, lines)) else None

    def _change(
        self, back: int, block: Block, text: bytes, positions: dict[int, int]
    ) -> tuple[BlockChange, tuple[Block, dict[int, int]] | None] | None:
        """What the commit did to the block, and where it stood before: None when it stood nowhere."""
        commit = self.line.at(back)
        data = self._data(back, block.path)
        if commit is None or data is None:
            return None
        start = _start(data, text, block.start)
        moved = start - block.start
        here = Block(block.path, start, block.end + moved)
        positions = {line: position + moved for line, position in positions.items()}
        step = self._step(commit, back, block.path)
        if step is None:
            return BlockChange(str(commit.id), back, here, frozenset(positions), True), None
        wrote = frozenset(line for line, position in positions.items() if step.wrote(position))
        left = {line: step.before(position) for line, position in positions.items() if line not in wrote}
        before = _before(step, here, left.values())
        change = BlockChange(str(commit.id), back, here, wrote, before is None)
        return change, None if before is None else (before, left)

    def _step(self, commit: CommitObject, back: int, path: str) -> Step | None:
        """The commit's edits of the file; None when it made the file, or a version cannot be read."""
        older = self.line.at(back + 1)
        if older is None:
            return None
        try:
            before = path_before(self.repository, older, commit, path)
            return step_between(self.repository, older, commit, path, before) if before is not None else None
        except IncompleteRepository:
            return None


def _places(data: bytes, text: bytes, most: int) -> list[int]:
    """Where `text` stands in `data` as whole lines: `n = 3` is not in `n = 30`."""
    found: list[int] = []
    at = data.find(text)
    while at >= 0 and len(found) < most:
        end = at + len(text)
        begins = at == 0 or data[at - 1 : at] == b"\n"
        if begins and (end >= len(data) or text.endswith(b"\n") or data[end : end + 1] in (b"\n", b"\r")):
            found.append(at)
        at = data.find(text, at + 1)
    return found


def _start(data: bytes, text: bytes, expected: int) -> int:
    """The line at which `text` begins in `data`: of several places, the one nearest to the expected line."""
    starts = [data.count(b"\n", 0, at) + 1 for at in _places(data, text, most=50)]
    return min(starts, key=lambda line: abs(line - expected), default=expected)


def _before(step: Step, here: Block, survivors: Iterable[int]) -> Block | None:
    """Where the block stood before the step: its surviving lines and those that the step replaced inside it."""
    lines = list(survivors)
    for edit in step.edits:
        last = edit.last + (edit.new_lines == 0)  # what was only removed stood between two lines of the block
        if edit.old_lines and here.start <= edit.new_start and last <= here.end:
            lines += [edit.old_start, edit.old_start + edit.old_lines - 1]
    return Block(step.path_before or step.path, min(lines), max(lines)) if lines else None
