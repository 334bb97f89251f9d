"""How often a word stands in the paths of a revision."""

from collections.abc import Sequence
from typing import Final

_MANY: Final = 20
_SHARE: Final = 50


class PathWords:
    """The paths of one revision, searched as one text: a word takes half a millisecond in 30,000 paths, not 40."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._text = "\n".join(paths).lower()
        self._most = max(_MANY, len(paths) // _SHARE)

    def is_common(self, word: str) -> bool:
        """Whether a word (in small letters) stands in so many paths, 2 % and more than 20, that it names no package there."""
        found, at = 0, self._text.find(word)
        while at >= 0 and found <= self._most:
            found += 1
            end = self._text.find("\n", at)
            at = self._text.find(word, end) if end >= 0 else -1
        return found > self._most
