"""The sentences that a commit's changed lines hold, with gaps where values are filled in: what an error can print.

`"no %s in {country}"` is the pieces `no `, ` in `, which must follow one another in the message of an error that it made.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from tools.git.diff import CommitDiff

_STRING: Final = re.compile(
    r"\"((?:[^\"\\\n]|\\.){10,400})\"|'((?:[^'\\\n]|\\.){10,400})'|`((?:[^`\\\n]|\\.){10,400})`"
    r"|^\s*[\w.-]{1,80}\s*[:=]\s*([^\"'`\s][^\n]{10,400})$"
)
_GAP: Final = re.compile(
    r"%(?:\(\w+\))?(?:\d+\$)?[-+#0 ]*\d*(?:\.\d+)?[a-zA-Z]|[#$]?\{+[^{}\n]{0,120}\}+|\$\w+(?:->\w+)*|:[a-z_]{3,}\b|\\[nrt\"'`]"
)
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_FEWEST_LETTERS, _FEWEST_WORDS = 10, 2
_MOST: Final = 4_000


class ErrorText(NamedTuple):
    """A text of the changed lines: its `pieces` between the gaps in order, and where it stands."""

    text: str
    pieces: tuple[str, ...]
    added: bool
    place: str

    @property
    def letters(self) -> int:
        """How many letters it gives for certain."""
        return sum(len(word) for piece in self.pieces for word in _WORDS.findall(piece))

    def made(self, message: str) -> bool:
        """Whether `message` (blanks single) can be this text with its gaps filled."""
        return gives(self.pieces, message)


def gives(pieces: Sequence[str], message: str) -> bool:
    """Whether `message` (blanks single) holds the pieces one after another."""
    at = 0
    for piece in pieces:
        found = message.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def sentences_on(line: str) -> Iterator[Sequence[str]]:
    """The pieces of each text on a line of code that says enough to be known again."""
    return (pieces for pieces in map(_pieces, _texts(line)) if _says_enough(pieces))


def error_texts(diff: CommitDiff, clean: Callable[[str], str]) -> tuple[ErrorText, ...]:
    """The texts of two words and ten letters or more; those that stand on both sides, whatever fills their gaps, are only
    moved and left out. `clean` takes secrets out of a line."""
    found: dict[tuple[str, bool], ErrorText] = {}
    for change in diff.files:
        for hunk in change.hunks:
            sides = ((hunk.added, hunk.added_at, True), (hunk.removed, hunk.removed_at, False))
            for lines, numbers, added in sides:
                for line, number in zip(lines, numbers, strict=True):
                    for text in _texts(clean(line)):
                        found.setdefault(
                            (text, added), ErrorText(text, _pieces(text), added, f"{change.path}:{number}")
                        )
            if len(found) > _MOST:
                break
    both = {(each.pieces, each.added) for each in found.values()}
    once = (each for each in found.values() if (each.pieces, not each.added) not in both)
    return tuple(each for each in once if _says_enough(each.pieces))


def _texts(line: str) -> Sequence[str]:
    if len(line) < _FEWEST_LETTERS or " " not in line:
        return ()
    return [text for row in _STRING.findall(line) for text in row if " " in text]


def _pieces(text: str) -> tuple[str, ...]:
    """What stands between the gaps; single characters there say nothing and may be written differently."""
    pieces = (" ".join(piece.split()) for piece in _GAP.split(text))
    return tuple(piece for piece in pieces if len(piece) > 2)


def _says_enough(pieces: Sequence[str]) -> bool:
    words = [word for piece in pieces for word in _WORDS.findall(piece)]
    return len(words) >= _FEWEST_WORDS and sum(map(len, words)) >= _FEWEST_LETTERS
