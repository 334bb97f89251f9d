"""A stream -> blocks of whole lines, in UTF-8.

A block is first searched as a whole: a search for a short text takes about 0.5 ms per megabyte, splitting into lines 1 ms, asking
each line 100 ms. So what a block needs is computed at its first use.
"""

import codecs
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Final, Protocol

BLOCK: Final = 1 << 20
MAX_LINE: Final = 1 << 18


class Readable(Protocol):
    """A binary stream: a file, a pipe, standard input."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


class Block:
    """Some lines of a text; `text` is without the last line's end."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._held: dict[bytes, bool] = {}

    @cached_property
    def rows(self) -> list[bytes]:
        """The lines."""
        return self.text.split(b"\n")

    @cached_property
    def folded(self) -> bytes:
        """The text in lower case."""
        return self.text.lower()

    def holds(self, stem: bytes) -> bool:
        """Whether a text in lower case stands in the folded text; the answer is stored."""
        if stem not in self._held:
            self._held[stem] = stem in self.folded
        return self._held[stem]

    def count(self) -> int:
        """How many lines there are."""
        return self.text.count(b"\n") + 1

    def last(self, rows: int) -> list[bytes]:
        """The last lines."""
        return self.text.rsplit(b"\n", rows)[-rows:]

    def rows_of(self, places: Sequence[int]) -> list[int]:
        """Indexes of the lines in which these offsets stand, in order."""
        ends = self._ends if places else []
        return sorted({bisect_right(ends, place) for place in places})

    @cached_property
    def _ends(self) -> list[int]:
        """Where each line ends, its line end included."""
        return list(accumulate(map((1).__add__, map(len, self.rows))))


def places_of(text: bytes, words: Sequence[bytes]) -> list[int]:
    """Where any of the words stands, in no order."""
    found = []
    for word in words:
        at = text.find(word)
        while at >= 0:
            found.append(at)
            at = text.find(word, at + len(word))
    return found


def filled(stream: Readable, size: int) -> bytes:
    """`size` bytes, fewer only at the end of the stream: a pipe gives what it has."""
    parts: list[bytes] = []
    missing = size
    while missing > 0 and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def blocks_of(first: bytes, stream: Readable) -> Iterator[Block]:
    """About BLOCK bytes at a time, beginning with those already read; a line that never ends is cut."""
    decoder = _transcoder(first)
    rest = b""
    part = first
    while part:
        text = decoder(part)
        end = text.rfind(b"\n") + 1
        if end:
            whole = rest + text[:end]
            yield Block((whole.replace(b"\r\n", b"\n") if b"\r" in whole else whole)[:-1])
            rest = text[end:]
        else:
            rest += text
        if len(rest) > MAX_LINE:
            yield Block(rest)
            rest = b""
        part = filled(stream, BLOCK)
    if rest:
        yield Block(rest)


def _transcoder(first: bytes) -> Callable[[bytes], bytes]:
    """What makes UTF-8 of a part; only UTF-16, told by its mark, has to be changed."""
    if not first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return bytes
    decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
    return lambda part: decoder.decode(part).encode("utf-8", "replace")
